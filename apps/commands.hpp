#pragma once

#include "apps/session.hpp"

namespace CLI {
class App;
}

/// The subcommands, one file each. A function adds its command's options to the program and sets
/// what it does; a new command is one file, one line here and one in main.cpp.
namespace volley {

void add_run_command(CLI::App& program, const Session& session);
void add_check_command(CLI::App& program, const Session& session);
void add_dry_run_command(CLI::App& program, const Session& session);
void add_models_command(CLI::App& program, const Session& session);
void add_analyze_command(CLI::App& program, const Session& session);
void add_report_command(CLI::App& program, const Session& session);
void add_sweep_command(CLI::App& program, const Session& session);
void add_reproduce_command(CLI::App& program, const Session& session);
void add_fi_command(CLI::App& program, const Session& session);
void add_prc_command(CLI::App& program, const Session& session);
void add_clamp_command(CLI::App& program, const Session& session);
void add_morph_command(CLI::App& program, const Session& session);

}  // namespace volley
