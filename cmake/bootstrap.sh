#!/usr/bin/env bash
# From a bare Debian 12 to a running Volley: installs what is missing, builds, and runs.
# `bash cmake/bootstrap.sh help` lists what it can do.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the program needs to be built and run.
program_packages=(
    g++ cmake ninja-build
    libopenmpi-dev openmpi-bin libhdf5-openmpi-dev libboost-serialization-dev
    nlohmann-json3-dev libcli11-dev libfmt-dev librandom123-dev libkissfft-dev zlib1g-dev
    gnuplot-nox
)
# What the tests need besides: h5py and the HDF5 tools read our files independently.
test_packages=(libgtest-dev libgmock-dev python3-h5py hdf5-tools)
# What makes the environment of the interop tests.
interop_packages=(python3-venv)
# What a developer and CI use besides (libomp: clang-tidy reads its omp.h; libbenchmark: the
# micro-benchmarks, -DVOLLEY_BENCH=ON).
tool_packages=(ccache git python3 clang-format-19 clang-tidy-19 libomp-19-dev libbenchmark-dev)

usage() {
    cat <<'TEXT'
Usage: bash cmake/bootstrap.sh COMMAND

  demo      install what is missing, build, run 100 Purkinje cells with dendrites on 2 ranks
            and say where the report is (build/demo/report.html)
  test      install what is missing, build, run the tests
  interop   make a Python environment (build/interop) with the packages that read our files
            independently, and run the tests that use them
  install   only install the Debian packages that building, demo and tests need
  tools     install those and what developers use besides (formatter, linter, compiler cache,
            library of the micro-benchmarks)
  help      print this

Debian packages are installed with apt-get, as root or with sudo; nothing is asked. A second run
on the same machine installs nothing and builds only what changed.
TEXT
}

say() { printf '==> %s\n' "$*"; }

fail() {
    printf 'bootstrap: %s\n' "$*" >&2
    exit 1
}

# quietly LOG COMMAND...: the command's output goes to a file, and to the terminal if it fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        fail "this failed: $* (all of its output: $log)"
    fi
}

# missing PACKAGE...: those that are not installed, one a line.
missing() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *" installed" ]] ||
            printf '%s\n' "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null ||
        fail "this is not a Debian system. Install what these Debian packages hold: $*"
    local wanted
    wanted=$(missing "$@")
    if [[ -z $wanted ]]; then
        return
    fi
    wanted=${wanted//$'\n'/ }
    local -a as_root=(env DEBIAN_FRONTEND=noninteractive)
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "not root, and there is no sudo. As root, run: apt-get update && apt-get install -y $wanted"
        as_root=(sudo "${as_root[@]}")
        sudo -v || fail "sudo refused. As root, run: apt-get update && apt-get install -y $wanted"
    fi
    say "Installing Debian packages (a few minutes on a bare system): $wanted"
    quietly build/bootstrap/apt-update.log "${as_root[@]}" apt-get update -q
    # shellcheck disable=SC2086  # one word a package
    quietly build/bootstrap/apt-install.log \
        "${as_root[@]}" apt-get install -q -y --no-install-recommends $wanted
}

# Compilers at a time: a core each, and 1.5 GB of memory for the largest files.
build_jobs() {
    local cores jobs memory_kB
    cores=$(nproc)
    memory_kB=$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo 2>/dev/null) ||
        memory_kB=0  # a root without /proc: one at a time
    jobs=$((memory_kB / 1500000))
    ((jobs < cores)) || jobs=$cores
    ((jobs > 1)) || jobs=1
    printf '%s\n' "$jobs"
}

# build_release TARGET OPTIONS...: configures build/release with these options and builds the target.
build_release() {
    local target=$1
    shift
    if command -v ccache >/dev/null; then
        set -- "$@" -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
    say "Configuring in build/release"
    quietly build/bootstrap/configure.log cmake --preset release "$@"
    say "Building (first time: some minutes)"
    if [[ -t 1 ]]; then
        cmake --build build/release --target "$target" -j "$(build_jobs)"
    else
        quietly build/bootstrap/build.log \
            cmake --build build/release --target "$target" -j "$(build_jobs)"
    fi
}

# What mpirun needs on any machine: root may run it, two ranks may share a core, no rank is tied to
# one core, and messages inside a container do not try system calls that it forbids.
mpi_environment() {
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
    export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl_base_warn_component_unused=0
    # One thread for each of the two ranks.
    export OMP_NUM_THREADS=1
    if (($(nproc) < 2)); then
        export OMPI_MCA_mpi_yield_when_idle=1 OMP_WAIT_POLICY=passive
    fi
}

demo() {
    install_packages "${program_packages[@]}"
    build_release volley -DVOLLEY_TESTS=OFF
    say "Running apps/models/purkinje_network.json on 2 ranks (one to two minutes)"
    mpi_environment
    mpirun -np 2 build/release/apps/volley run apps/models/purkinje_network.json \
        --out build/demo --force
    say "Done. Open the report in a browser: $PWD/build/demo/report.html"
}

run_tests() {
    install_packages "${program_packages[@]}" "${test_packages[@]}"
    build_release all -DVOLLEY_TESTS=ON
    say "Running the tests"
    ctest --test-dir build/release --label-exclude 'slow|interop|fuzz' --output-on-failure \
        --no-tests=error -j "$(nproc)"
}

interop() {
    install_packages "${program_packages[@]}" "${test_packages[@]}" "${interop_packages[@]}"
    local requirements=tests/interop/requirements.txt
    # The environment is made anew when the list of packages has changed.
    if ! cmp -s "$requirements" build/interop/requirements.txt; then
        say "Making the Python environment build/interop"
        rm -rf build/interop
        quietly build/bootstrap/venv.log /usr/bin/python3 -m venv build/interop
        quietly build/bootstrap/pip.log build/interop/bin/python -m pip install -r "$requirements"
        cp "$requirements" build/interop/requirements.txt
    fi
    build_release all -DVOLLEY_TESTS=ON \
        -DVOLLEY_INTEROP_PYTHON="$PWD/build/interop/bin/python"
    say "Running the interop tests"
    ctest --test-dir build/release --label-regex interop --output-on-failure --no-tests=error \
        -j "$(nproc)" | tee build/bootstrap/interop.log
    if grep -q '(Skipped)' build/bootstrap/interop.log; then
        fail "a test was skipped although its packages were installed: add them to $requirements"
    fi
}

# The same words and numbers in every language, and no complaints of perl on a bare system.
export LC_ALL=C.UTF-8

case "${1:-help}" in
    demo) demo ;;
    test) run_tests ;;
    interop) interop ;;
    install) install_packages "${program_packages[@]}" "${test_packages[@]}" ;;
    tools) install_packages "${program_packages[@]}" "${test_packages[@]}" "${tool_packages[@]}" ;;
    help | -h | --help) usage ;;
    *)
        usage >&2
        fail "unknown command \"$1\""
        ;;
esac
