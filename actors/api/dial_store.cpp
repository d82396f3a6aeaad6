#include "actors/api/dial_store.hpp"

#include <array>
#include <utility>

namespace caly {

namespace {

template <class Enum, std::size_t Size>
using names = std::array<std::pair<Enum, std::string_view>, Size>;

constexpr names<reserve_stop, 9> reserve_stop_names{{
    {reserve_stop::none, "ok"},
    {reserve_stop::fenced, "fenced"},
    {reserve_stop::not_running, "not_running"},
    {reserve_stop::campaign_at_capacity, "campaign_at_capacity"},
    {reserve_stop::system_at_capacity, "system_at_capacity"},
    {reserve_stop::tenant_at_capacity, "tenant_at_capacity"},
    {reserve_stop::no_credit, "no_credit"},
    {reserve_stop::number_rate, "number_rate"},
    {reserve_stop::nothing_due, "nothing_due"},
}};

constexpr names<create_result, 4> create_result_names{{
    {create_result::placed, "placed"},
    {create_result::refused, "refused"},
    {create_result::throttled, "throttled"},
    {create_result::unknown, "unknown"},
}};

constexpr names<progress_effect, 6> progress_effect_names{{
    {progress_effect::applied, "applied"},
    {progress_effect::duplicate, "duplicate"},
    {progress_effect::stale, "stale"},
    {progress_effect::unknown_call, "unknown_call"},
    {progress_effect::ended, "ended"},
    {progress_effect::ghost, "ghost"},
}};

template <class Enum, std::size_t Size>
std::string name_of(const names<Enum, Size>& table, Enum value) {
  for (const auto& [each, name] : table)
    if (each == value)
      return std::string{name};
  return "unknown";
}

template <class Enum, std::size_t Size>
bool value_of(const names<Enum, Size>& table, std::string_view text, Enum& value) {
  for (const auto& [each, name] : table)
    if (name == text) {
      value = each;
      return true;
    }
  return false;
}

} // namespace

std::string to_string(reserve_stop reason) {
  return name_of(reserve_stop_names, reason);
}

bool from_string(std::string_view text, reserve_stop& reason) {
  return value_of(reserve_stop_names, text, reason);
}

std::string to_string(create_result result) {
  return name_of(create_result_names, result);
}

std::string to_string(progress_effect effect) {
  return name_of(progress_effect_names, effect);
}

bool from_string(std::string_view text, progress_effect& effect) {
  return value_of(progress_effect_names, text, effect);
}

} // namespace caly
