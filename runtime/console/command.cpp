#include "runtime/console/command.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <numeric>

namespace caly {

std::string to_string(console_level level) {
  switch (level) {
  case console_level::observe:
    return "observe";
  case console_level::operate:
    return "operate";
  case console_level::break_glass:
    return "break_glass";
  }
  return "unknown";
}

std::optional<console_level> parse_console_level(std::string_view text) {
  if (iequals(text, "observe") || iequals(text, "o"))
    return console_level::observe;
  if (iequals(text, "operate") || iequals(text, "p"))
    return console_level::operate;
  if (iequals(text, "break_glass") || iequals(text, "break-glass") || iequals(text, "b"))
    return console_level::break_glass;
  return std::nullopt;
}

void console_registry::add(console_command command) {
  auto name = command.name;
  commands_.insert_or_assign(std::move(name), std::move(command));
}

const console_command* console_registry::find(const std::vector<console_word>& words,
                                              std::size_t& used) const {
  if (words.empty())
    return nullptr;
  if (words.size() > 1) {
    used = 2;
    if (const auto* found = find(words[0].text + " " + words[1].text))
      return found;
  }
  used = 1;
  return find(words[0].text);
}

const console_command* console_registry::find(const std::string& name) const {
  const auto found = commands_.find(name);
  return found != commands_.end() ? &found->second : nullptr;
}

std::string console_registry::nearest(const std::string& text) const {
  std::string best;
  auto best_distance = std::max<std::size_t>(2, text.size() / 2);
  for (const auto& [name, command] : commands_) {
    const auto first = name.substr(0, name.find(' '));
    const auto distance =
        std::min(typing_distance(text, name), typing_distance(text, first));
    if (distance < best_distance || (distance == best_distance && best.empty())) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

std::vector<std::string> console_registry::starting_with(std::string_view text) const {
  std::vector<std::string> names;
  for (const auto& [name, command] : commands_)
    if (std::string_view{name}.starts_with(text))
      names.push_back(name);
  return names;
}

std::size_t typing_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto older = std::exchange(before, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto swap = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, swap});
      const auto turned = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (turned)
        row[j] = std::min(row[j], older[j - 2] + 1);
    }
  }
  return row.back();
}

} // namespace caly
