#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

namespace volley {

/// Shows how far a long piece of work is.
///
/// On a terminal one line that renews itself a few times a second; elsewhere (a file, a cluster's
/// log) a line every ten seconds and one at the end. Both say how much is done, how fast, and when
/// it will be finished. Only the first rank should make one that is not quiet.
class Progress {
public:
    struct Options {
        std::FILE* out = stderr;
        bool terminal = false;            ///< `out` is one; is_terminal() tells
        bool quiet = false;               ///< print nothing
        std::function<double()> seconds;  ///< the clock; by default the steady one
    };

    /// What the work counts besides time.
    struct Counts {
        std::int64_t spikes = 0;
        std::int64_t neurons = 0;  ///< that can fire; 0: no rate is shown
    };

    /// @param what      "simulating": the first word of the line
    /// @param total_ms  simulated time of the whole work; > 0
    Progress(std::string what, double total_ms, Options options);

    /// Tells how far the work is; prints when it is time to. Cheap enough for every epoch.
    void update(double done_ms, Counts counts);

    /// Prints the last line. Nothing is printed afterwards.
    void finish(Counts counts);

    /// The line for a state, without what a terminal needs around it.
    std::string line(double done_ms, Counts counts, double elapsed_s) const;

private:
    void print(const std::string& text);

    std::string what_;
    double total_ms_ = 1.0;
    Options options_;
    double begin_s_ = 0.0;
    double printed_s_ = 0.0;
    std::size_t printed_width_ = 0;
    double done_ms_ = 0.0;
    bool finished_ = false;
};

/// Shows how many of a list of long tasks are done, with an estimate of the end, as Progress does.
class TaskProgress {
public:
    /// @param what      "runs": "12 of 60 runs"
    /// @param finished  of `total`, before this start: not counted in the estimate
    TaskProgress(std::string what, std::int64_t total, std::int64_t finished,
                 Progress::Options options);

    /// @param ended  tasks of this start
    /// @param part   that one more task is through, 0 to 1
    void update(std::int64_t ended, double part);

    /// A message that must not be lost between two states of the line.
    void interrupt(const std::string& message);

    /// Prints the last line.
    void finish(std::int64_t ended);

    /// The line for a state, without what a terminal needs around it.
    std::string line(std::int64_t ended, double part, double elapsed_s) const;

private:
    void print(const std::string& text);

    std::string what_;
    std::int64_t total_;
    std::int64_t finished_;
    Progress::Options options_;
    double begin_s_ = 0.0;
    double printed_s_ = 0.0;
    std::size_t printed_width_ = 0;
};

/// True where a person watches this stream.
bool is_terminal(std::FILE* stream);

/// "850 ms", "12.3 s", "4 min 05 s", "2 h 07 min", "3 d 04 h".
std::string format_duration(double seconds);

/// "999", "12.3 k", "4.57 M", "1.20 G": three digits are enough to see what happens.
std::string format_count(std::int64_t count);

}  // namespace volley
