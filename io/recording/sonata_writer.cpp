#include "io/recording/sonata_writer.hpp"

#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/recording/collective.hpp"

#include <array>
#include <bit>

namespace volley {
namespace {

// Rows are written as they lie in memory, and the datasets' types are little-endian.
static_assert(std::endian::native == std::endian::little);

/// What groups and attributes take at most: some kilobytes for each population.
constexpr std::uint64_t kMostMetadata = std::uint64_t{1} << 20;

void write_marks(const hdf5::File& file) {
    const hdf5::Handle root = hdf5::opened("H5Gopen2", file.place("/"),
                                           [&] { return H5Gopen2(file.id(), "/", H5P_DEFAULT); });
    const std::uint32_t magic = 0x0A7A;
    hdf5::write_attribute(file, root, "magic", H5T_STD_U32LE, H5T_NATIVE_UINT32, {}, &magic);
    const std::array<std::uint32_t, 2> version{0, 1};
    const std::array<hsize_t, 1> shape{version.size()};
    hdf5::write_attribute(file, root, "version", H5T_STD_U32LE, H5T_NATIVE_UINT32, shape,
                          version.data());
}

}  // namespace

std::vector<std::uint64_t> make_file(
    const std::filesystem::path& path, std::uint64_t value_bytes,
    const std::function<std::vector<std::uint64_t>(const hdf5::File&)>& fill, MPI_Comm comm) {
    std::vector<std::int64_t> offsets;
    collective::together(comm, [&] {
        if (collective::rank_of(comm) != 0) return;
        // HDF5 1.10 does not survive a failure to close a file: what can be found out before, is.
        check_room(path, value_bytes + kMostMetadata);
        hdf5::File file = hdf5::create(path);
        try {
            for (const std::uint64_t offset : fill(file)) {
                offsets.push_back(static_cast<std::int64_t>(offset));
            }
            file.close();
        } catch (...) {
            file.abandon();
            throw;
        }
        SharedFile(path).reserve();
    });
    std::vector<std::int64_t> counts;
    const std::vector<std::int64_t> all = collective::gather_all(offsets, counts, comm);
    return {all.begin(), all.end()};
}

std::vector<std::uint64_t> make_sonata_file(
    const std::filesystem::path& path, std::uint64_t value_bytes,
    const std::function<std::vector<std::uint64_t>(const hdf5::File&)>& fill, MPI_Comm comm) {
    return make_file(
        path, value_bytes,
        [&](const hdf5::File& file) {
            write_marks(file);
            return fill(file);
        },
        comm);
}

}  // namespace volley
