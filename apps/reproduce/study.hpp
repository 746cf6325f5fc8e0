#pragma once

#include "apps/reproduce/verdict.hpp"
#include "io/report/report.hpp"
#include "io/sweep/jobs.hpp"
#include "io/sweep/table.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The interface between a published study and `volley reproduce`, which runs it.
///
/// A study says which sweeps (and other tasks) it needs, and judges their results. All else is done
/// for it: the work is farmed out over ranks in one list, resumed where it was interrupted, and
/// ends in a report, a printed table and verdict.json. A new study is a file
/// `apps/reproduce/NAME.cpp` with a function that returns its Study, and a line in registry.cpp
/// (and in CMakeLists.txt).
namespace volley {

/// A sweep of a model file of apps/models, as `volley sweep` would be called; its results lie in
/// DIR/NAME.
struct StudySweep {
    std::string name;                  ///< "rates": letters, digits, '-', '_'
    std::string model;                 ///< "purkinje_oscillators.json"; it is part of the program
    std::vector<std::string> sets;     ///< --set, in their order
    std::vector<std::string> vary;     ///< --vary
    bool together = false;             ///< --together
    std::vector<std::uint64_t> seeds;  ///< --seeds; empty: the model's own
    bool keep = false;  ///< keep spikes.h5 and report.h5, for what judge() reads there
};

/// Work that is no run of a model file, such as a phase response curve. It runs on the ranks of one
/// group; on its first rank it returns JSON, kept in DIR/tasks/NAME.json.
struct StudyTask {
    std::string name;   ///< as above
    std::string input;  ///< all that decides the result: it is computed again where this differs
    std::function<std::string(const JobMeans&)> compute;
};

struct StudyPlan {
    std::vector<StudySweep> sweeps;
    std::vector<StudyTask> tasks;
};

/// What sweeps and tasks found. Runs that failed are missing in the tables.
struct StudyResults {
    bool quick = false;
    std::map<std::string, SweepTable, std::less<>> sweeps;  ///< by name
    std::map<std::string, std::string, std::less<>>
        tasks;  ///< JSON by name; failed ones are missing
};

/// What the report shows: the verdict table first, then the sections (figures of the paper redrawn,
/// sentences that say what they show).
struct StudyFindings {
    std::vector<Verdict> verdicts;
    std::vector<ReportData::Section> sections;
};

struct Study {
    std::string_view name;     ///< "purkinje-oscillators"
    std::string_view summary;  ///< one line
    std::string_view source;   ///< the paper, with doi
    /// Seconds of one core (AMD EPYC, 2.6 GHz), measured: the full study, and with --quick.
    double full_core_s = 0.0;
    double quick_core_s = 0.0;
    bool threads_help = false;  ///< its networks are large enough to gain from threads of a rank

    /// The same on every rank. --quick: the least that can be judged, a minute on two cores, or as
    /// the study says.
    StudyPlan (*plan)(bool quick) = nullptr;
    /// On the first rank.
    StudyFindings (*judge)(const StudyResults& results) = nullptr;
};

/// All studies, in the order in which `volley reproduce` lists them.
std::span<const Study> studies();

}  // namespace volley
