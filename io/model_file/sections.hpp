#pragma once

#include "core/description.hpp"

#include <span>
#include <string_view>
#include <vector>

/// The parts of a model file, as tables: the reader checks against them, the reference prints them.
namespace volley {

/// A key of a section.
struct Key {
    Field field;
    /// What the key takes, where that is no Kind of field (an object, a selection, ...); "" where
    /// the field says it all and is read as it stands.
    std::string_view form = {};
};

struct FileSection {
    std::string_view name;   ///< "model", "population", ...
    std::string_view title;  ///< where it stands in the file
    std::string_view summary;
    std::span<const Key> keys;
    std::string_view details = {};
    std::string_view example = {};
};

std::span<const FileSection> sections();

extern const FileSection kModelSection;
extern const FileSection kPopulationSection;
extern const FileSection kProjectionSection;
extern const FileSection kGapJunctionSection;
extern const FileSection kStimulusSection;
extern const FileSection kRecordSection;
extern const FileSection kTraceSection;
extern const FileSection kWeightSection;
extern const FileSection kAnalysisSection;
extern const FileSection kScheduleSection;
extern const FileSection kSelectionSection;  ///< without keys: how selections are written

/// The fields of the keys without a form of their own.
std::vector<Field> plain_fields(const FileSection& section);

/// The names of all keys, then those of `fields` (of the part that the section names).
std::vector<std::string_view> known_keys(const FileSection& section,
                                         std::span<const Field> fields = {});

/// The key of that name. @pre there is one
const Key& key_of(const FileSection& section, std::string_view name);

}  // namespace volley
