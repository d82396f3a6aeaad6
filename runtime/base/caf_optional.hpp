#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>

#include <optional>
#include <utility>

namespace caf {

/// CAF 0.17 knows only its own optional; messages of this project use the standard one.
template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, std::optional<T>& x) {
  auto has_value = x.has_value();
  auto value = x.value_or(T{});
  auto store = [&]() -> error {
    if (has_value)
      x = std::move(value);
    else
      x.reset();
    return none;
  };
  return f(has_value, value, meta::load_callback(store));
}

} // namespace caf
