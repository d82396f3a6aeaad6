#pragma once

#include "actors/call/log/log_writer.hpp"

#include <caf/actor_cast.hpp>

#include <functional>
#include <limits>

namespace caly::call_logs {

/// Who stands for the actor with a number of the log; null for 0.
using actor_source = std::function<caf::strong_actor_ptr(std::uint32_t number)>;

/// Reads what `log_writer` wrote. An inspector of CAF.
class log_reader {
public:
  using result_type = void;
  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;

  log_reader(actor_source actors, uuid tenant, uuid call)
      : actors_{std::move(actors)}, tenant_{tenant}, call_{call} {}

  /// False: `from` is not what a `T` looks like.
  template <class T>
  bool read(const json& from, T& x) {
    failed_ = false;
    value(from, x);
    return !failed_;
  }

  template <class... Ts>
  void operator()(Ts&&... xs) {
    (member(xs), ...);
  }

private:
  template <class T>
  void member(T& x) {
    if constexpr (!std::is_base_of_v<caf::meta::annotation, std::remove_const_t<T>>) {
      if (next_ >= items_->size()) {
        failed_ = true;
        return;
      }
      value((*items_)[next_++], x);
    }
  }

  caf::strong_actor_ptr actor(const json& from);
  uuid id(const json& from);

  void value(const json& from, std::string& x);
  void value(const json& from, bool& x);
  void value(const json& from, double& x);
  void value(const json& from, caf::error& x);
  void value(const json& from, caf::down_msg& x);
  void value(const json& from, caf::exit_msg& x);

  template <class Tag>
  void value(const json& from, strong_id<Tag>& x) {
    x = strong_id<Tag>{id(from)};
  }

  template <class... Sigs>
  void value(const json& from, caf::typed_actor<Sigs...>& x) {
    x = caf::actor_cast<caf::typed_actor<Sigs...>>(actor(from));
  }

  template <class T>
  void value(const json& from, std::vector<T>& xs) {
    failed_ = failed_ || !from.is_array();
    xs.clear();
    for (const auto& each : from.items()) {
      T x{};
      value(each, x);
      xs.push_back(std::move(x));
    }
  }

  template <class T>
  void value(const json& from, std::set<T>& xs) {
    std::vector<T> all;
    value(from, all);
    xs = {all.begin(), all.end()};
  }

  template <class T>
  void value(const json& from, std::optional<T>& x) {
    x.reset();
    if (!from.is_null())
      value(from, x.emplace());
  }

  template <class T>
  void value(const json& from, T& x) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      const auto number = from.as_int();
      failed_ = failed_ || !number;
      x = static_cast<T>(number.value_or(0));
    } else {
      failed_ = failed_ || !from.is_array();
      const auto* outer = std::exchange(items_, &from.items());
      const auto place = std::exchange(next_, 0);
      inspect(*this, x);
      failed_ = failed_ || next_ != items_->size();
      items_ = outer;
      next_ = place;
    }
  }

  actor_source actors_;
  uuid tenant_;
  uuid call_;
  const std::vector<json>* items_ = nullptr;
  std::size_t next_ = 0;
  bool failed_ = false;
};

} // namespace caly::call_logs
