#include "io/progress.hpp"

#include "io/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// A stream whose text can be looked at.
class Stream {
public:
    Stream() : file_(std::tmpfile()) {}
    ~Stream() { std::fclose(file_); }
    std::FILE* get() const { return file_; }
    std::string text() const {
        std::fflush(file_);
        EXPECT_EQ(std::fseek(file_, 0, SEEK_SET), 0);
        std::string all;
        for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
            all.push_back(static_cast<char>(c));
        }
        return all;
    }

private:
    std::FILE* file_;
};

/// Runs 1000 ms of work in steps of 10 ms that take `step_s` each.
std::string watch(bool terminal, bool quiet, double step_s) {
    const Stream stream;
    double now_s = 100.0;
    Progress progress("simulating", 1000.0, {stream.get(), terminal, quiet, [&] { return now_s; }});
    for (std::int64_t done = 10; done <= 1000; done += 10) {
        now_s += step_s;
        progress.update(static_cast<double>(done), {done * 5, 100});
    }
    progress.finish({5000, 100});
    progress.finish({5000, 100});
    return stream.text();
}

TEST(Progress, PrintsALineEveryTenSecondsWhereNobodyWatches) {
    const std::string text = watch(false, false, 0.5);  // 50 s in all
    EXPECT_EQ(std::ranges::count(text, '\n'), 5) << text;
    EXPECT_THAT(text, HasSubstr("simulating 200 of 1000 ms (20 %), real-time factor 50, "
                                "1.00 k spikes (50 Hz), 40.0 s left"));
    EXPECT_THAT(text,
                HasSubstr("(100 %), real-time factor 50, 5.00 k spikes (50 Hz), took 50.0 s"));
    EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(Progress, PrintsOneLineForAShortRun) {
    const std::string text = watch(false, false, 0.001);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    EXPECT_THAT(text, HasSubstr("took 100 ms"));
}

TEST(Progress, RenewsOneLineOnATerminal) {
    const std::string text = watch(true, false, 0.125);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    // A line every 0.2 s at most, here every second step of 0.125 s; the last one is the end's.
    EXPECT_EQ(std::ranges::count(text, '\r'), 50);
    EXPECT_EQ(text.back(), '\n');
}

TEST(Progress, IsSilentWhenQuiet) { EXPECT_EQ(watch(true, true, 1.0), ""); }

TEST(Progress, EstimatesNothingBeforeAnythingIsDone) {
    const Stream stream;
    const Progress progress("building", 10.0, {stream.get(), false, false, {}});
    EXPECT_THAT(progress.line(0.0, {0, 10}, 5.0),
                AllOf(Not(HasSubstr("left")), HasSubstr("0 of 10")));
}

TEST(TaskProgress, EstimatesFromWhatThisStartDid) {
    // 2 of 12 tasks were done earlier, 4 and a half in 9 s now: 5.5 more take 11 s.
    const TaskProgress progress("runs", 12, 2, {.out = stderr, .seconds = [] { return 0.0; }});
    EXPECT_EQ(progress.line(4, 0.5, 9.0), "6 of 12 runs, about 11.0 s left");
    EXPECT_EQ(progress.line(0, 0.0, 9.0), "2 of 12 runs");
    EXPECT_EQ(progress.line(10, 0.0, 20.0), "12 of 12 runs, took 20.0 s");
}

TEST(TaskProgress, RenewsOneLineAndKeepsMessages) {
    const Stream stream;
    double now_s = 0.0;
    TaskProgress progress("runs", 3, 0, {stream.get(), true, false, [&] { return now_s; }});
    now_s = 10.0;
    progress.update(1, 0.0);
    progress.interrupt("failed: one of them");
    now_s = 20.0;
    progress.update(2, 0.0);
    progress.finish(3);
    const std::string text = stream.text();
    EXPECT_THAT(text, HasSubstr("\r1 of 3 runs, about 20.0 s left"));
    EXPECT_THAT(text, HasSubstr("\rfailed: one of them\n"));
    EXPECT_THAT(text, HasSubstr("\r3 of 3 runs, took 20.0 s"));
    EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
}

TEST(FormatDuration, IsReadable) {
    const std::array<std::pair<double, const char*>, 11> cases{
        {{0.0, "0 ms"},
         {0.85, "850 ms"},
         {0.9996, "1.0 s"},
         {12.34, "12.3 s"},
         {59.96, "1 min 00 s"},
         {245.0, "4 min 05 s"},
         {3600.0, "1 h 00 min"},
         {7620.0, "2 h 07 min"},
         {86400.0 * 3 + 3600.0 * 4, "3 d 04 h"},
         {-1.0, "-"},
         {std::numeric_limits<double>::infinity(), "-"}}};
    for (const auto& [seconds, text] : cases) EXPECT_EQ(format_duration(seconds), text);
}

TEST(FormatCount, HasThreeDigits) {
    const std::array<std::pair<std::int64_t, const char*>, 7> cases{{{0, "0"},
                                                                     {999, "999"},
                                                                     {12345, "12.3 k"},
                                                                     {999600, "1.00 M"},
                                                                     {4570000, "4.57 M"},
                                                                     {1200000000, "1.20 G"},
                                                                     {345000000000, "345 G"}}};
    for (const auto& [count, text] : cases) EXPECT_EQ(format_count(count), text);
}

TEST(Log, KeepsEachWarningOnce) {
    const Stream stream;
    Log log({stream.get(), 0, true});
    log.info("nobody reads this");
    log.warning("first");
    log.warning("second");
    log.warning("first");
    EXPECT_THAT(log.warnings(), ElementsAre("first", "second"));
    EXPECT_EQ(stream.text(), "warning: first\nwarning: second\n");
}

TEST(Log, SaysWhichRankWarns) {
    const Stream stream;
    Log log({stream.get(), 3, false});
    log.info("only the first rank informs");
    log.warning("late");
    EXPECT_EQ(stream.text(), "[rank 3] warning: late\n");
}

}  // namespace
}  // namespace volley
