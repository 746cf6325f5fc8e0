#include "io/report/report.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/report/figures.hpp"
#include "io/report/gnuplot.hpp"
#include "io/report/html.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <regex>

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using volley::testing::TemporaryDirectory;

/// The PATH without any program, until the end of the test.
class EmptyPath {
public:
    EmptyPath() : before_(std::getenv("PATH")) { setenv("PATH", "/nonexistent", 1); }
    ~EmptyPath() { setenv("PATH", before_.c_str(), 1); }
    EmptyPath(const EmptyPath&) = delete;
    EmptyPath& operator=(const EmptyPath&) = delete;

private:
    std::string before_;
};

bool gnuplot_is_installed() {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "empty.gp", "");
    return gnuplot::run(folder.path(), "empty.gp").installed;
}

// What people write, and what tries to break out of HTML or gnuplot.
const std::string kNasty =
    "<script>alert('1')</script> & \"q\" `x` $(y) \\n %s 'a' {/b} ^_@ \n set x";

Plot wave(const std::string& name, std::size_t points = 500) {
    Plot plot;
    plot.name = name;
    plot.title = "A wave";
    plot.x_label = "frequency (Hz)";
    plot.y_label = "power (Hz\u00B2/Hz)";
    Curve curve{"pc", {}, {}};
    for (std::size_t k = 0; k < points; ++k) {
        curve.x.push_back(static_cast<double>(k));
        curve.y.push_back(1.0 + std::sin(static_cast<double>(k) * 0.1) * 0.5);
    }
    plot.curves.push_back(curve);
    plot.marks = {{164.0, "164.0 Hz"}};
    return plot;
}

/// `neurons` regular trains of `each` spikes in 1000 ms.
SpikeTrains regular_trains(const std::string& name, std::int64_t neurons, Step each) {
    SpikeTrains trains;
    trains.name = name;
    trains.dt_ms = 0.1;
    trains.end = 10000;
    trains.first = {0};
    for (std::int64_t n = 0; n < neurons; ++n) {
        trains.neurons.push_back(n);
        for (Step s = 1; s <= each; ++s) trains.times.push_back(s * 10000 / each);
        trains.first.push_back(static_cast<std::int64_t>(trains.times.size()));
    }
    return trains;
}

ReportData example() {
    ReportData data;
    data.title = "Coupled oscillators";
    data.subtitle = "purkinje_oscillators.json";
    data.key_figures = {{"164.2 Hz", "peak of the population's rhythm"}};
    data.populations = {{"pc", "phase_oscillator", 100, 33000, 33.0, 0.4, "intrinsic rate 116 Hz"},
                        {"quiet", "parrot", 5, 0, 0.0, std::nan(""), ""}};
    const std::vector<SpikeTrains> trains{regular_trains("pc", 40, 30)};
    data.raster = make_raster(trains);
    ReportData::Analysis spectrum{"rhythm", "power_spectrum", "pc", {}};
    spectrum.result.figures = {{"peak_hz", 164.2, "Hz", "frequency of the highest peak"},
                               {"floor", std::nan(""), "1", "not defined here"}};
    spectrum.result.plots = {wave("power_spectrum_pc")};
    ReportData::Analysis rate{"rate over time", "population_rate", "pc", {}};
    rate.result.plots = {wave("population_rate_pc")};
    data.analyses = {spectrum, rate};
    data.traces = {wave("trace_pc_phase")};
    data.network = {{"synapses", "9900", "connections made"}};
    data.timing = {{"simulate", "1.5 s", ""}};
    data.digests = {{"spikes", "0123456789abcdef", "order-free"}};
    data.effective_model = "{\"title\": \"x\"}";
    return data;
}

