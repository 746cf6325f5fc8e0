#include "io/folder_lock.hpp"

#include "core/error.hpp"
#include "io/files.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace volley {

namespace {

/// Is the open file still the one of that name? Whoever released a lock has removed its file.
bool has_name(int descriptor, const std::filesystem::path& file) {
    struct stat opened{};
    struct stat named{};
    return ::fstat(descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

std::optional<FolderLock> FolderLock::take(const std::filesystem::path& folder, double patience_s) {
    using Clock = std::chrono::steady_clock;
    std::filesystem::path file = folder;
    file += ".lock";
    const auto last = Clock::now() + std::chrono::duration<double>(patience_s);
    while (true) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0) throw SystemError(describe_failure("create", file, errno));
        FolderLock lock(file, descriptor);
        const bool held_by_other =
            ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!held_by_other && has_name(descriptor, file)) return lock;
        // Closed without a look at the name, which another process holds.
        ::close(std::exchange(lock.descriptor_, -1));
        if (held_by_other && Clock::now() >= last) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FolderLock::~FolderLock() {
    if (descriptor_ < 0) return;
    ::unlink(file_.c_str());
    ::close(descriptor_);
}

}  // namespace volley
