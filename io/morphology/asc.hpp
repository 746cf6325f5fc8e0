#pragma once

#include "io/morphology/morphology_file.hpp"

#include <string>
#include <string_view>

namespace volley {

/// Reads a cell in Neurolucida's text format (ASC): nested lists of points (x y z diameter), in um.
///
/// Format: MicroBrightField's, as neuromorpho.org's files and the manual of the program show it.
/// A list that holds (CellBody) is an outline of the soma: of several the longest is taken, and the
/// body that it makes when turned about its long axis. Lists with (Axon), (Dendrite) or (Apical)
/// are trees of the regions "axon", "dend" and "apic"; they begin at the middle of the soma.
/// Within a tree, ( ... | ... ) holds the branches of a fork, which begin at the last point before
/// it, with the diameters of their own first points. Colours, names, markers, spines in < > and how
/// a branch ends ("Normal", "Incomplete") are left out; other lists (contours of tissue, scale
/// bars) are counted in the notes.
///
/// Without a soma there must be one tree, whose first section is the root.
///
/// @param name  of the file, for messages
/// @throws ConfigError  naming file and line: as read_asc_items(); a point that is not three or
///                      four numbers, or in a tree without a diameter > 0; points behind a fork;
///                      no tree and no soma; several trees without a soma
MorphologyFile parse_asc(std::string_view text, const std::string& name);

}  // namespace volley
