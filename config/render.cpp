#include "config/render.hpp"

#include "config/schema.hpp"

#include <fmt/format.h>

namespace caly {

namespace {

std::string_view key_of(const option& x, std::string_view section) {
  return std::string_view{x.name}.substr(section.size() + 1);
}

bool belongs(const option& x, std::string_view section) {
  return x.name.starts_with(section) && x.name.rfind('.') == section.size();
}

std::string notes(const option& x) {
  return std::string{x.secret ? "; secret" : ""} +
         (x.shared ? "; the same on all nodes" : "");
}

/// Calls `line(option)` for every option under its section's heading.
template <class Line>
std::string by_section(bool with_doc, Line line) {
  std::string out;
  for (const auto& [section, doc] : settings_sections()) {
    out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    if (with_doc)
      out += fmt::format("# {}\n", doc);
    for (const auto& x : settings_schema())
      if (belongs(x, section))
        out += line(x, key_of(x, section));
  }
  return out;
}

} // namespace

std::string sample_settings() {
  const settings defaults;
  return by_section(true, [&](const option& x, std::string_view key) {
    return fmt::format("\n# {} ({}{})\n# {} = {}\n",
                       x.doc,
                       x.type_text(),
                       notes(x),
                       key,
                       x.literal(defaults));
  });
}

std::string settings_help() {
  const settings defaults;
  std::string out =
      "Settings: built-in < files < well-known environment names < CALY__… < "
      "flags.\nAny setting x may be given as x_file: the path of a file that "
      "holds the value.\n\n";
  return out + by_section(false, [&](const option& x, std::string_view key) {
           return fmt::format("  {}\n      {}\n      {}; default {}; {}{}{}\n",
                              key,
                              x.doc,
                              x.type_text(),
                              x.literal(defaults),
                              x.environment_name(),
                              x.alias.empty() ? "" : " or " + x.alias,
                              notes(x));
         });
}

std::string print_settings(const loaded_settings& loaded) {
  return by_section(false, [&](const option& x, std::string_view key) {
    auto value = x.literal(loaded.values);
    if (x.secret && value != "\"\"")
      value = "\"***\"";
    return fmt::format(
        "{:<56} # {}\n", fmt::format("{} = {}", key, value), loaded.origin(x.name));
  });
}

std::string print_problems(const loaded_settings& loaded) {
  std::string out;
  for (const auto& problem : loaded.problems)
    out += problem.str() + '\n';
  return out;
}

} // namespace caly
