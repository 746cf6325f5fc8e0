#include "apps/commands.hpp"
#include "core/error.hpp"
#include "io/version.hpp"
#include "network/mpi.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>

namespace {

using namespace volley;

constexpr const char* kAbout =
    "Volley simulates large networks of spiking neurons, on a laptop or with mpirun on a cluster.\n"
    "The same model file and seed give the same spikes on any number of ranks and threads.\n";
constexpr const char* kFooter =
    "\nStart with\n"
    "  volley run MODEL.json --out DIR       simulate; DIR/report.html shows the result\n"
    "  mpirun -np 4 volley run MODEL.json    the same on 4 processes\n"
    "  volley models                         what a model file can contain\n"
    "  volley COMMAND --help                 all options of a command\n";

int run_commands(int argc, char** argv, const Session& session) {
    CLI::App program{kAbout, "volley"};
    program.footer(kFooter);
    program.require_subcommand(0, 1);
    program.set_version_flag("--version", version_text());
    program.get_formatter()->column_width(34);
    add_run_command(program, session);
    add_check_command(program, session);
    add_dry_run_command(program, session);
    add_models_command(program, session);
    add_analyze_command(program, session);
    add_report_command(program, session);
    add_sweep_command(program, session);
    add_reproduce_command(program, session);
    add_fi_command(program, session);
    add_prc_command(program, session);
    add_clamp_command(program, session);
    add_morph_command(program, session);
    if (argc == 1) {
        if (session.prints()) fmt::print("{}", program.help());
        return 0;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help, --version
            return session.prints() ? program.exit(error) : 0;
        }
        throw ConfigError("command line", std::string(error.what()) +
                                              "\nRun \"volley --help\" or \"volley COMMAND "
                                              "--help\" for what can be written.");
    }
    return 0;
}

void print_error(const std::string& message) {
    fmt::print(stderr, "volley: error: {}\n", message);
    std::fflush(stderr);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const MpiSession mpi(argc, argv);
        const auto ranks = mpi_ranks(MPI_COMM_WORLD);
        const Session session{.communicator = MPI_COMM_WORLD, .ranks = *ranks};
        try {
            return run_commands(argc, argv, session);
        } catch (const AgreedFailure& failure) {
            // The same on all ranks: one prints, all end.
            if (session.prints()) print_error(failure.what());
            return 1;
        } catch (const ConfigError& error) {
            // Found in what all ranks read alike, such as the command line.
            if (session.prints()) print_error(error.what());
            return 1;
        } catch (const std::exception& error) {
            // Met by this rank alone, perhaps while others wait for it.
            print_error(ranks->size() > 1 ? fmt::format("rank {}: {}", ranks->rank(), error.what())
                                          : std::string(error.what()));
            if (ranks->size() > 1) MPI_Abort(MPI_COMM_WORLD, 1);
            return 1;
        }
    } catch (const std::exception& error) {
        print_error(error.what());
        return 1;
    }
}
