#include "io/hdf5.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace volley::hdf5 {
namespace {

constexpr unsigned kEnough = 160;  // no message of HDF5 needs more

herr_t collect(unsigned, const H5E_error2_t* error, void* data) {
    auto& texts = *static_cast<std::vector<std::string>*>(data);
    if (error->desc != nullptr) texts.emplace_back(error->desc);
    return 0;
}

Handle dataspace(std::span<const hsize_t> shape, const std::string& place) {
    return opened("H5Screate_simple", place, [&] {
        return H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    });
}

Handle property_list(hid_t kind, const std::string& place) {
    return opened("H5Pcreate", place, [&] { return H5Pcreate(kind); });
}

}  // namespace

Handle::~Handle() {
    if (id_ < 0) return;
    const Silence silence;
    H5Idec_ref(id_);
}

Silence::Silence() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Silence::~Silence() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

std::string latest_error() {
    std::vector<std::string> texts;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &texts);
    if (texts.empty()) return {};
    // The innermost message names the cause, the outermost what was tried.
    std::string text = texts.front().substr(0, kEnough);
    if (texts.size() > 1) text += "; " + texts.back().substr(0, kEnough);
    return text;
}

void fail(const char* call, const std::string& place) {
    const std::string words = latest_error();
    throw SystemError(fmt::format("{} failed at {}: {}", call, place,
                                  words.empty() ? "HDF5 gives no reason" : words));
}

void File::close() {
    if (handle.id() < 0) return;
    const hid_t id = handle.release();
    checked("H5Fclose", path.string(), [&] { return H5Fclose(id); });
}

File create(const std::filesystem::path& path) {
    const std::string place = path.string();
    const Handle creation = property_list(H5P_FILE_CREATE, place);
    // Without time stamps the same content gives the same bytes.
    checked("H5Pset_obj_track_times", place,
            [&] { return H5Pset_obj_track_times(creation.id(), false); });
    return {path, opened("H5Fcreate", place, [&] {
                return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), H5P_DEFAULT);
            })};
}

File open_readonly(const std::filesystem::path& path) {
    const std::string place = path.string();
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        throw ConfigError(place, "no file", "a readable HDF5 file");
    }
    if (std::filesystem::is_directory(path, error)) {
        throw ConfigError(place, "a directory", "a readable HDF5 file");
    }
    if (!std::ifstream(path, std::ios::binary)) {
        throw ConfigError(place, std::strerror(errno), "a readable HDF5 file");
    }
    const Silence silence;
    const htri_t is_hdf5 = H5Fis_hdf5(path.c_str());
    if (is_hdf5 <= 0) throw ConfigError(place, "a file of another kind", "an HDF5 file");
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
    if (file.id() < 0) {
        throw ConfigError(place, "a damaged or incomplete file (HDF5: " + latest_error() + ")",
                          "a readable HDF5 file");
    }
    return {path, std::move(file)};
}

Handle create_group(const File& file, const std::string& path) {
    const std::string place = file.place(path);
    const Handle creation = property_list(H5P_GROUP_CREATE, place);
    checked("H5Pset_obj_track_times", place,
            [&] { return H5Pset_obj_track_times(creation.id(), false); });
    return opened("H5Gcreate2", place, [&] {
        return H5Gcreate2(file.id(), path.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT);
    });
}

Handle create_dataset(const File& file, const std::string& path, hid_t type,
                      std::span<const hsize_t> shape) {
    const std::string place = file.place(path);
    const Handle space = dataspace(shape, place);
    const Handle creation = property_list(H5P_DATASET_CREATE, place);
    checked("H5Pset_obj_track_times", place,
            [&] { return H5Pset_obj_track_times(creation.id(), false); });
    checked("H5Pset_fill_time", place,
            [&] { return H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER); });
    // Its place in the file is known at once, which values_offset needs.
    checked("H5Pset_alloc_time", place,
            [&] { return H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY); });
    return opened("H5Dcreate2", place, [&] {
        return H5Dcreate2(file.id(), path.c_str(), type, space.id(), H5P_DEFAULT, creation.id(),
                          H5P_DEFAULT);
    });
}

std::uint64_t values_offset(const Handle& dataset) {
    const Silence silence;
    const haddr_t offset = H5Dget_offset(dataset.id());
    return offset == HADDR_UNDEF ? 0 : offset;
}

