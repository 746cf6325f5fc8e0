#pragma once

#include "io/expression.hpp"
#include "io/json_source.hpp"

#include <map>
#include <string>
#include <vector>

namespace volley {

/// The constants of "define": each a number, true or false, or an expression that may use the
/// others, in any order.
class Definitions : public Names {
public:
    /// Evaluates all of them, so that a mistake in an unused one is told too.
    /// @param define  the object of the file; null where it has none
    /// @throws ConfigError  for names that cannot be used, broken expressions, cycles, and chains
    /// of
    ///                      more than 32 constants
    Definitions(const Json* define, const FilePlace& where);

    std::optional<Quantity> find(std::string_view name) const override;
    std::vector<std::string> all() const override;

private:
    Quantity evaluated(const std::string& name) const;

    const Json* define_;
    FilePlace where_;
    mutable std::map<std::string, Quantity, std::less<>> known_;
    mutable std::vector<std::string> open_;  ///< being evaluated, outermost first
};

}  // namespace volley
