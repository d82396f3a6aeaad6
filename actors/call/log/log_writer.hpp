#pragma once

#include "actors/api/call.hpp"
#include "actors/api/call_control.hpp"
#include "runtime/base/json.hpp"

#include <caf/meta/annotation.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/system_messages.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace caly::call_logs {

/// What a log calls the actors and ids that come up again and again.
class log_names {
public:
  /// From 1, by the order in which the actors came up.
  std::uint32_t of(caf::actor_id id);

  uuid tenant; ///< `@tenant`; none: written out
  uuid call;   ///< `@call`

private:
  std::map<caf::actor_id, std::uint32_t> numbers_;
};

/// What is left out of a log: secrets, audio, and what belongs to the machine.
template <class T>
const T& fit_to_keep(const T& x) {
  return x;
}

attach_media fit_to_keep(const attach_media& x);
open_text fit_to_keep(const open_text& x);
take_call fit_to_keep(const take_call& x);
person_speaks fit_to_keep(const person_speaks& x);
/// The grammar follows from the agent and the dictionary of the node's recogniser.
media_plan fit_to_keep(const media_plan& x);

/// Writes a message as compact JSON: a struct is the array of its members, an actor its
/// number. An inspector of CAF.
class log_writer {
public:
  using result_type = void;
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

  log_writer(std::string& out, log_names& names) : out_{out}, names_{names} {}

  template <class T>
  void write(const T& x) {
    decltype(auto) kept = fit_to_keep(x);
    value(kept);
  }

  /// Of the first struct; empty: there was none.
  std::string_view type_name() const noexcept { return type_name_; }

  template <class... Ts>
  void operator()(Ts&&... xs) {
    (member(xs), ...);
  }

private:
  template <class T>
  void member(const T& x) {
    if constexpr (std::is_same_v<T, caf::meta::type_name_t>) {
      if (type_name_.empty())
        type_name_ = x.value;
    } else if constexpr (!std::is_base_of_v<caf::meta::annotation, T>) {
      separate();
      value(x);
    }
  }

  void separate() {
    if (out_.back() != '[')
      out_ += ',';
  }

  void text(std::string_view x) { append_json_string(out_, x); }

  void number(double x);
  void id(const uuid& x);

  void actor(caf::actor_id id) { out_ += std::to_string(id ? names_.of(id) : 0); }

  void value(const std::string& x) { text(x); }

  void value(const caf::error& x);
  void value(const caf::down_msg& x);
  void value(const caf::exit_msg& x);

  template <class Tag>
  void value(const strong_id<Tag>& x) {
    id(x.value());
  }

  template <class... Sigs>
  void value(const caf::typed_actor<Sigs...>& x) {
    actor(x ? x.id() : 0);
  }

  template <class T>
  void value(const std::vector<T>& xs) {
    list(xs);
  }

  template <class T>
  void value(const std::set<T>& xs) {
    list(xs);
  }

  template <class T>
  void value(const std::optional<T>& x) {
    if (x)
      value(*x);
    else
      out_ += "null";
  }

  template <class T>
  void value(const T& x) {
    if constexpr (std::is_same_v<T, bool>)
      out_ += x ? "true" : "false";
    else if constexpr (std::is_enum_v<T>)
      out_ += std::to_string(static_cast<int>(x));
    else if constexpr (std::is_integral_v<T>)
      out_ += std::to_string(x);
    else if constexpr (std::is_floating_point_v<T>)
      number(x);
    else {
      out_ += '[';
      inspect(*this, const_cast<T&>(x));
      out_ += ']';
    }
  }

  template <class List>
  void list(const List& xs) {
    out_ += '[';
    for (const auto& x : xs) {
      separate();
      value(x);
    }
    out_ += ']';
  }

  std::string& out_;
  log_names& names_;
  std::string_view type_name_;
};

} // namespace caly::call_logs
