#pragma once

#include "io/model_file/sections.hpp"

/// The tables of cells with dendrites, as sections.hpp has those of the rest.
namespace volley {

extern const FileSection kCellSection;
extern const FileSection kMorphologySection;
extern const FileSection kReductionSection;
extern const FileSection kLabelSection;
extern const FileSection kChannelSection;
extern const FileSection kIonSection;
extern const FileSection kPoolSection;
extern const FileSection kReceptorSection;
extern const FileSection kContactsSection;

}  // namespace volley
