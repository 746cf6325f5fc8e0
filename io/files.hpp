#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

/// Files as a run leaves them: whole or not at all, and a message that names path and reason.
namespace volley {

/// Makes the directory of a run's results, parents included.
///
/// A directory that holds results of an earlier run (spikes.h5, report.h5, weights.h5,
/// summary.json, report.html, model.json, extracellular/, figures/, journal/) or of an experiment
/// on a single cell (fi.csv, prc.csv, clamp.csv, clamp_series.csv), of a look at its shape
/// (sections.csv), of a sweep (sweep.json, runs/, runs.csv, points.csv, and in each run run.json
/// and curves.json) or of a study (study.json, verdict.json) is refused, or with `force` emptied of
/// exactly these, so that no picture or recording of the old run is taken for one of the new. Other
/// files in it are left alone.
/// @throws ConfigError  naming --out and the cure: results are there, no directory can be made, or
///                      nothing can be written in it.
void prepare_output_directory(const std::filesystem::path& directory, bool force);

/// Refuses a directory that holds such results, and changes nothing: for commands that prepare it
/// when they have something to write. @throws ConfigError  naming --out and the cure
void refuse_results(const std::filesystem::path& directory);

/// Writes a file under another name, brings it to disk and renames it: readers and crashes see the
/// old content or the new one, never a part.
/// @throws SystemError  with path and reason (disk full, no permission); the old file is intact.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// All of a file. @throws SystemError where it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Brings a file's or directory's content to disk. @throws SystemError
void sync_to_disk(const std::filesystem::path& path);

/// Brings `from` to disk and gives it the name `to`, replacing a file of that name. @throws
/// SystemError
void replace_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// "cannot WHAT PATH: REASON", the reason being that of errno.
std::string describe_failure(std::string_view what, const std::filesystem::path& path, int error);

/// A file that is appended to; move-only, closed at the end of its life.
class AppendFile {
public:
    /// @throws SystemError  also where the file exists already.
    static AppendFile create(const std::filesystem::path& path);

    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    /// Writes all bytes. @throws SystemError  with path and reason; some bytes may be in the file.
    void append(std::span<const std::byte> bytes);

    /// Brings what was written to disk. @throws SystemError
    void sync();

    const std::filesystem::path& path() const { return path_; }

private:
    AppendFile(std::filesystem::path path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// Finds out whether a file of so many bytes fits: takes the room and gives it back, leaving an
/// empty file. @throws SystemError  with path and reason (disk full, quota).
void check_room(const std::filesystem::path& path, std::uint64_t bytes);

/// An existing file of which several ranks write different places at once; move-only.
class SharedFile {
public:
    /// @throws SystemError
    explicit SharedFile(const std::filesystem::path& path);

    SharedFile(SharedFile&& other) noexcept;
    SharedFile& operator=(SharedFile&& other) noexcept;
    ~SharedFile();

    /// Takes the room that the file's size says it needs, so that writing within it cannot meet a
    /// full disk. @throws SystemError
    void reserve();

    /// Writes all bytes at `offset`. @throws SystemError  with path and reason.
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes);

    /// Brings what was written to disk. @throws SystemError
    void sync();

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

}  // namespace volley
