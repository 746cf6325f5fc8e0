#include "network/cell_poses.hpp"

#include "core/random/counter_random.hpp"
#include "network/positions.hpp"

namespace volley {

std::vector<CellPose> cell_poses(const Population& population, std::uint64_t seed,
                                 const Block& block) {
    std::vector<CellPose> poses(static_cast<std::size_t>(block.size()));
    if (const auto positions = make_positions(population, seed)) {
        std::vector<PointUm> places(poses.size());
        positions->many(block.begin, places);
        for (std::size_t k = 0; k < poses.size(); ++k) poses[k].soma_um = places[k];
    }
    if (population.turned_about < 0) return poses;
    const CounterRandom random(seed, "population/" + population.name + "/turn");
    for (std::size_t k = 0; k < poses.size(); ++k) {
        PointUm degrees{};
        degrees[static_cast<std::size_t>(population.turned_about)] =
            360.0 * random.uniform(static_cast<std::uint64_t>(block.begin) + k);
        poses[k].rotation = rotation_about_axes(degrees);
    }
    return poses;
}

}  // namespace volley