TEST(HtmlEscape, LeavesNothingThatMeansSomething) {
    EXPECT_EQ(html::escape("a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    EXPECT_EQ(html::escape("\u00B5V, 25 \u00B0C"), "\u00B5V, 25 \u00B0C");
    EXPECT_EQ(html::escape(std::string("a\0b\x1b[0m", 7)), "a b [0m");
    EXPECT_EQ(html::escape("broken \xC3( utf-8 \xFF"), "broken \uFFFD( utf-8 \uFFFD");
    EXPECT_EQ(html::escape("cut \xE2\x82"), "cut \uFFFD\uFFFD");
}

TEST(Base64, FollowsTheTestVectorsOfRfc4648) {
    EXPECT_EQ(html::base64(""), "");
    EXPECT_EQ(html::base64("f"), "Zg==");
    EXPECT_EQ(html::base64("fo"), "Zm8=");
    EXPECT_EQ(html::base64("foo"), "Zm9v");
    EXPECT_EQ(html::base64("foob"), "Zm9vYg==");
    EXPECT_EQ(html::base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(html::base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(html::base64("\xFF\xFE\x00"), "//4=") << "a literal ends at its zero";
}

TEST(FileName, HasOnlyPlainCharacters) {
    EXPECT_EQ(gnuplot::file_name("power_spectrum_pc"), "power_spectrum_pc");
    EXPECT_EQ(gnuplot::file_name("../../etc/passwd"), "figure.._.._etc_passwd");
    EXPECT_EQ(gnuplot::file_name(""), "figure");
    EXPECT_EQ(gnuplot::file_name("-x y'z"), "figure-x_y_z");
    EXPECT_LE(gnuplot::file_name(std::string(1000, 'a')).size(), 106u);
}

TEST(FormatValue, HasFourDigitsOrADash) {
    EXPECT_EQ(format_value(164.23456), "164.2");
    EXPECT_EQ(format_value(12500.0), "12500");
    EXPECT_EQ(format_value(0.000123456), "0.0001235");
    EXPECT_EQ(format_value(std::nan("")), "\u2013");
}

TEST(ThinnedCurve, KeepsTheExtremesAndTheOrder) {
    Curve curve{"v", {}, {}};
    for (int k = 0; k < 100000; ++k) {
        curve.x.push_back(k);
        curve.y.push_back(k == 31234 ? 100.0 : k == 77777 ? -100.0 : std::sin(k * 0.01));
    }
    const Curve thin = thinned(curve, 4000);
    EXPECT_LE(thin.x.size(), 4000u);
    EXPECT_TRUE(std::ranges::is_sorted(thin.x));
    EXPECT_THAT(thin.x, AllOf(Contains(31234.0), Contains(77777.0)));
    EXPECT_EQ(thinned(thin, 4000).x, thin.x);
}

TEST(Raster, ShowsSomeNeuronsOfEachGroupAndTheLastPart) {
    const std::vector<SpikeTrains> trains{regular_trains("large", 9000, 100),
                                          regular_trains("small", 20, 10)};
    const Raster raster = make_raster(trains, {.window_ms = 500.0, .most_neurons = 300});
    ASSERT_EQ(raster.groups.size(), 2u);
    EXPECT_NEAR(static_cast<double>(raster.groups[0].rows), 299.0, 1.0);
    EXPECT_EQ(raster.groups[1].rows, 10) << "a small group keeps some rows";
    EXPECT_EQ(raster.begin_ms, 500.0);
    for (const Raster::Group& group : raster.groups) {
        for (std::size_t k = 0; k < group.row.size(); ++k) {
            EXPECT_GT(group.times_ms[k], 500.0);
            EXPECT_LE(group.times_ms[k], 1000.0);
            EXPECT_LT(group.row[k], group.rows);
        }
    }
    EXPECT_EQ(std::ssize(raster.groups[1].row), 10 * 5);
}

TEST(RasterImage, IsDarkWhereSpikesAreAndWhiteElsewhere) {
    Raster raster;
    raster.end_ms = 100.0;
    raster.groups = {{"a", 4, 4, {0.5, 99.5}, {0, 3}}, {"b", 4, 4, {50.5}, {1}}};
    const std::vector<std::uint32_t> colours{0xFF0000, 0x0000FF};
    const RasterImage image = rasterise(raster, colours, 100, 8);
    ASSERT_EQ(image.width * image.height, 800u);
    const auto pixel = [&](std::size_t x, std::size_t y) {
        const std::uint8_t* const rgb = &image.rgb[3 * (y * image.width + x)];
        return std::vector<int>{rgb[0], rgb[1], rgb[2]};
    };
    // Each cell with spikes holds one, which is then the count that gives full colour.
    EXPECT_EQ(pixel(0, 0), (std::vector<int>{255, 0, 0}));
    EXPECT_EQ(pixel(99, 3), (std::vector<int>{255, 0, 0}));
    EXPECT_EQ(pixel(50, 5), (std::vector<int>{0, 0, 255}));
    EXPECT_EQ(std::ranges::count(image.rgb, 255), 800 * 3 - 6);
}

TEST(Report, IsOneFileThatNeedsNoNetwork) {
    if (!gnuplot_is_installed()) GTEST_SKIP() << "gnuplot is not installed";
    const TemporaryDirectory folder;
    EXPECT_THAT(write_report(folder.path(), example()), IsEmpty());
    const std::string page = read_file(folder / "report.html");
    EXPECT_THAT(page, AllOf(HasSubstr("164.2 Hz"), HasSubstr("Coupled oscillators"),
                            HasSubstr("intrinsic rate 116 Hz"), HasSubstr("phase_oscillator")));
    // Nothing is fetched: no address but data inside the page, no script.
    EXPECT_FALSE(std::regex_search(page, std::regex("(src|href)=\"(?!data:)")));
    EXPECT_THAT(
        page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("@import")), Not(HasSubstr("url("))));
    // The order of the design: raster, rate, spectrum, traces, though the rate was given later.
    const std::vector<std::string> order{"figures/raster.svg", "figures/population_rate_pc.svg",
                                         "figures/power_spectrum_pc.svg",
                                         "figures/trace_pc_phase.svg"};
    std::size_t last = 0;
    for (const std::string& name : order) {
        const std::size_t place = page.find(name);
        ASSERT_NE(place, std::string::npos) << name;
        EXPECT_GT(place, last) << name;
        last = place;
        EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
    }
    for (const char* const name : {"raster.gp", "raster.dat", "power_spectrum_pc.gp"}) {
        EXPECT_TRUE(std::filesystem::exists(folder / "figures" / name)) << name;
    }
}

TEST(Report, EscapesEverythingThatComesFromOutside) {
    const TemporaryDirectory folder;
    ReportData data = example();
    data.title = data.subtitle = kNasty;
    data.key_figures = {{kNasty, kNasty}};
    data.warnings = {kNasty};
    data.populations[0].name = data.populations[0].model = data.populations[0].remark = kNasty;
    data.raster.groups[0].name = kNasty;
    data.analyses[0].title = data.analyses[0].note = kNasty;
    data.analyses[0].result.figures[0] = {kNasty, 1.0, kNasty, kNasty};
    Plot& plot = data.analyses[0].result.plots[0];
    plot.name = plot.title = plot.x_label = plot.y_label = plot.curves[0].label = kNasty;
    plot.curves.push_back(plot.curves[0]);
    plot.marks = {{10.0, kNasty}};
    data.network = data.timing = data.memory = data.digests = {{kNasty, kNasty, kNasty}};
    data.effective_model = kNasty;
    const std::vector<std::string> problems = write_report(folder.path(), data);
    if (gnuplot_is_installed()) {
        EXPECT_THAT(problems, IsEmpty()) << "gnuplot must take any label";
    }
    const std::string page = read_file(folder / "report.html");
    EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;")));
}

TEST(Report, WithoutGnuplotSaysWhatToInstall) {
    const TemporaryDirectory folder;
    const EmptyPath no_programs;
    const std::vector<std::string> problems = write_report(folder.path(), example());
    EXPECT_THAT(problems, ::testing::ElementsAre(HasSubstr("apt install gnuplot-nox")));
    const std::string page = read_file(folder / "report.html");
    EXPECT_THAT(page, AllOf(HasSubstr("apt install gnuplot-nox"), HasSubstr("peak_hz"),
                            Not(HasSubstr("<img"))));
    EXPECT_TRUE(std::filesystem::exists(folder / "figures/power_spectrum_pc.gp"))
        << "the script can be run later";
}

TEST(Report, StaysUsableWithAMillionSpikes) {
    if (!gnuplot_is_installed()) GTEST_SKIP() << "gnuplot is not installed";
    const TemporaryDirectory folder;
    ReportData data = example();
    const std::vector<SpikeTrains> trains{regular_trains("many", 10000, 100)};
    data.raster = make_raster(trains, {.most_neurons = 10000});
    ASSERT_EQ(data.raster.spikes(), 1000000u);
    data.analyses[0].result.plots[0] = wave("long", 1000000);
    EXPECT_THAT(write_report(folder.path(), data), IsEmpty());
    EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("Too many for single ticks"));
    // A page of this size opens at once.
    EXPECT_LT(std::filesystem::file_size(folder / "report.html"), 4u << 20);
}

TEST(Report, OfNothingIsStillAPage) {
    const TemporaryDirectory folder;
    EXPECT_THAT(write_report(folder.path(), {}), IsEmpty());
    EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("</html>"));
}

