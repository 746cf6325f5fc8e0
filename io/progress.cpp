#include "io/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <unistd.h>
#include <utility>

namespace volley {
namespace {

constexpr double kTerminalInterval_s = 0.2;
constexpr double kLogInterval_s = 10.0;

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Renews the line of a terminal, or writes a new one elsewhere.
/// @param width  of the line that stands there, and afterwards of the new one
void print_line(const Progress::Options& options, const std::string& text, std::size_t& width) {
    if (!options.terminal) {
        fmt::print(options.out, "{}\n", text);
    } else {
        // Blanks cover what a longer line left behind.
        fmt::print(options.out, "\r{:<{}}", text, width);
        width = text.size();
    }
    std::fflush(options.out);
}

}  // namespace

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

std::string format_duration(double seconds) {
    if (!(seconds >= 0.0) || !std::isfinite(seconds)) return "-";
    if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e15)));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    const std::int64_t minutes = (whole + 30) / 60;
    constexpr std::int64_t kDay = 24L * 60;
    if (minutes < kDay) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
    const std::int64_t hours = (whole + 1800) / 3600;
    return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string format_count(std::int64_t count) {
    if (count < 1000) return fmt::format("{}", count);
    constexpr std::array kPrefixes{"k", "M", "G", "T", "P", "E"};
    auto value = static_cast<double>(count);
    std::size_t prefix = 0;
    // 999.5 would be printed as 1000 with three digits: it takes the next prefix.
    for (value /= 1e3; value >= 999.5 && prefix + 1 < kPrefixes.size(); ++prefix) value /= 1e3;
    const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f} {}", value, digits, kPrefixes[prefix]);
}

Progress::Progress(std::string what, double total_ms, Options options)
    : what_(std::move(what)), total_ms_(total_ms), options_(std::move(options)) {
    if (!options_.seconds) options_.seconds = steady_seconds;
    begin_s_ = options_.seconds();
    printed_s_ = begin_s_;
}

std::string Progress::line(double done_ms, Counts counts, double elapsed_s) const {
    const double fraction = std::clamp(done_ms / total_ms_, 0.0, 1.0);
    std::string text = fmt::format("{} {:.0f} of {:.0f} ms ({:.0f} %)", what_, done_ms, total_ms_,
                                   std::floor(fraction * 100.0));
    if (done_ms > 0.0 && elapsed_s > 0.0) {
        // How many seconds a simulated second takes: below 1 is faster than nature.
        text += fmt::format(", real-time factor {:.3g}", elapsed_s * 1e3 / done_ms);
    }
    if (counts.neurons > 0 && done_ms > 0.0) {
        const double rate_Hz = static_cast<double>(counts.spikes) /
                               static_cast<double>(counts.neurons) / (done_ms * 1e-3);
        text += fmt::format(", {} spikes ({:.3g} Hz)", format_count(counts.spikes), rate_Hz);
    }
    if (fraction >= 1.0) return text + ", took " + format_duration(elapsed_s);
    if (fraction > 0.0) {
        text += ", " + format_duration(elapsed_s * (1.0 - fraction) / fraction) + " left";
    }
    return text;
}

void Progress::update(double done_ms, Counts counts) {
    done_ms_ = done_ms;
    if (options_.quiet || finished_ || done_ms >= total_ms_) return;  // the end is finish's
    const double now_s = options_.seconds();
    const double interval_s = options_.terminal ? kTerminalInterval_s : kLogInterval_s;
    if (now_s - printed_s_ < interval_s) return;
    printed_s_ = now_s;
    print(line(done_ms, counts, now_s - begin_s_));
}

void Progress::finish(Counts counts) {
    if (options_.quiet || finished_) return;
    finished_ = true;
    print(line(done_ms_, counts, options_.seconds() - begin_s_));
    if (options_.terminal) std::fputc('\n', options_.out);
    std::fflush(options_.out);
}

void Progress::print(const std::string& text) { print_line(options_, text, printed_width_); }

TaskProgress::TaskProgress(std::string what, std::int64_t total, std::int64_t finished,
                           Progress::Options options)
    : what_(std::move(what)), total_(total), finished_(finished), options_(std::move(options)) {
    if (!options_.seconds) options_.seconds = steady_seconds;
    begin_s_ = options_.seconds();
    printed_s_ = begin_s_;
}

std::string TaskProgress::line(std::int64_t ended, double part, double elapsed_s) const {
    std::string text = fmt::format("{} of {} {}", finished_ + ended, total_, what_);
    const auto left = static_cast<double>(total_ - finished_ - ended) - part;
    const double through = static_cast<double>(ended) + part;
    if (total_ == finished_ + ended) return text + ", took " + format_duration(elapsed_s);
    // A small part of a task tells little of how long all will take.
    constexpr double kLeastThrough = 0.05;
    if (through < kLeastThrough) return text;
    return text + ", about " + format_duration(elapsed_s * left / through) + " left";
}

void TaskProgress::update(std::int64_t ended, double part) {
    if (options_.quiet || finished_ + ended >= total_) return;  // the end is finish's
    const double now_s = options_.seconds();
    const double interval_s = options_.terminal ? kTerminalInterval_s : kLogInterval_s;
    if (now_s - printed_s_ < interval_s) return;
    printed_s_ = now_s;
    print(line(ended, part, now_s - begin_s_));
}

void TaskProgress::interrupt(const std::string& message) {
    if (options_.terminal && printed_width_ > 0 && !options_.quiet) {
        print("");
        std::fputc('\r', options_.out);
    }
    fmt::print(options_.out, "{}\n", message);
    std::fflush(options_.out);
}

void TaskProgress::finish(std::int64_t ended) {
    if (options_.quiet) return;
    print(line(ended, 0.0, options_.seconds() - begin_s_));
    if (options_.terminal) std::fputc('\n', options_.out);
    std::fflush(options_.out);
}

void TaskProgress::print(const std::string& text) { print_line(options_, text, printed_width_); }

}  // namespace volley
