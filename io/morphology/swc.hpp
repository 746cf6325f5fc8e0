#pragma once

#include "io/morphology/morphology_file.hpp"

#include <string>
#include <string_view>

namespace volley {

/// Reads a cell in SWC format: one sample a line, "id type x y z radius parent", in um.
///
/// Format: Cannon, Turner, Pyapali & Wheal (1998), J. Neurosci. Methods 84:49,
/// doi:10.1016/S0165-0270(98)00091-0; somata as neuromorpho.org states its convention.
///
/// Lines may end as in Windows, comments begin with #, samples may come in any order. Types 1 to 4
/// are the regions "soma", "axon", "dend", "apic"; 0 counts as "dend"; 5 at a fork and 6 at a tip
/// of a neurite are of the neurite's type; others are the region "type5", "type6", ...
///
/// A section is a stretch without forks of one type. It begins at the last sample of its parent
/// (with that sample's diameter, unless the type changes), but on a soma at its own first sample.
/// Sections are numbered along the branches: "dend[0]", "dend[1]", ...
///
/// The soma becomes one section, "soma":
/// - of one sample: a cylinder whose length is its diameter, which has the area of the sphere;
/// - of three samples, two of them on the first: a chain through all three, the first in the
/// middle;
/// - of more samples along a line: the chain of these;
/// - of samples around an outline (the last near the first): the body that the outline
///   makes when turned about its long axis; two samples whose radii are below a twentieth of their
///   distance are such an outline as well;
/// - of samples that fork otherwise: sections "soma[0]", "soma[1]", ...
/// Without a soma the root is the section of the first sample.
///
/// @param name  of the file, for messages
/// @throws ConfigError  naming file and line: not seven numbers, a duplicate id, no or several
///                      roots, an unknown parent, a cycle, a radius or place that is not a number
///                      (> 0), a soma behind a neurite, or nothing to make a section of.
MorphologyFile parse_swc(std::string_view text, const std::string& name);

}  // namespace volley
