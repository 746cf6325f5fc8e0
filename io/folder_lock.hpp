#pragma once

#include <filesystem>
#include <optional>

namespace volley {

/// That no other process works in a folder: held on the file FOLDER.lock, released at the end of
/// its life or of the process, however that ends. Where the file system knows no locks there is no
/// such protection.
class FolderLock {
public:
    /// Waits at most `patience_s` for another process to end. @return nothing where it does not
    /// @throws SystemError  where the file cannot be made
    static std::optional<FolderLock> take(const std::filesystem::path& folder, double patience_s);

    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

private:
    FolderLock(std::filesystem::path file, int descriptor)
        : file_(std::move(file)), descriptor_(descriptor) {}
    std::filesystem::path file_;
    int descriptor_ = -1;
};

}  // namespace volley
