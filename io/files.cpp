#include "io/files.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace volley {
namespace fs = std::filesystem;
namespace {

/// What a run leaves; anything else in the directory belongs to the user.
constexpr std::array kResults{
    "run.json",   "spikes.h5",        "report.h5",    "weights.h5",   "summary.json", "report.html",
    "model.json", "curves.json",      "figures",      "journal",      "fi.csv",       "prc.csv",
    "clamp.csv",  "clamp_series.csv", "sections.csv", "sweep.json",   "runs",         "runs.csv",
    "points.csv", "verdict.json",     "study.json",   "extracellular"};

ConfigError unusable(const fs::path& directory, std::string_view reason) {
    return {"--out",
            fmt::format("the directory {} cannot be used for results: {}. Give another one with "
                        "--out DIR.",
                        directory.string(), reason)};
}

/// Finds out by writing, since permissions tell little (root, read-only and full file systems).
void check_writable(const fs::path& directory) {
    const fs::path probe = directory / ".volley-writable";
    const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) throw unusable(directory, std::strerror(errno));
    const bool written = ::write(descriptor, "x", 1) == 1;
    const int error = errno;
    ::close(descriptor);
    ::unlink(probe.c_str());
    if (!written) throw unusable(directory, std::strerror(error));
}

void sync_descriptor(int descriptor, const fs::path& path) {
    // Some file systems (and special files) have nothing to bring to disk and say EINVAL.
    if (::fsync(descriptor) != 0 && errno != EINVAL) {
        throw SystemError(describe_failure("bring to disk", path, errno));
    }
}

/// Takes room for a file's first bytes. A file system that cannot promise room promises nothing.
void take_room(int descriptor, const fs::path& path, std::uint64_t bytes) {
    if (bytes == 0) return;
    if (::fallocate(descriptor, 0, 0, static_cast<off_t>(bytes)) != 0 && errno != EOPNOTSUPP) {
        throw SystemError(describe_failure("write", path, errno));
    }
}

}  // namespace

std::string describe_failure(std::string_view what, const fs::path& path, int error) {
    return fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(error));
}

void refuse_results(const fs::path& directory) {
    std::error_code error;
    for (const char* const name : kResults) {
        if (!fs::exists(fs::symlink_status(directory / name, error))) continue;
        throw ConfigError("--out",
                          fmt::format("{} already holds results ({}). Choose another directory "
                                      "with --out DIR, or replace them with --force.",
                                      directory.string(), name));
    }
}

void prepare_output_directory(const fs::path& directory, bool force) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) throw unusable(directory, error.message());
    if (!fs::is_directory(directory, error)) throw unusable(directory, "it is no directory");

    if (!force) refuse_results(directory);
    for (const char* const name : kResults) {
        const fs::path result = directory / name;
        if (!fs::exists(fs::symlink_status(result, error))) continue;
        fs::remove_all(result, error);
        if (error) throw unusable(directory, fmt::format("{}: {}", name, error.message()));
    }
    check_writable(directory);
}

void sync_to_disk(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw SystemError(describe_failure("open", path, errno));
    try {
        sync_descriptor(descriptor, path);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
}

void replace_file(const fs::path& from, const fs::path& to) {
    sync_to_disk(from);
    if (::rename(from.c_str(), to.c_str()) != 0) {
        throw SystemError(describe_failure("rename to", to, errno));
    }
    sync_to_disk(to.has_parent_path() ? to.parent_path() : fs::path("."));
}

void write_file_atomically(const fs::path& path, std::string_view content) {
    fs::path part = path;
    part += fmt::format(".part{}", ::getpid());
    const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) throw SystemError(describe_failure("write", path, errno));
    int error = 0;
    while (!content.empty() && error == 0) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written >= 0) {
            content.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    // close reports what some file systems (quotas, network) find out late.
    if (::close(descriptor) != 0 && error == 0) error = errno;
    if (error != 0) {
        ::unlink(part.c_str());
        throw SystemError(describe_failure("write", path, error));
    }
    try {
        replace_file(part, path);
    } catch (const SystemError&) {
        ::unlink(part.c_str());
        throw;
    }
}

std::string read_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::error_code error;
    if (!stream || fs::is_directory(path, error)) {
        throw SystemError(describe_failure("read", path, stream ? EISDIR : errno));
    }
    std::string content{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) throw SystemError(describe_failure("read", path, errno));
    return content;
}

AppendFile AppendFile::create(const fs::path& path) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) throw SystemError(describe_failure("create", path, errno));
    return {path, descriptor};
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

AppendFile::~AppendFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void AppendFile::append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            throw SystemError(describe_failure("write", path_, errno));
        }
    }
}

void AppendFile::sync() { sync_descriptor(descriptor_, path_); }

void check_room(const fs::path& path, std::uint64_t bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) throw SystemError(describe_failure("write", path, errno));
    try {
        take_room(descriptor, path, bytes);
    } catch (...) {
        ::close(descriptor);
        ::unlink(path.c_str());
        throw;
    }
    const int failed = ::ftruncate(descriptor, 0);
    const int error = errno;
    ::close(descriptor);
    if (failed != 0) throw SystemError(describe_failure("write", path, error));
}

SharedFile::SharedFile(const fs::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw SystemError(describe_failure("write", path, errno));
}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

SharedFile::~SharedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void SharedFile::reserve() {
    struct stat facts{};
    if (::fstat(descriptor_, &facts) != 0) {
        throw SystemError(describe_failure("write", path_, errno));
    }
    take_room(descriptor_, path_, static_cast<std::uint64_t>(facts.st_size));
}

void SharedFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(written));
            offset += static_cast<std::uint64_t>(written);
        } else if (errno != EINTR) {
            throw SystemError(describe_failure("write", path_, errno));
        }
    }
}

void SharedFile::sync() { sync_descriptor(descriptor_, path_); }

}  // namespace volley
