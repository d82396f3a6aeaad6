#include "actors/model/profile_reader.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t items_max = 500;
constexpr std::size_t text_bytes_max = 64 * 1024;
constexpr std::size_t problem_bytes_max = 4096;

std::string names_of(const std::vector<std::string_view>& names) {
  std::string out;
  for (const auto name : names)
    out += (out.empty() ? "" : ", ") + std::string{name};
  return out;
}

} // namespace

std::string profile_reader::text(const json& object,
                                 std::string_view key,
                                 std::string_view fallback) {
  const auto& value = object[key];
  if (value.is_null())
    return std::string{fallback};
  const auto found = value.as_string();
  if (!found || found->size() > text_bytes_max) {
    fail(key, "must be a text");
    return {};
  }
  return std::string{*found};
}

std::string profile_reader::required(const json& object, std::string_view key) {
  auto out = text(object, key);
  if (out.empty())
    fail(key, "is required");
  return out;
}

std::vector<std::string> profile_reader::texts(const json& object, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& item : list(object, key))
    if (const auto value = item.as_string())
      out.emplace_back(*value);
    else
      fail(key, "must only hold texts");
  return out;
}

by_language profile_reader::languages(const json& object, std::string_view key) {
  by_language out;
  const auto& value = object[key];
  if (const auto one = value.as_string())
    return {{"en", std::string{*one}}};
  if (!value.is_null() && !value.is_object())
    fail(key, "must be a text by language");
  for (const auto& [language, said] : value.members())
    if (const auto found = said.as_string())
      out.emplace(language, *found);
    else
      fail(key, "must only hold texts");
  return out;
}

const std::vector<json>& profile_reader::list(const json& object, std::string_view key) {
  static const std::vector<json> none;
  const auto& value = object[key];
  if (value.is_null())
    return none;
  if (!value.is_array() || value.items().size() > items_max) {
    fail(key, "must be a list");
    return none;
  }
  return value.items();
}

bool profile_reader::flag(const json& object, std::string_view key, bool fallback) {
  const auto& value = object[key];
  if (value.is_null())
    return fallback;
  const auto found = value.as_bool();
  if (!found)
    fail(key, "must be true or false");
  return found.value_or(fallback);
}

std::optional<double> profile_reader::number(const json& object, std::string_view key) {
  const auto& value = object[key];
  if (value.is_null())
    return std::nullopt;
  const auto found = value.is_string() ? std::nullopt : value.as_double();
  if (!found)
    fail(key, "must be a number");
  return found;
}

std::int64_t profile_reader::integer(const json& object,
                                     std::string_view key,
                                     std::int64_t fallback,
                                     std::int64_t min,
                                     std::int64_t max) {
  const auto& value = object[key];
  if (value.is_null())
    return fallback;
  const auto found = value.as_int();
  if (found && *found >= min && *found <= max)
    return *found;
  fail(key,
       "must be a whole number from " + std::to_string(min) + " to " +
           std::to_string(max));
  return fallback;
}

std::string profile_reader::one_of(const json& object,
                                   std::string_view key,
                                   const std::vector<std::string_view>& names,
                                   std::string_view fallback) {
  auto found = text(object, key, fallback);
  if (found != fallback && std::ranges::find(names, found) == names.end())
    fail(key, "is none of " + names_of(names));
  return found;
}

std::optional<brain_kind> profile_reader::brain(const json& object,
                                                std::string_view key) {
  const auto name = text(object, key);
  auto found = parse_brain_kind(name);
  if (!found && !name.empty())
    fail(key, "is none of realtime, cascade, relay, gather, embedded");
  return found;
}

void profile_reader::refuse_others(const json& object,
                                   const std::vector<std::string_view>& known) {
  if (!object.is_object())
    return fail("", "must be an object");
  for (const auto& [name, value] : object.members())
    if (std::ranges::find(known, name) == known.end())
      fail(name.substr(0, 64), "is none of " + names_of(known));
}

void profile_reader::fail(std::string_view key, std::string_view problem) {
  if (problems_.size() >= problem_bytes_max)
    return;
  auto place = path_ + std::string{key};
  if (place.ends_with('.'))
    place.pop_back();
  problems_ += (problems_.empty() ? "" : "; ") + place + ' ' + std::string{problem};
}

void profile_reader::enter(std::string_view list, std::size_t index) {
  path_ = std::string{list} + "[" + std::to_string(index) + "].";
}

} // namespace caly
