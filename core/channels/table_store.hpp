#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace volley {

/// The tables that channels of the cells of one group share. A table is kept as long as a channel
/// holds it. For one thread.
class TableStore {
public:
    /// The table of a kind (the address of anything of its own) for the numbers that decide it.
    /// @param make  makes it, where nobody has yet: std::shared_ptr<const Table> make()
    template <class Table, class Make>
    std::shared_ptr<const Table> find(const void* kind, std::span<const double> key,
                                      const Make& make) {
        std::erase_if(entries_, [](const Entry& entry) { return entry.table.expired(); });
        for (const Entry& entry : entries_) {
            if (entry.kind == kind && std::ranges::equal(entry.key, key)) {
                return std::static_pointer_cast<const Table>(entry.table.lock());
            }
        }
        const std::shared_ptr<const Table> made = make();
        entries_.push_back({kind, {key.begin(), key.end()}, made, made->bytes()});
        return made;
    }

    std::size_t bytes() const {
        std::size_t total = 0;
        for (const Entry& entry : entries_) total += entry.table.expired() ? 0 : entry.bytes;
        return total;
    }

private:
    struct Entry {
        const void* kind;
        std::vector<double> key;
        std::weak_ptr<const void> table;
        std::size_t bytes;
    };
    std::vector<Entry> entries_;
};

}  // namespace volley
