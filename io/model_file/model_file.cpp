#include "io/model_file/model_file.hpp"

#include "io/model_file/overrides.hpp"
#include "io/model_file/reading.hpp"

#include <nlohmann/json.hpp>

namespace volley {

ModelFile read_model_file(const std::string& path, std::span<const std::string> sets) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return read_model_text(read_text_file(path), path, sets, folder.empty() ? "." : folder);
}

ModelFile read_model_text(std::string_view text, const std::string& name,
                          std::span<const std::string> sets, const std::filesystem::path& folder) {
    Json document = parse_json(text, name);
    const FilePlace root{name};
    Object::of(document, root);  // before --set, which could not say it as well
    apply_overrides(document, sets);

    const auto define = document.find("define");
    Reading reading{
        .document = document,
        .root = root,
        .folder = folder,
        .names = Definitions(define == document.end() ? nullptr : &*define, root / "define"),
        .model = {},
        .positions = {},
        .warnings = {},
        .cells = {}};
    read_run(reading);
    read_cells(reading);
    read_populations(reading);
    read_projections(reading);
    read_gap_junctions(reading);
    read_stimuli(reading);
    read_record(reading);
    read_analyses(reading);
    read_schedule(reading);
    reading.model.effective = to_text(document);
    return {std::move(reading.model), std::move(reading.warnings)};
}

}  // namespace volley
