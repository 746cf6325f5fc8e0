#include "io/report/gnuplot.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace volley::gnuplot {
namespace {

/// All that a pipe gives until it is closed.
std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t count = ::read(descriptor, piece.data(), piece.size());
        if (count > 0) {
            text.append(piece.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            return text;
        }
    }
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return status;
}

}  // namespace

Outcome run(const std::filesystem::path& directory, const std::string& script) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        throw SystemError(fmt::format("pipe2 failed: {}", std::strerror(errno)));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
    std::string program = "gnuplot";
    std::string argument = script;
    std::array<char*, 3> arguments{program.data(), argument.data(), nullptr};
    pid_t child = 0;
    const int failed =
        ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    Outcome outcome;
    if (failed == 0) {
        outcome.message = read_to_end(pipe[0]);
        const int status = wait_for(child);
        outcome.drawn = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        // Where the system forks before it looks for the program, a missing one ends with 127.
        outcome.installed = !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
    } else {
        outcome.installed = false;
        outcome.message = std::strerror(failed);
    }
    ::close(pipe[0]);
    return outcome;
}

std::string quote(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') {
            quoted += "''";  // the one character that means something in single quotes
        } else {
            quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return quoted + "'";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

std::string file_name(std::string_view text) {
    std::string name;
    for (const char c : text.substr(0, 100)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        name += plain ? c : '_';
    }
    if (name.empty() || name.front() == '.' || name.front() == '-') name.insert(0, "figure");
    return name;
}

}  // namespace volley::gnuplot
