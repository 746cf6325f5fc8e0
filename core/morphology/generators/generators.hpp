#pragma once

#include "core/morphology/generators/generator.hpp"

namespace volley {

GeneratorInfo cylinder_generator();
GeneratorInfo ball_and_stick_generator();
GeneratorInfo rall_tree_generator();
GeneratorInfo planar_tree_generator();

}  // namespace volley
