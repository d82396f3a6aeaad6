#include "runtime/observe/log_fields.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/redact.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace caly {

namespace {

constexpr std::size_t message_chars_max = 8'192;
constexpr std::size_t fields_max = 32;

struct pair {
  std::string_view key;
  std::string_view value;
};

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where the key that ends before `equals` begins, or `npos` if there is none.
std::size_t key_begin(std::string_view text, std::size_t equals) {
  auto begin = equals;
  while (begin > 0 && is_key_char(text[begin - 1]))
    --begin;
  const auto found = begin < equals && text[begin] >= 'a' && begin > 0 &&
                     text[begin - 1] == ' ' && equals - begin <= 40 &&
                     !text.substr(equals + 1).starts_with('=');
  return found ? begin : std::string_view::npos;
}

/// Takes the pairs off the end of `text`.
std::vector<pair> lift_pairs(std::string_view& text) {
  std::vector<pair> pairs;
  auto end = text.size();
  auto message_end = text.size();
  for (auto equals = text.find('='); equals != std::string_view::npos;
       equals = text.find('=', equals + 1)) {
    const auto begin = key_begin(text, equals);
    if (begin == std::string_view::npos || pairs.size() == fields_max)
      continue;
    if (pairs.empty())
      message_end = begin - 1;
    else
      pairs.back().value = trim(text.substr(
          static_cast<std::size_t>(pairs.back().value.data() - text.data()),
          begin - static_cast<std::size_t>(pairs.back().value.data() - text.data())));
    pairs.push_back({text.substr(begin, equals - begin), text.substr(equals + 1, end)});
  }
  text = trim(text.substr(0, message_end));
  return pairs;
}

/// Whole numbers that a double can hold without loss.
bool is_plain_number(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() && digits.size() <= 15 &&
         (digits.size() == 1 || digits.front() != '0') &&
         std::all_of(
             digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::array<std::string_view, 6> own_names{
    "time", "level", "node", "area", "actor", "message"};

void write_field(json_writer& out, const pair& field) {
  const auto taken =
      std::find(own_names.begin(), own_names.end(), field.key) != own_names.end();
  out.key(taken ? "field_" + std::string{field.key} : std::string{field.key});
  if (is_plain_number(field.value))
    out.raw(field.value);
  else if (field.value == "true" || field.value == "false")
    out.value(field.value == "true");
  else
    out.value(field.value);
}

} // namespace

std::string_view area_of(std::string_view message) {
  const auto end = message.find(':');
  if (end == std::string_view::npos || end == 0 || end > 32)
    return {};
  const auto area = message.substr(0, end);
  const auto plain = std::all_of(area.begin(), area.end(), [](char c) {
    return is_key_char(c) || c == '.' || c == '/' || c == '-';
  });
  return plain ? area : std::string_view{};
}

std::string to_log_line(const log_origin& origin, std::string_view message) {
  const auto clean = redacted(message.substr(0, message_chars_max));
  std::string_view text = clean;
  const auto area = area_of(text);
  auto pairs = lift_pairs(text);
  // The first of two equal keys wins, so that the line stays valid JSON.
  for (auto i = pairs.begin(); i != pairs.end();) {
    const auto same = [&](const pair& each) { return each.key == i->key; };
    i = std::any_of(pairs.begin(), i, same) ? pairs.erase(i) : i + 1;
  }
  const auto says = [&](std::string_view key) {
    return std::any_of(
        pairs.begin(), pairs.end(), [&](const pair& each) { return each.key == key; });
  };
  json_writer out;
  out.begin_object();
  out.field("time", to_rfc3339(origin.at)).field("level", origin.level);
  if (!origin.node.empty())
    out.field("node", origin.node);
  if (!area.empty())
    out.field("area", area);
  out.field("message", text);
  if (!origin.actor.empty())
    out.field("actor", redacted(origin.actor));
  if (!origin.tenant.empty() && !says("tenant"))
    out.field("tenant", origin.tenant);
  if (!origin.call.empty() && !says("call"))
    out.field("call", origin.call);
  if (!origin.correlation_id.empty() && !says("correlation_id"))
    out.field("correlation_id", redacted(origin.correlation_id));
  for (const auto& each : pairs)
    write_field(out, each);
  out.end_object();
  return std::move(out).str();
}

} // namespace caly
