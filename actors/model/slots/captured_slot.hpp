#pragma once

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// What a caller told for a slot of the agent.
struct captured_slot {
  std::string name;
  std::string kind;       ///< phone, email, pin_code, …
  std::string value;      ///< canonical; empty: not told, or taken back
  bool confirmed = false; ///< the caller heard it read back and agreed
  std::int32_t asks = 0;  ///< vain attempts at it

  bool operator==(const captured_slot&) const = default;

  template <class Inspector>
  friend auto inspect(Inspector& f, captured_slot& x) {
    return f(caf::meta::type_name("caly.captured_slot"),
             x.name,
             x.kind,
             x.value,
             x.confirmed,
             x.asks);
  }
};

} // namespace caly
