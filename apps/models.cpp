#include "apps/commands.hpp"
#include "io/reference.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace volley {

void add_models_command(CLI::App& program, const Session& session) {
    auto name = std::make_shared<std::string>();
    CLI::App* const command = program.add_subcommand(
        "models",
        "what a model file can contain: neurons, channels, cells, rules, drives, analyses, units");
    command->add_option("NAME", *name,
                        "one of them in full, as lif_psc_exp, rules, fixed_indegree, model");
    command->callback([name, &session] {
        together(session.ranks, [&] {
            if (!session.prints()) return;
            fmt::print("{}", name->empty() ? list_reference() : describe(*name));
        });
    });
}

}  // namespace volley
