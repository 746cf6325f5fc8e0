#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace volley::hdf5 {
namespace {

Handle string_type(std::size_t length, const std::string& place) {
    Handle type = opened("H5Tcopy", place, [] { return H5Tcopy(H5T_C_S1); });
    checked("H5Tset_size", place,
            [&] { return H5Tset_size(type.id(), std::max<std::size_t>(1, length)); });
    checked("H5Tset_strpad", place, [&] { return H5Tset_strpad(type.id(), H5T_STR_NULLPAD); });
    checked("H5Tset_cset", place, [&] { return H5Tset_cset(type.id(), H5T_CSET_UTF8); });
    return type;
}

/// The attribute, or an empty handle where there is none of that name.
Handle find_attribute(const File& file, const std::string& path, const char* name) {
    const std::string place = file.place(path);
    const htri_t there = checked("H5Aexists_by_name", place, [&] {
        return H5Aexists_by_name(file.id(), path.c_str(), name, H5P_DEFAULT);
    });
    if (there == 0) return {};
    return opened("H5Aopen_by_name", place, [&] {
        return H5Aopen_by_name(file.id(), path.c_str(), name, H5P_DEFAULT, H5P_DEFAULT);
    });
}

std::string without_padding(const char* text, std::size_t most) {
    std::string trimmed(text, strnlen(text, most));
    while (!trimmed.empty() && trimmed.back() == ' ') trimmed.pop_back();
    return trimmed;
}

}  // namespace

void write_attribute(const File& file, const Handle& object, const char* name, hid_t file_type,
                     hid_t memory_type, std::span<const hsize_t> shape, const void* values) {
    const std::string place = file.place(std::string("@") + name);
    const Handle space =
        shape.empty()
            ? opened("H5Screate", place, [] { return H5Screate(H5S_SCALAR); })
            : opened("H5Screate_simple", place, [&] {
                  return H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
              });
    const Handle attribute = opened("H5Acreate2", place, [&] {
        return H5Acreate2(object.id(), name, file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT);
    });
    checked("H5Awrite", place, [&] { return H5Awrite(attribute.id(), memory_type, values); });
}

void write_attribute(const File& file, const Handle& object, const char* name,
                     const std::string& text) {
    const Handle type = string_type(text.size(), file.place(name));
    write_attribute(file, object, name, type.id(), type.id(), {}, text.empty() ? "" : text.data());
}

void write_attribute(const File& file, const Handle& object, const char* name,
                     std::span<const std::string> texts) {
    std::size_t longest = 1;
    for (const std::string& text : texts) longest = std::max(longest, text.size());
    std::string padded;
    for (const std::string& text : texts) padded += text + std::string(longest - text.size(), '\0');
    const Handle type = string_type(longest, file.place(name));
    const std::array<hsize_t, 1> shape{texts.size()};
    write_attribute(file, object, name, type.id(), type.id(), shape, padded.data());
}

void write_attribute(const File& file, const Handle& object, const char* name, double value) {
    write_attribute(file, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {}, &value);
}

void write_attribute(const File& file, const Handle& object, const char* name, std::int64_t value) {
    write_attribute(file, object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, {}, &value);
}

std::optional<std::vector<std::string>> read_texts_attribute(const File& file,
                                                             const std::string& path,
                                                             const char* name) {
    const Handle attribute = find_attribute(file, path, name);
    if (attribute.id() < 0) return std::nullopt;
    const std::string place = file.place(path) + "@" + name;
    const Handle type = opened("H5Aget_type", place, [&] { return H5Aget_type(attribute.id()); });
    if (H5Tget_class(type.id()) != H5T_STRING) throw ConfigError(place, "no text", "a text");
    const Handle space =
        opened("H5Aget_space", place, [&] { return H5Aget_space(attribute.id()); });
    const auto count = static_cast<std::size_t>(checked("H5Sget_simple_extent_npoints", place, [&] {
        return H5Sget_simple_extent_npoints(space.id());
    }));

    std::vector<std::string> texts;
    if (H5Tis_variable_str(type.id()) > 0) {
        std::vector<char*> pointers(count, nullptr);
        checked("H5Aread", place,
                [&] { return H5Aread(attribute.id(), type.id(), pointers.data()); });
        for (const char* const text : pointers) texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, pointers.data());
    } else {
        const std::size_t length = H5Tget_size(type.id());
        std::string padded(count * length, '\0');
        checked("H5Aread", place,
                [&] { return H5Aread(attribute.id(), type.id(), padded.data()); });
        for (std::size_t k = 0; k < count; ++k) {
            texts.push_back(without_padding(padded.data() + k * length, length));
        }
    }
    return texts;
}

std::optional<std::string> read_text_attribute(const File& file, const std::string& path,
                                               const char* name) {
    const auto texts = read_texts_attribute(file, path, name);
    if (!texts || texts->empty()) return std::nullopt;
    return texts->front();
}

std::optional<double> read_number_attribute(const File& file, const std::string& path,
                                            const char* name) {
    const Handle attribute = find_attribute(file, path, name);
    if (attribute.id() < 0) return std::nullopt;
    const std::string place = file.place(path) + "@" + name;
    const Handle space =
        opened("H5Aget_space", place, [&] { return H5Aget_space(attribute.id()); });
    if (H5Sget_simple_extent_npoints(space.id()) != 1) {
        throw ConfigError(place, "a list", "one number");
    }
    double value = 0.0;
    checked("H5Aread", place, [&] { return H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value); });
    return value;
}

}  // namespace volley::hdf5
