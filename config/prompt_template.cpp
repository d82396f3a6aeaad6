#include "config/prompt_template.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t template_bytes_max = 64 * 1024;
constexpr std::size_t value_bytes_max = 300;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text,
                             [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

std::string place(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto start = before.rfind('\n');
  return fmt::format(
      "line {}, column {}", line, start == before.npos ? offset + 1 : offset - start);
}

} // namespace

caf::expected<prompt_template> prompt_template::parse(std::string_view text) {
  if (text.size() > template_bytes_max)
    return caf::make_error(errc::too_large, std::string{"a prompt has at most 64 KiB"});
  prompt_template out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find("{{", at);
    if (open == text.npos)
      break;
    const auto close = text.find("}}", open);
    if (close == text.npos)
      return caf::make_error(errc::invalid, place(text, open) + ": {{ is never closed");
    const auto inner = text.substr(open + 2, close - open - 2);
    const auto bar = inner.find('|');
    const auto name = to_lower(trim(inner.substr(0, bar)));
    if (!is_name(name))
      return caf::make_error(
          errc::invalid,
          fmt::format("{}: \"{}\" is not a variable name", place(text, open), name));
    out.parts_.push_back({std::string{text.substr(at, open - at)}, ""});
    out.parts_.push_back(
        {bar == inner.npos ? "" : std::string{trim(inner.substr(bar + 1))}, name});
    if (std::ranges::find(out.variables_, name) == out.variables_.end())
      out.variables_.push_back(name);
    at = close + 2;
  }
  out.parts_.push_back({std::string{text.substr(at)}, ""});
  return out;
}

std::vector<std::string>
prompt_template::unknown(const std::vector<std::string>& known) const {
  std::vector<std::string> out;
  for (const auto& name : variables_)
    if (std::ranges::find(known, name) == known.end())
      out.push_back(name);
  return out;
}

std::string prompt_template::render(const prompt_variables& values) const {
  std::string out;
  for (const auto& part : parts_) {
    const auto found = part.variable.empty() ? values.end() : values.find(part.variable);
    const auto value =
        found == values.end() ? std::string{} : one_line(found->second, value_bytes_max);
    out += value.empty() ? part.text : value;
  }
  return out;
}

std::string render_prompt(std::string_view text, const prompt_variables& values) {
  const auto parsed = prompt_template::parse(text);
  return parsed ? parsed->render(values) : std::string{text};
}

} // namespace caly
