# KissFFT: its header template alone (the library Debian builds is float only).
find_path(KissFFT_INCLUDE_DIR kissfft/kissfft.hh)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(KissFFT REQUIRED_VARS KissFFT_INCLUDE_DIR)
if(KissFFT_FOUND AND NOT TARGET KissFFT::KissFFT)
  add_library(KissFFT::KissFFT INTERFACE IMPORTED)
  target_include_directories(KissFFT::KissFFT INTERFACE "${KissFFT_INCLUDE_DIR}")
endif()
