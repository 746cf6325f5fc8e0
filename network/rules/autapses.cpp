#include "network/rules/autapses.hpp"

#include <algorithm>

namespace volley {

namespace {

bool is_interval(const Selection& selection) {
    return selection.list.empty() && selection.stride == 1;
}

}  // namespace

Autapses::Autapses(const RuleContext& context)
    : source_(&context.projection->source),
      target_(&context.projection->target),
      sources_(context.sources),
      targets_(context.targets),
      excluded_(context.same_population && !context.projection->allow_autapses),
      both_contiguous_(is_interval(*source_) && is_interval(*target_)) {
    if (!excluded_) return;
    if (!both_contiguous_) {
        for (std::int64_t t = 0; t < targets_; ++t) {
            if (source_of(t) != kNone) shared_.push_back(t);
        }
    }
    total_ = count(0, targets_);
}

std::int64_t Autapses::count(std::int64_t begin, std::int64_t end) const {
    if (!excluded_) return 0;
    if (both_contiguous_) {
        const std::int64_t low = std::max(target_->begin + begin, source_->begin);
        const std::int64_t high = std::min(target_->begin + end, source_->end);
        return std::max<std::int64_t>(high - low, 0);
    }
    const auto below = [&](std::int64_t t) {
        return std::ranges::lower_bound(shared_, t) - shared_.begin();
    };
    return below(end) - below(begin);
}

}  // namespace volley
