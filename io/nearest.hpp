#pragma once

#include "core/nearest.hpp"  // in core, since labels of cells and generators name what is near too
