#include "storage/records/arguments.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"
#include "storage/pg/array_text.hpp"
#include "storage/pg/times.hpp"

#include <charconv>

namespace caly::records {

namespace {

constexpr std::size_t cursor_bytes_max = 512;

caf::error wrong(const argument& what, const char* why) {
  return caf::make_error(errc::invalid, what.name + ": " + why);
}

bool is_id(std::string_view type) {
  for (const auto each : {"ten", "usr", "ctc", "imp", "cmp", "call", "agt"})
    if (type == each)
      return true;
  return false;
}

caf::expected<pg::parameter> read_id(const argument& what, std::string_view text) {
  if (text.starts_with(what.type + '_'))
    text.remove_prefix(what.type.size() + 1);
  else if (text.size() != 36)
    return caf::make_error(errc::not_found, "no such " + what.name);
  const auto value = parse_uuid(text);
  if (!value)
    return caf::make_error(errc::not_found, "no such " + what.name);
  return pg::parameter{to_string(*value)};
}

template <class Number>
bool is_number(std::string_view text) {
  Number value{};
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size();
}

caf::expected<pg::parameter> read_list(const argument& what, std::string_view text) {
  const auto tree = json::parse(text);
  if (!tree || !tree->is_array())
    return wrong(what, "must be a JSON array of texts");
  pg::array_text out;
  for (const auto& each : tree->items()) {
    const auto element = each.as_string();
    if (!element || element->find('\0') != std::string_view::npos)
      return wrong(what, "must be a JSON array of texts");
    out.add(*element);
  }
  return pg::parameter{std::move(out).text()};
}

caf::expected<pg::parameter> read_value(const argument& what, const std::string& text) {
  if (is_id(what.type))
    return read_id(what, text);
  if (what.type == "int" && !is_number<std::int64_t>(text))
    return wrong(what, "must be a whole number");
  if (what.type == "num" && !is_number<double>(text))
    return wrong(what, "must be a number");
  if (what.type == "bool" && text != "true" && text != "false")
    return wrong(what, "must be true or false");
  if (what.type == "list")
    return read_list(what, text);
  if (what.type == "uuid") {
    const auto value = parse_uuid(text);
    if (!value)
      return wrong(what, "must be a UUID");
    return pg::parameter{to_string(*value)};
  }
  if (what.type == "time") {
    const auto at = parse_rfc3339(text);
    if (!at)
      return wrong(what, "must be an RFC 3339 time");
    return pg::parameter{pg::sql_time(*at)};
  }
  return pg::parameter{text};
}

} // namespace

std::vector<argument> parse_arguments(std::string_view text) {
  std::vector<argument> out;
  if (trim(text).empty())
    return out;
  for (const auto part : split(text, ',')) {
    const auto words = split(trim(part), ' ');
    argument one{std::string{words.front()}, std::string{words.back()}, false};
    if (one.type.ends_with('?')) {
      one.type.pop_back();
      one.optional = true;
    }
    out.push_back(std::move(one));
  }
  return out;
}

caf::expected<pg::parameter> read_argument(const argument& what,
                                           const record_argument& given) {
  if (!given || (what.optional && given->empty())) {
    if (!what.optional)
      return wrong(what, "is missing");
    return pg::parameter{};
  }
  if (given->find('\0') != std::string::npos)
    return wrong(what, "holds a character that is not allowed");
  return read_value(what, *given);
}

std::string write_cursor(std::string_view key) {
  return to_base64url(key);
}

caf::expected<pg::parameter> read_cursor(const record_argument& given) {
  if (!given || given->empty())
    return pg::parameter{};
  std::string key;
  if (given->size() > cursor_bytes_max || !from_base64url(*given, key) ||
      key.find('\0') != std::string::npos)
    return caf::make_error(errc::invalid, "cursor: is not one of ours");
  return pg::parameter{std::move(key)};
}

} // namespace caly::records