void write_all(const File& file, const std::string& path, const Handle& dataset, hid_t type,
               const void* values) {
    checked("H5Dwrite", file.place(path),
            [&] { return H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values); });
}

bool has_link(const File& file, const std::string& path) {
    // H5Lexists wants every parent to be there: ask one step after the other.
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        const htri_t there = checked("H5Lexists", file.place(part), [&] {
            return H5Lexists(file.id(), part.c_str(), H5P_DEFAULT);
        });
        if (there == 0) return false;
        if (slash == std::string::npos) return true;
    }
}

std::vector<std::string> groups_in(const File& file, const std::string& path) {
    const std::string place = file.place(path);
    const Handle group =
        opened("H5Gopen2", place, [&] { return H5Gopen2(file.id(), path.c_str(), H5P_DEFAULT); });
    H5G_info_t info{};
    checked("H5Gget_info", place, [&] { return H5Gget_info(group.id(), &info); });
    std::vector<std::string> names;
    for (hsize_t k = 0; k < info.nlinks; ++k) {
        const auto name_of = [&](char* buffer, std::size_t size) {
            return checked("H5Lget_name_by_idx", place, [&] {
                return H5Lget_name_by_idx(group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, k, buffer,
                                          size, H5P_DEFAULT);
            });
        };
        std::string name(static_cast<std::size_t>(name_of(nullptr, 0)), '\0');
        name_of(name.data(), name.size() + 1);
        const Handle object = opened("H5Oopen", place + "/" + name, [&] {
            return H5Oopen(group.id(), name.c_str(), H5P_DEFAULT);
        });
        if (H5Iget_type(object.id()) == H5I_GROUP) names.push_back(std::move(name));
    }
    return names;
}

Dataset open_dataset(const File& file, const std::string& path) {
    const std::string place = file.place(path);
    Dataset dataset;
    dataset.handle =
        opened("H5Dopen2", place, [&] { return H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT); });
    const Handle space =
        opened("H5Dget_space", place, [&] { return H5Dget_space(dataset.handle.id()); });
    std::array<hsize_t, H5S_MAX_RANK> shape{};
    const int rank = checked("H5Sget_simple_extent_dims", place, [&] {
        return H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
    });
    dataset.shape.assign(shape.begin(), shape.begin() + rank);
    const Handle type =
        opened("H5Dget_type", place, [&] { return H5Dget_type(dataset.handle.id()); });
    dataset.kind = H5Tget_class(type.id());
    return dataset;
}

void read_box(const File& file, const std::string& path, const Dataset& dataset, hid_t type,
              std::span<const hsize_t> first, std::span<const hsize_t> count, void* values) {
    if (std::ranges::find(count, hsize_t{0}) != count.end()) return;
    const std::string place = file.place(path);
    const Handle space =
        opened("H5Dget_space", place, [&] { return H5Dget_space(dataset.handle.id()); });
    checked("H5Sselect_hyperslab", place, [&] {
        return H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, first.data(), nullptr, count.data(),
                                   nullptr);
    });
    const Handle memory = dataspace(count, place);
    checked("H5Dread", place, [&] {
        return H5Dread(dataset.handle.id(), type, memory.id(), space.id(), H5P_DEFAULT, values);
    });
}

template <class Number>
    requires std::same_as<Number, double> || std::same_as<Number, std::int64_t>
std::vector<Number> read_list(const File& file, const std::string& path) {
    const Dataset dataset = open_dataset(file, path);
    constexpr bool kIntegral = std::same_as<Number, std::int64_t>;
    const bool fits = dataset.shape.size() == 1 &&
                      (dataset.kind == H5T_INTEGER || (!kIntegral && dataset.kind == H5T_FLOAT));
    if (!fits) {
        throw ConfigError(
            file.place(path), "another kind of dataset",
            kIntegral ? "one dimension of whole numbers" : "one dimension of numbers");
    }
    std::vector<Number> values(dataset.shape[0]);
    const hsize_t first = 0;
    const hsize_t count = dataset.shape[0];
    if (count > 0) {
        read_box(file, path, dataset, kIntegral ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE, {&first, 1},
                 {&count, 1}, values.data());
    }
    return values;
}

template std::vector<double> read_list(const File& file, const std::string& path);
template std::vector<std::int64_t> read_list(const File& file, const std::string& path);

}  // namespace volley::hdf5
