#pragma once

#include <hdf5.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// HDF5's C library with handles that close themselves and errors that are exceptions.
///
/// HDF5 is not thread-safe: one thread calls these functions. Nothing is printed: HDF5's own words
/// come with the exception.
namespace volley::hdf5 {

/// An open HDF5 object of any kind; move-only, closed at the end of its life.
class Handle {
public:
    Handle() = default;
    explicit Handle(hid_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~Handle();

    hid_t id() const { return id_; }
    /// Gives the object away: the caller closes it.
    hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }

private:
    hid_t id_ = H5I_INVALID_HID;
};

/// What HDF5 says of its latest failure, in one line; "" where it says nothing.
std::string latest_error();

/// Throws a SystemError that says call, place (file, and path within) and HDF5's own text.
[[noreturn]] void fail(const char* call, const std::string& place);

/// Keeps HDF5 from printing its errors to stderr while it lives.
class Silence {
public:
    Silence();
    ~Silence();
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

/// Runs one HDF5 call with its error printing off; a negative result becomes a SystemError.
///
///     hdf5::checked("H5Fflush", path, [&] { return H5Fflush(id, H5F_SCOPE_GLOBAL); });
template <std::invocable Call>
auto checked(const char* name, const std::string& place, Call&& call) {
    const Silence silence;
    const auto result = call();
    if (result < 0) fail(name, place);
    return result;
}

/// As `checked`, for a call that opens something.
template <std::invocable Call>
Handle opened(const char* name, const std::string& place, Call&& call) {
    return Handle(checked(name, place, std::forward<Call>(call)));
}

/// An open file with its path, for messages.
struct File {
    std::filesystem::path path;
    Handle handle;

    hid_t id() const { return handle.id(); }
    /// "FILE:OBJECT" for messages.
    std::string place(const std::string& object) const { return path.string() + ":" + object; }
    /// Closes now, so that a failure (disk full) is told rather than lost. @throws SystemError
    void close();
    /// Leaves the file open until the program ends, after an error. HDF5 1.10 frees a file that it
    /// fails to close but keeps the identifier, and falls over it at exit; a file that is still
    /// open then is closed in a way that cannot fail twice.
    void abandon() { static_cast<void>(handle.release()); }
};

/// A new file, written by this process alone; an old one of that name is replaced.
File create(const std::filesystem::path& path);

/// Opens a file that a user named, for reading.
/// @throws ConfigError  saying whether it is missing, unreadable, no HDF5 file, or cut short.
File open_readonly(const std::filesystem::path& path);

Handle create_group(const File& file, const std::string& path);

/// A dataset of fixed shape, stored as one piece, without fill values or time stamps: its bytes are
/// the same from run to run. `type` is a type of the file (H5T_IEEE_F64LE, ...).
Handle create_dataset(const File& file, const std::string& path, hid_t type,
                      std::span<const hsize_t> shape);

/// Where in the file the values of such a dataset begin; 0 where it holds none.
std::uint64_t values_offset(const Handle& dataset);

/// Writes all values of a dataset. `type` is a type of memory.
void write_all(const File& file, const std::string& path, const Handle& dataset, hid_t type,
               const void* values);

// Attributes. Strings are stored with a fixed length, in UTF-8.
void write_attribute(const File& file, const Handle& object, const char* name,
                     const std::string& text);
void write_attribute(const File& file, const Handle& object, const char* name,
                     std::span<const std::string> texts);
void write_attribute(const File& file, const Handle& object, const char* name, double value);
void write_attribute(const File& file, const Handle& object, const char* name, std::int64_t value);

/// An attribute of any type; an empty shape is a scalar.
void write_attribute(const File& file, const Handle& object, const char* name, hid_t file_type,
                     hid_t memory_type, std::span<const hsize_t> shape, const void* values);

bool has_link(const File& file, const std::string& path);

/// Names of the groups directly inside a group, in ascending order.
std::vector<std::string> groups_in(const File& file, const std::string& path);

// Reading; nothing where there is no attribute of that name. @throws SystemError on another type.
std::optional<std::string> read_text_attribute(const File& file, const std::string& path,
                                               const char* name);
std::optional<std::vector<std::string>> read_texts_attribute(const File& file,
                                                             const std::string& path,
                                                             const char* name);
std::optional<double> read_number_attribute(const File& file, const std::string& path,
                                            const char* name);

/// A dataset open for reading.
struct Dataset {
    Handle handle;
    std::vector<hsize_t> shape;
    H5T_class_t kind = H5T_NO_CLASS;  ///< H5T_INTEGER, H5T_FLOAT, ...
};
Dataset open_dataset(const File& file, const std::string& path);

/// Reads a box of a dataset, converted to `type`. shape of values: product of `count`.
void read_box(const File& file, const std::string& path, const Dataset& dataset, hid_t type,
              std::span<const hsize_t> first, std::span<const hsize_t> count, void* values);

/// A whole dataset of one dimension. @throws ConfigError  where it is another kind of dataset
template <class Number>
    requires std::same_as<Number, double> || std::same_as<Number, std::int64_t>
std::vector<Number> read_list(const File& file, const std::string& path);

}  // namespace volley::hdf5
