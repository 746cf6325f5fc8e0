#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace volley {

/// Numbers that ranks send each other again and again, along lists that stay.
class NumberExchange {
public:
    virtual ~NumberExchange() = default;

    /// Sends and receives once. All ranks call it equally often.
    /// @param out  what goes to each rank, ranks ascending
    /// @param[out] in  what comes from each rank, ranks ascending
    virtual void exchange(std::span<const double> out, std::span<double> in) = 0;
};

/// The ranks of a run, as the simulation sees them. Three implementations: MPI, a single process,
/// and a dry run (one process that plays one rank of many). Every function is collective.
class Communicator {
public:
    using Words = std::vector<std::uint64_t>;

    virtual ~Communicator() = default;

    virtual int rank() const = 0;
    virtual int size() const = 0;

    virtual void barrier() = 0;
    /// Sums, minima and maxima over all ranks, in place, entry by entry.
    virtual void sum(std::span<std::int64_t> values) = 0;
    virtual void smallest(std::span<std::int64_t> values) = 0;
    virtual void largest(std::span<std::int64_t> values) = 0;
    virtual void sum(std::span<double> values) = 0;
    virtual void largest(std::span<double> values) = 0;
    /// Sends to_each[r] to rank r; returns what each rank sent here.
    virtual std::vector<Words> all_to_all(const std::vector<Words>& to_each) = 0;
    /// The same for what each rank tells another as much as that one tells it: a dry run gets back
    /// what it sends.
    virtual std::vector<Words> mirrored(const std::vector<Words>& to_each) {
        return all_to_all(to_each);
    }
    /// @param to_each, from_each  [ranks], how many numbers go to each rank and come from it, 0 for
    ///        this one; both sides must agree
    virtual std::unique_ptr<NumberExchange> number_exchange(
        std::span<const std::int64_t> to_each, std::span<const std::int64_t> from_each) = 0;
    /// What `root` holds, on every rank.
    virtual std::string broadcast(const std::string& bytes, int root) = 0;
};

/// A communicator of a single process, with no MPI.
std::unique_ptr<Communicator> single_process();

/// What went wrong on a rank.
struct Failure {
    std::string message;
    bool by_user = false;  ///< a ConfigError: the message says where and what to write instead
};

/// The failure that the exception being handled stands for.
Failure current_failure();

/// A failure of some rank, thrown on all of them with the same message, so that one can print it
/// and all can end.
class AgreedFailure : public std::runtime_error {
public:
    explicit AgreedFailure(const Failure& failure)
        : std::runtime_error(failure.message), by_user(failure.by_user) {}
    bool by_user;
};

/// Tells all ranks how an action ended on each of them. Collective.
///
/// @param failure  this rank's, or nothing where it succeeded
/// @throws AgreedFailure  that of the lowest rank that failed
void agree(Communicator& ranks, const std::optional<Failure>& failure);

/// Runs `action` on this rank and agrees on its outcome with all others. The action itself must not
/// be collective: a rank that throws leaves it early.
template <class Action>
void together(Communicator& ranks, Action&& action) {
    std::optional<Failure> failure;
    try {
        action();
    } catch (...) {
        failure = current_failure();
    }
    agree(ranks, failure);
}

}  // namespace volley
