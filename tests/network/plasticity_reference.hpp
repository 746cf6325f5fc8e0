#pragma once

#include "core/spec.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>
#include <string>
#include <vector>

/// Plastic synapses one at a time, straight from the equations: sums of exponentials over all
/// pairs of events, libm's functions, nothing shared with the program.
namespace volley::reference {

using Train = std::vector<Step>;

/// A rule with parameters and delays.
struct Rule {
    std::string label;
    std::string name;
    std::map<std::string, Value> values;
    std::vector<Step> axonal;
    Step dendritic;
    double w_max = 2.0;
    double sign = 1.0;

    double number(const std::string& key) const { return std::get<double>(values.at(key)); }
    bool is(const std::string& key, const std::string& text) const {
        const auto found = values.find(key);
        return found != values.end() && std::get<std::string>(found->second) == text;
    }
    /// True where the weight stays and a spike delivers a part of it.
    bool delivers_parts() const { return name == "tsodyks_markram" || name == "nmda_gating"; }
    friend std::ostream& operator<<(std::ostream& out, const Rule& rule) {
        return out << rule.label;
    }
};

/// Trace of a spike train at `time`, of events before it; `events_at` counts those at `time` that
/// came before too.
inline double trace(const std::vector<Step>& events, std::size_t number, Step time, double tau_ms,
                    bool nearest, double dt_ms) {
    double sum = 0.0;
    for (std::size_t k = 0; k < number; ++k) {
        const double left = std::exp(-static_cast<double>(time - events[k]) * dt_ms / tau_ms);
        sum = nearest ? left : sum + left;
    }
    return sum;
}

/// What has happened at a synapse so far.
struct Past {
    std::vector<Step> pre, post;
};

inline double after_post(const Rule& rule, double w, const Past& past, Step now, double dt_ms) {
    const bool nearest = rule.is("pairing", "nearest_neighbour");
    const auto pre = [&](const char* tau) {
        return trace(past.pre, past.pre.size(), now, rule.number(tau), nearest, dt_ms);
    };
    if (rule.name == "stdp_inhibitory") {
        return std::min(w + rule.number("eta") * rule.w_max * pre("tau"), rule.w_max);
    }
    if (rule.name == "stdp_triplet") {
        const double o2 =
            trace(past.post, past.post.size(), now, rule.number("tau_y"), nearest, dt_ms);
        const double change =
            pre("tau_plus") * (rule.number("A2_plus") + rule.number("A3_plus") * o2);
        return std::min(w + rule.w_max * change, rule.w_max);
    }
    const double x = rule.number("lambda") * pre("tau_plus");
    if (rule.is("weight_dependence", "power_law_unbounded")) {
        const double w_0 = rule.number("w_0");
        const double mu = rule.number("mu");
        return w + x * std::pow(w_0, 1.0 - mu) * std::pow(w, mu);
    }
    double change = rule.w_max;
    if (rule.is("weight_dependence", "multiplicative")) change = rule.w_max - w;
    if (rule.is("weight_dependence", "power_law")) {
        change = rule.w_max * std::pow(1.0 - w / rule.w_max, rule.number("mu_plus"));
    }
    return std::min(w + x * change, rule.w_max);
}

inline double after_pre(const Rule& rule, double w, const Past& past, Step now, double dt_ms) {
    const bool nearest = rule.is("pairing", "nearest_neighbour");
    const auto post = [&](const char* tau) {
        return trace(past.post, past.post.size(), now, rule.number(tau), nearest, dt_ms);
    };
    const double w_min = rule.values.contains("w_min") ? rule.number("w_min") : 0.0;
    if (rule.name == "stdp_inhibitory") {
        const double alpha = 2.0 * rule.number("rho_0") * rule.number("tau") / 1000.0;
        return std::clamp(w + rule.number("eta") * rule.w_max * (post("tau") - alpha), w_min,
                          rule.w_max);
    }
    if (rule.name == "stdp_triplet") {
        const double r2 =
            trace(past.pre, past.pre.size(), now, rule.number("tau_x"), nearest, dt_ms);
        const double change =
            post("tau_minus") * (rule.number("A2_minus") + rule.number("A3_minus") * r2);
        return std::max(w - rule.w_max * change, w_min);
    }
    double change = rule.w_max;
    if (rule.is("weight_dependence", "multiplicative") ||
        rule.is("weight_dependence", "power_law_unbounded")) {
        change = w;
    }
    if (rule.is("weight_dependence", "power_law")) {
        change = rule.w_max * std::pow(w / rule.w_max, rule.number("mu_minus"));
    }
    return std::max(w - rule.number("alpha") * rule.number("lambda") * change * post("tau_minus"),
                    w_min);
}

/// What each presynaptic event adds to a gating variable that was closed before the first: to
/// s(t), the sum of what earlier ones added and of what has decayed of it.
inline std::vector<double> gate_openings(const Rule& rule, const Train& spikes, double dt_ms) {
    const double part = 1.0 - std::exp(-rule.number("alpha") * rule.number("tau_rise"));
    std::vector<double> result;
    for (std::size_t k = 0; k < spikes.size(); ++k) {
        double open = 0.0;
        for (std::size_t before = 0; before < k; ++before) {
            const double interval_ms = static_cast<double>(spikes[k] - spikes[before]) * dt_ms;
            open += result[before] * std::exp(-interval_ms / rule.number("tau_decay"));
        }
        result.push_back((1.0 - open) * part);
    }
    return result;
}

/// The part of a weight that each presynaptic event delivers.
inline std::vector<double> efficacies(const Rule& rule, const Train& spikes, double dt_ms) {
    if (rule.name == "nmda_gating") return gate_openings(rule, spikes, dt_ms);
    std::vector<double> result;
    double u = rule.values.contains("u_0") ? rule.number("u_0") : rule.number("U");
    double x = rule.number("x_0");
    for (std::size_t k = 0; k < spikes.size(); ++k) {
        if (k > 0) {
            const double interval_ms = static_cast<double>(spikes[k] - spikes[k - 1]) * dt_ms;
            const auto left = [&](const char* tau) {
                return rule.number(tau) > 0.0 ? std::exp(-interval_ms / rule.number(tau)) : 0.0;
            };
            x = 1.0 + (x - x * u - 1.0) * left("tau_rec");
            u = rule.number("U") + u * (1.0 - rule.number("U")) * left("tau_facil");
        }
        result.push_back(u * x);
    }
    return result;
}

/// The weight of a synapse after all events that reach it by `end`.
/// @param deliver  called with (time, weight) for what the target receives
template <class Deliver>
double evaluate(const Rule& rule, double weight, Step axonal, const Train& source,
                const Train& target, Step end, double dt_ms, Deliver deliver) {
    if (rule.delivers_parts()) {
        const std::vector<double> efficacy = efficacies(rule, source, dt_ms);
        for (std::size_t k = 0; k < source.size(); ++k) {
            const Step now = source[k] + axonal;
            if (now <= end) deliver(now + rule.dendritic, weight * efficacy[k]);
        }
        return weight;
    }
    Past past;
    std::size_t next_pre = 0;
    std::size_t next_post = 0;
    for (Step now = 0; now <= end; ++now) {
        for (; next_pre < source.size() && source[next_pre] + axonal == now; ++next_pre) {
            weight = after_pre(rule, weight, past, now, dt_ms);
            deliver(now + rule.dendritic, weight);
            past.pre.push_back(now);
        }
        for (; next_post < target.size() && target[next_post] + rule.dendritic == now;
             ++next_post) {
            weight = after_post(rule, weight, past, now, dt_ms);
            past.post.push_back(now);
        }
    }
    return weight;
}

/// All rules with their variants, over several axonal and dendritic delays. Learning rates are
/// large, so that weights move over their whole range and reach their limits.
inline std::vector<Rule> rules() {
    using std::string;
    struct Delays {
        const char* label;
        std::vector<Step> axonal;
        Step dendritic;
    };
    const std::vector<Delays> all_delays{
        {"axonal", {1, 2, 5, 40, 41}, 0}, {"both", {0, 3, 15, 200}, 15}, {"dendritic", {0}, 8}};
    std::vector<Rule> rules;
    const auto add = [&](const Delays& delays, const string& label, const string& name,
                         std::map<string, Value> values, double sign = 1.0) {
        Rule rule{.label = label + "/" + delays.label,
                  .name = name,
                  .values = std::move(values),
                  .axonal = delays.axonal,
                  .dendritic = delays.dendritic,
                  .sign = sign};
        const bool limited = !rule.values.contains("mu") && !rule.delivers_parts();
        if (limited) rule.values["w_max"] = 2.0;
        rules.push_back(std::move(rule));
    };
    for (const Delays& delays : all_delays) {
        for (const char* pairing : {"all_to_all", "nearest_neighbour"}) {
            const auto pair = [&](const string& dependence, std::map<string, Value> values) {
                values["pairing"] = string(pairing);
                values["weight_dependence"] = dependence;
                values["tau_plus"] = 15.0;
                values["tau_minus"] = 30.0;
                values["lambda"] = 0.02;
                values["alpha"] = 0.8;
                add(delays, dependence + "/" + pairing, "stdp_pair", std::move(values));
            };
            pair("additive", {{"w_min", 0.1}});
            pair("multiplicative", {});
            pair("power_law", {{"mu_plus", 0.3}, {"mu_minus", 0.6}});
            pair("power_law", {{"mu_plus", 0.0}, {"mu_minus", 1.0}});
            pair("power_law_unbounded", {{"mu", 0.4}, {"w_0", 0.5}});
            add(delays, string("triplet/") + pairing, "stdp_triplet",
                {{"pairing", string(pairing)},
                 {"tau_plus", 16.8},
                 {"tau_x", 50.0},
                 {"tau_minus", 33.7},
                 {"tau_y", 70.0},
                 {"A2_plus", 5e-3},
                 {"A3_plus", 6e-3},
                 {"A2_minus", 7e-3},
                 {"A3_minus", 2e-3}});
        }
        for (const double sign : {1.0, -1.0}) {
            add(delays, sign > 0.0 ? "inhibitory" : "inhibitory/negative", "stdp_inhibitory",
                {{"tau", 20.0}, {"eta", 0.01}, {"rho_0", 40.0}}, sign);
        }
        add(delays, "depressing", "tsodyks_markram",
            {{"U", 0.5}, {"tau_rec", 80.0}, {"tau_facil", 0.0}, {"x_0", 1.0}});
        add(delays, "facilitating", "tsodyks_markram",
            {{"U", 0.1}, {"tau_rec", 10.0}, {"tau_facil", 100.0}, {"u_0", 0.3}, {"x_0", 0.7}});
        add(delays, "gating", "nmda_gating",
            {{"alpha", 0.4}, {"tau_rise", 1.5}, {"tau_decay", 30.0}});
    }
    return rules;
}

}  // namespace volley::reference
