#include "core/analysis/analysis.hpp"
#include "core/analysis/correlation.hpp"
#include "core/analysis/correlogram.hpp"
#include "core/analysis/isi.hpp"
#include "core/analysis/jpsth.hpp"
#include "core/analysis/order_parameter.hpp"
#include "core/analysis/population_rate.hpp"
#include "core/analysis/power_spectrum.hpp"
#include "core/analysis/rates.hpp"
#include "core/analysis/synchrony.hpp"
#include "core/find.hpp"

#include <array>

namespace volley {

std::span<const AnalysisInfo> analyses() {
    static const std::array kAnalyses{
        rates_analysis(),          isi_analysis(),         population_rate_analysis(),
        power_spectrum_analysis(), correlogram_analysis(), order_parameter_analysis(),
        synchrony_analysis(),      correlation_analysis(), jpsth_analysis(),
    };
    return kAnalyses;
}

const AnalysisInfo* find_analysis(std::string_view name) { return find_entry(analyses(), name); }

std::span<const std::string_view> default_analyses() {
    static constexpr std::array<std::string_view, 5> kNames{"rates", "isi", "population_rate",
                                                            "power_spectrum", "correlogram"};
    return kNames;
}

}  // namespace volley
