#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The shape of a cell: a tree of unbranched sections, each a chain of points with diameters.
///
/// A section is the surface of revolution of its chain: between two points lies a truncated cone
/// (frustum). Points at one place with different diameters are a step in diameter: they add no
/// length, and the flat ring between the two circles counts as membrane, as it would were the
/// step a very short cone. Ends are not closed by caps. The way from the parent to a section's
/// first point has neither membrane nor resistance: tracings often begin a dendrite on the surface
/// of the soma and attach it to the middle.
namespace volley {

/// A traced point.
struct MorphologyPoint {
    double x_um = 0.0;
    double y_um = 0.0;
    double z_um = 0.0;
    double diameter_um = 0.0;  ///< > 0

    bool operator==(const MorphologyPoint&) const = default;
};

/// An unbranched piece of a cell. Places on it are fractions x of its length, 0 at the first point.
struct Section {
    std::string name;                     ///< unique in the cell, e.g. "soma", "dend[3]"
    std::string region;                   ///< "soma", "axon", "dend", "apic", or a user's
    int parent = -1;                      ///< index of the section it begins on; -1: the root
    double parent_x = 1.0;                ///< where on the parent it begins, 0 to 1
    std::vector<MorphologyPoint> points;  ///< two or more, from x = 0 to x = 1

    bool operator==(const Section&) const = default;
};

/// A cell: one tree.
struct Morphology {
    std::vector<Section> sections;  ///< parents before children; sections[0] is the root

    bool operator==(const Morphology&) const = default;
};

/// Makes sure that a morphology is one: a root and only one, parents before children, unique names,
/// finite points, diameters > 0, lengths > 0, parent_x in 0 to 1.
///
/// @param where  what to call the morphology in messages
/// @throws ConfigError  naming the section (and the point) that is wrong.
void check_morphology(const Morphology& morphology, std::string_view where = "morphology");

/// Distance between two points, in um.
double distance_um(const MorphologyPoint& a, const MorphologyPoint& b);

/// Length of a chain of points, in um.
double length_um(std::span<const MorphologyPoint> points);

/// Membrane of a chain of points without caps, in um2.
double area_um2(std::span<const MorphologyPoint> points);

/// Index of the section of that name, or -1.
int find_section(const Morphology& morphology, std::string_view name);

/// The children of every section: shape [sections], each sorted.
std::vector<std::vector<int>> children_of(const Morphology& morphology);

/// Where a section begins, in terms that are unique: a place on `section`, x = 0 only on the root.
struct Attachment {
    int section = -1;  ///< -1 for the root itself
    double x = 1.0;

    bool operator==(const Attachment&) const = default;
};

/// Where every section begins. One that begins at the start of its parent (parent_x = 0) begins
/// where the parent begins, which makes them siblings.
std::vector<Attachment> attachments(const Morphology& morphology);

/// Branch order of every section: 0 for the root section, 1 for those that begin on it, one more
/// behind every branching. A section that continues its parent alone at its end has its order.
std::vector<int> branch_orders(const Morphology& morphology);

/// Path distance from the middle of the root section to the start (x = 0) of every section, in um.
std::vector<double> start_distances_um(const Morphology& morphology);

}  // namespace volley
