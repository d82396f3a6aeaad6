#include "config/schema.hpp"

#include "config/units.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::size_t text_bytes_max = 8192;

std::string number_text(double value) {
  // Whole numbers without a fraction, others with the digits they need.
  return value == static_cast<double>(static_cast<std::int64_t>(value))
             ? std::to_string(static_cast<std::int64_t>(value))
             : fmt::format("{}", value);
}

std::string limit_text(const option& x, double value) {
  if (x.kind == option_kind::duration)
    return format_duration(std::chrono::milliseconds{static_cast<std::int64_t>(value)});
  if (x.kind == option_kind::bytes)
    return format_bytes(static_cast<std::uint64_t>(value));
  return number_text(value);
}

std::optional<std::string> check_range(const option& x, double value) {
  if (value < x.min)
    return fmt::format("{} is below {}", limit_text(x, value), limit_text(x, x.min));
  if (value > x.max)
    return fmt::format("{} is above {}", limit_text(x, value), limit_text(x, x.max));
  return std::nullopt;
}

std::optional<std::string> check_text(const option& x, std::string_view text) {
  if (text.size() > text_bytes_max)
    return fmt::format("is longer than {} bytes", text_bytes_max);
  if (text.find('\0') != text.npos)
    return "contains a zero byte";
  if (!x.choices.empty() && std::ranges::find(x.choices, text) == x.choices.end()) {
    const auto hint = nearest(text, x.choices);
    return fmt::format("\"{}\" is none of {}{}",
                       text,
                       fmt::join(x.choices, ", "),
                       hint ? fmt::format("; did you mean {}?", *hint) : "");
  }
  if (x.kind == option_kind::url && !text.empty()) {
    const auto host = text.starts_with("http://")    ? text.substr(7)
                      : text.starts_with("https://") ? text.substr(8)
                                                     : std::string_view{};
    if (host.empty() || host.front() == '/' || host.find_first_of(" \t\"<>") != host.npos)
      return fmt::format("\"{}\" is not an address such as https://example.com", text);
  }
  return std::nullopt;
}

std::optional<std::string>
assign_whole(const option& x, std::string_view text, settings& to) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end)
    return fmt::format("\"{}\" is not a whole number", text);
  if (auto problem = check_range(x, static_cast<double>(value)))
    return problem;
  const auto slot = x.slot(to);
  if (auto* narrow = std::get_if<int*>(&slot))
    **narrow = static_cast<int>(value);
  else
    *std::get<std::int64_t*>(slot) = value;
  return std::nullopt;
}

std::optional<std::string>
assign_real(const option& x, std::string_view text, settings& to) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end || !(value == value))
    return fmt::format("\"{}\" is not a number", text);
  return assign_number(x, value, to);
}

std::optional<std::string>
assign_measure(const option& x, std::string_view text, settings& to) {
  if (x.kind == option_kind::duration) {
    const auto value = parse_duration(text);
    if (!value)
      return fmt::format(
          "\"{}\" is not a duration with a unit, such as \"500ms\", \"5s\", "
          "\"10min\", \"12h\" or \"30d\"",
          text);
    if (auto problem = check_range(x, static_cast<double>(value->count())))
      return problem;
    *std::get<std::chrono::milliseconds*>(x.slot(to)) = *value;
    return std::nullopt;
  }
  const auto value = parse_bytes(text);
  if (!value)
    return fmt::format("\"{}\" is not a size with a unit, such as \"64KiB\" or \"20MiB\"",
                       text);
  if (auto problem = check_range(x, static_cast<double>(*value)))
    return problem;
  *std::get<std::size_t*>(x.slot(to)) = *value;
  return std::nullopt;
}

std::optional<std::string>
assign_flag(const option& x, std::string_view text, settings& to) {
  const bool yes = text == "true" || text == "1";
  if (!yes && text != "false" && text != "0")
    return fmt::format("\"{}\" is neither true nor false", text);
  *std::get<bool*>(x.slot(to)) = yes;
  return std::nullopt;
}

struct literal_of {
  const option& x;

  std::string operator()(const std::string* v) const { return toml_quoted(*v); }

  std::string operator()(const bool* v) const { return *v ? "true" : "false"; }

  std::string operator()(const int* v) const { return std::to_string(*v); }

  std::string operator()(const std::int64_t* v) const { return std::to_string(*v); }

  std::string operator()(const double* v) const {
    auto text = number_text(*v);
    return text.find_first_of(".e") == text.npos ? text + ".0" : text;
  }

  std::string operator()(const std::chrono::milliseconds* v) const {
    return '"' + format_duration(*v) + '"';
  }

  std::string operator()(const std::size_t* v) const {
    return '"' + format_bytes(*v) + '"';
  }

  std::string operator()(const std::vector<std::string>* v) const {
    std::string out = "[";
    for (const auto& item : *v)
      out += (out.size() > 1 ? ", " : "") + toml_quoted(item);
    return out + "]";
  }
};

} // namespace

std::string option::environment_name() const {
  std::string out = "CALY__";
  for (const char c : name) {
    if (c == '.')
      out += "__";
    else
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

std::string option::literal(const settings& from) const {
  // The slot of a constant object is only read here.
  return std::visit(literal_of{*this}, slot(const_cast<settings&>(from)));
}

std::string option::type_text() const {
  const auto range =
      fmt::format(" {}..{}", limit_text(*this, min), limit_text(*this, max));
  switch (kind) {
  case option_kind::text:
    return choices.empty() ? "text" : fmt::format("one of {}", fmt::join(choices, ", "));
  case option_kind::url:
    return "address";
  case option_kind::flag:
    return "true or false";
  case option_kind::whole:
    return "whole number" + range;
  case option_kind::real:
    return "number" + range;
  case option_kind::duration:
    return "duration" + range;
  case option_kind::bytes:
    return "size" + range;
  case option_kind::list:
    return "list of texts";
  }
  return {};
}

const option* find_option(std::string_view name) {
  const auto& all = settings_schema();
  const auto found = std::ranges::find(all, name, &option::name);
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string>
assign_text(const option& target, std::string_view text, settings& to) {
  switch (target.kind) {
  case option_kind::text:
  case option_kind::url:
    if (auto problem = check_text(target, text))
      return problem;
    *std::get<std::string*>(target.slot(to)) = text;
    return std::nullopt;
  case option_kind::flag:
    return assign_flag(target, text, to);
  case option_kind::whole:
    return assign_whole(target, text, to);
  case option_kind::real:
    return assign_real(target, text, to);
  case option_kind::duration:
  case option_kind::bytes:
    return assign_measure(target, text, to);
  case option_kind::list: {
    std::vector<std::string> values;
    for (const auto part : split(text, ','))
      if (!trim(part).empty())
        values.emplace_back(trim(part));
    return assign_list(target, std::move(values), to);
  }
  }
  return "has an unknown kind";
}

std::optional<std::string>
assign_number(const option& target, double value, settings& to) {
  if (auto problem = check_range(target, value))
    return problem;
  *std::get<double*>(target.slot(to)) = value;
  return std::nullopt;
}

std::optional<std::string>
assign_list(const option& target, std::vector<std::string> values, settings& to) {
  constexpr std::size_t items_max = 100;
  if (values.size() > items_max)
    return fmt::format("has more than {} items", items_max);
  for (const auto& value : values)
    if (auto problem = check_text(target, value))
      return problem;
  *std::get<std::vector<std::string>*>(target.slot(to)) = std::move(values);
  return std::nullopt;
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\', out += c;
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

} // namespace caly
