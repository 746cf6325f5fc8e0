#include "apps/reproduce/verdict.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace volley {

Verdict judged(std::string quantity, std::string unit, const Statistic& found,
               std::string published, Accepted accepted, std::string source) {
    const bool inside = found.mean >= accepted.least && found.mean <= accepted.most;
    return {.quantity = std::move(quantity),
            .unit = std::move(unit),
            .published = std::move(published),
            .source = std::move(source),
            .found = found.mean,
            .standard_error = found.standard_error,
            .accepted = fmt::format("{:.4g} to {:.4g}", accepted.least, accepted.most),
            .state = inside ? Verdict::State::agrees : Verdict::State::differs};
}

Verdict statement(std::string quantity, bool holds, std::string found, std::string source) {
    return {.quantity = std::move(quantity),
            .unit = "",
            .published = "yes",
            .source = std::move(source),
            .found_text = fmt::format("{}: {}", holds ? "yes" : "no", found),
            .accepted = "yes",
            .state = holds ? Verdict::State::agrees : Verdict::State::differs};
}

Verdict shown_only(std::string quantity, std::string unit, const Statistic& found,
                   std::string remark) {
    return {.quantity = std::move(quantity),
            .unit = std::move(unit),
            .published = "-",
            .source = std::move(remark),
            .found = found.mean,
            .standard_error = found.standard_error,
            .accepted = "-",
            .state = Verdict::State::shown};
}

std::string state_text(Verdict::State state) {
    switch (state) {
        case Verdict::State::agrees:
            return "agrees";
        case Verdict::State::differs:
            return "DIFFERS";
        case Verdict::State::shown:
            break;
    }
    return "not judged";
}

std::string found_text(const Verdict& verdict) {
    if (!verdict.found_text.empty()) return verdict.found_text;
    if (!std::isfinite(verdict.found)) return "no value";
    std::string text = fmt::format("{:.4g}", verdict.found);
    if (std::isfinite(verdict.standard_error)) {
        text += fmt::format(" +- {:.2g}", verdict.standard_error);
    }
    return verdict.unit.empty() ? text : text + " " + verdict.unit;
}

std::vector<std::vector<std::string>> verdict_rows(const std::vector<Verdict>& verdicts) {
    std::vector<std::vector<std::string>> rows{
        {"quantity", "published", "found", "accepted", "verdict", "source"}};
    for (const Verdict& verdict : verdicts) {
        rows.push_back({verdict.quantity, verdict.published, found_text(verdict), verdict.accepted,
                        state_text(verdict.state), verdict.source});
    }
    return rows;
}

}  // namespace volley