TEST(Report, ShowsWhyAPictureIsMissing) {
    if (!gnuplot_is_installed()) GTEST_SKIP() << "gnuplot is not installed";
    const TemporaryDirectory folder;
    ReportData data = example();
    data.analyses[0].result.plots[0].curves = {{"none", {1.0, 2.0}, {std::nan(""), std::nan("")}}};
    data.raster.groups[0].times_ms.clear();
    data.raster.groups[0].row.clear();
    EXPECT_THAT(write_report(folder.path(), data), AllOf(Contains(HasSubstr("no value is defined")),
                                                         Contains(HasSubstr("no spikes"))));
    EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("no value is defined"));
}

/// Curves that make plotting programs stumble.
class OddPlot : public ::testing::TestWithParam<Plot> {};

TEST_P(OddPlot, IsDrawn) {
    if (!gnuplot_is_installed()) GTEST_SKIP() << "gnuplot is not installed";
    const TemporaryDirectory folder;
    const DrawnFigure figure = draw(GetParam(), folder.path());
    EXPECT_EQ(figure.problem, "");
    EXPECT_THAT(figure.svg, HasSubstr("</svg>"));
}

Plot with(Plot::Style style, bool log_y, std::vector<double> x, std::vector<double> y) {
    Plot plot = wave("odd");
    plot.style = style;
    plot.log_y = log_y;
    plot.curves = {{"only", std::move(x), std::move(y)}};
    return plot;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, OddPlot,
    ::testing::Values(with(Plot::Style::line, false, {5.0}, {1.0}),
                      with(Plot::Style::line, false, {1.0, 2.0, 3.0}, {0.0, 0.0, 0.0}),
                      with(Plot::Style::line, true, {1.0, 2.0, 3.0}, {0.0, 1e-300, 1e300}),
                      with(Plot::Style::bars, false, {1.0, 2.0}, {0.0, 0.0}),
                      with(Plot::Style::bars, false, {1.0}, {7.0}),
                      with(Plot::Style::steps, false, {1.0, 2.0}, {0.0, 3.0}),
                      with(Plot::Style::steps, false, {1.0}, {0.0}),
                      with(Plot::Style::line, false, {1.0, 2.0, 3.0},
                           {1.0, std::nan(""), HUGE_VAL})));

TEST(Report, SaysWhichDirectoryCannotBeWritten) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "file", "x");
    try {
        write_report(folder / "file", example());
        FAIL() << "nothing was thrown";
    } catch (const SystemError& error) {
        EXPECT_THAT(error.what(), HasSubstr((folder / "file").string()));
    }
}

}  // namespace
}  // namespace volley
