#pragma once

#include <string_view>

namespace volley {

/// A file of apps/models, which CMake put into the program: it is found wherever the program is
/// started. @throws std::logic_error  where it is none of those listed in apps/CMakeLists.txt
std::string_view embedded_model(std::string_view file_name);

}  // namespace volley
