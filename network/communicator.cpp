#include "network/communicator.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <limits>
#include <new>

namespace volley {

namespace {

/// A rank that is alone has nobody to send to.
class NoNumbers final : public NumberExchange {
public:
    void exchange(std::span<const double> /*out*/, std::span<double> /*in*/) override {}
};

/// A rank that is alone already has the sums, and receives what it sends.
class SingleProcess final : public Communicator {
public:
    int rank() const override { return 0; }
    int size() const override { return 1; }
    void barrier() override {}
    void sum(std::span<std::int64_t> /*values*/) override {}
    void smallest(std::span<std::int64_t> /*values*/) override {}
    void largest(std::span<std::int64_t> /*values*/) override {}
    void sum(std::span<double> /*values*/) override {}
    void largest(std::span<double> /*values*/) override {}
    std::vector<Words> all_to_all(const std::vector<Words>& to_each) override { return to_each; }
    std::unique_ptr<NumberExchange> number_exchange(
        std::span<const std::int64_t> /*to_each*/,
        std::span<const std::int64_t> /*from_each*/) override {
        return std::make_unique<NoNumbers>();
    }
    std::string broadcast(const std::string& bytes, int /*root*/) override { return bytes; }
};

}  // namespace

std::unique_ptr<Communicator> single_process() { return std::make_unique<SingleProcess>(); }

Failure current_failure() {
    try {
        throw;
    } catch (const AgreedFailure& failure) {
        return {.message = failure.what(), .by_user = failure.by_user};
    } catch (const ConfigError& error) {
        return {.message = error.what(), .by_user = true};
    } catch (const std::bad_alloc&) {
        return {.message =
                    "out of memory: run on more ranks or nodes, or make the network smaller "
                    "(volley check MODEL predicts the need)"};
    } catch (const std::exception& error) {
        return {.message = error.what()};
    }
}

void agree(Communicator& ranks, const std::optional<Failure>& failure) {
    std::int64_t first = failure ? ranks.rank() : std::numeric_limits<std::int64_t>::max();
    ranks.smallest({&first, 1});
    if (first == std::numeric_limits<std::int64_t>::max()) return;
    std::string message;
    if (failure) {
        const bool name_rank = !failure->by_user && ranks.size() > 1;
        message = (failure->by_user ? "u" : "s") +
                  (name_rank ? fmt::format("rank {}: ", first) : std::string()) + failure->message;
    }
    message = ranks.broadcast(message, static_cast<int>(first));
    throw AgreedFailure({.message = message.substr(1), .by_user = message.at(0) == 'u'});
}

}  // namespace volley
