#include "config/loader.hpp"

#include "config/checks.hpp"
#include "config/schema.hpp"
#include "config/toml_file.hpp"
#include "config/units.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <unistd.h>

namespace caly {

namespace {

constexpr std::string_view prefix = "CALY__";
constexpr std::string_view file_suffix = "_file";
constexpr std::size_t secret_file_bytes_max = 64 * 1024;

/// Applies the sources to one result, noting origins and problems.
class loader {
public:
  void file(const std::filesystem::path& path) {
    const auto place = path.filename().string();
    auto text = read_small_file(path, config_file_bytes_max);
    if (!text)
      return fail("", error_text(text.error()));
    seen_.clear();
    try {
      const auto root = toml::parse(*text, place);
      table(root, "", place);
    } catch (const toml::parse_error& x) {
      fail(toml_place(place, x.source()), std::string{x.description()});
    }
  }

  void environment(const std::vector<std::pair<std::string, std::string>>& variables) {
    seen_.clear();
    for (const auto& [name, value] : variables)
      for (const auto& x : settings_schema())
        if (!x.alias.empty() && name == x.alias && !value.empty())
          text(x, value, "environment " + name);
    seen_.clear();
    for (const auto& [name, value] : variables)
      if (name.starts_with(prefix))
        variable(name, value);
  }

  void flag(const std::string& argument) {
    const auto equals = argument.find('=');
    if (!argument.starts_with("--") || equals == argument.npos)
      return fail("flag " + argument, "is not --section.key=value");
    const auto name = argument.substr(2, equals - 2);
    const auto place = "flag --" + name;
    seen_.clear();
    const auto [x, from_file] = find(name);
    if (!x)
      return unknown(name, place);
    if (x->secret && !from_file)
      return fail(place,
                  fmt::format("{} is a secret; give it as --{}_file=PATH or {}",
                              name,
                              name,
                              x->environment_name()));
    put(*x, from_file, argument.substr(equals + 1), place);
  }

  loaded_settings finish() && {
    check_settings(result_);
    return std::move(result_);
  }

private:
  void fail(std::string place, std::string text) {
    result_.problems.push_back({std::move(place), std::move(text)});
  }

  void fail(const option& x, std::string place, const std::string& problem) {
    // What was given for a secret must not reach a log.
    fail(std::move(place), x.name + ": " + (x.secret ? "is not valid" : problem));
  }

  static std::pair<const option*, bool> find(std::string_view name) {
    if (const auto* x = find_option(name))
      return {x, false};
    if (name.ends_with(file_suffix))
      if (const auto* x = find_option(name.substr(0, name.size() - file_suffix.size())))
        return {x, true};
    return {nullptr, false};
  }

  void
  unknown(const std::string& name, std::string place, std::string_view what = "setting") {
    std::vector<std::string> names;
    for (const auto& x : settings_schema())
      names.push_back(x.name);
    const auto hint = nearest(name, names);
    fail(std::move(place),
         fmt::format("{}: unknown {}{}",
                     name,
                     what,
                     hint ? fmt::format("; did you mean {}?", *hint) : ""));
  }

  void variable(const std::string& name, const std::string& value) {
    std::string path = to_lower(std::string_view{name}.substr(prefix.size()));
    for (auto at = path.find("__"); at != path.npos; at = path.find("__", at + 1))
      path.replace(at, 2, ".");
    const auto place = "environment " + name;
    if (const auto [x, from_file] = find(path); x)
      return put(*x, from_file, value, place);
    unknown(path, place);
  }

  void put(const option& x,
           bool from_file,
           const std::string& value,
           const std::string& place) {
    if (!from_file)
      return text(x, value, place);
    auto content = read_small_file(value, secret_file_bytes_max);
    if (!content)
      return fail(place, x.name + "_file: " + error_text(content.error()));
    while (content->ends_with('\n') || content->ends_with('\r'))
      content->pop_back();
    text(x, *content, fmt::format("file {} ({})", value, place));
  }

  void text(const option& x, std::string_view value, const std::string& place) {
    note(x, place, assign_text(x, value, result_.values));
  }

  /// A value was assigned, or refused with `problem`.
  void
  note(const option& x, const std::string& place, std::optional<std::string> problem) {
    if (const auto [at, fresh] = seen_.emplace(x.name, place); !fresh)
      fail(place, fmt::format("{}: is also set by {}", x.name, at->second));
    else if (problem)
      fail(x, place, *problem);
    else
      result_.origins[x.name] = place;
  }

  void table(const toml::table& from, const std::string& path, const std::string& file) {
    for (const auto& [key, node] : from) {
      const auto name =
          path.empty() ? std::string{key.str()} : path + "." + std::string{key.str()};
      const auto place = toml_place(file, node.source());
      const auto [x, from_file] = find(name);
      if (x && from_file) {
        if (const auto* value = node.as_string())
          put(*x, true, value->get(), place);
        else
          fail(place, name + ": must be the path of a file");
      } else if (x) {
        note(*x, place, node_value(*x, node));
      } else if (const auto* inner = node.as_table(); inner && is_section(name)) {
        table(*inner, name, file);
      } else if (node.is_table()) {
        section_unknown(name, toml_place(file, key.source()));
      } else {
        unknown(name, toml_place(file, key.source()));
      }
    }
  }

  static bool is_section(const std::string& name) {
    for (const auto& [section, doc] : settings_sections())
      if (section == name || section.starts_with(name + "."))
        return true;
    return false;
  }

  void section_unknown(const std::string& name, std::string place) {
    std::vector<std::string> names;
    for (const auto& [section, doc] : settings_sections())
      names.push_back(section);
    const auto hint = nearest(name, names);
    fail(std::move(place),
         fmt::format("[{}]: unknown section{}",
                     name,
                     hint ? fmt::format("; did you mean [{}]?", *hint) : ""));
  }

  std::optional<std::string> node_value(const option& x, const toml::node& node) {
    auto& to = result_.values;
    switch (x.kind) {
    case option_kind::text:
    case option_kind::url:
      if (const auto* value = node.as_string())
        return assign_text(x, value->get(), to);
      break;
    case option_kind::flag:
      if (const auto* value = node.as_boolean())
        return assign_text(x, value->get() ? "true" : "false", to);
      break;
    case option_kind::whole:
      if (const auto* value = node.as_integer())
        return assign_text(x, std::to_string(value->get()), to);
      break;
    case option_kind::real:
      if (const auto value = node.value<double>(); value && node.is_number())
        return assign_number(x, *value, to);
      break;
    case option_kind::duration:
    case option_kind::bytes:
      if (const auto* value = node.as_string())
        return assign_text(x, value->get(), to);
      if (node.is_number())
        return fmt::format("needs a unit, such as {}",
                           x.kind == option_kind::duration ? "\"5s\"" : "\"20MiB\"");
      break;
    case option_kind::list:
      if (const auto* array = node.as_array()) {
        std::vector<std::string> values;
        for (const auto& item : *array)
          if (const auto* value = item.as_string())
            values.push_back(value->get());
          else
            return "must be a list of texts";
        return assign_list(x, std::move(values), to);
      }
      break;
    }
    return "must be a " + x.type_text();
  }

  loaded_settings result_;
  /// What the current source has set already: `x` and `x_file` at once is a mistake.
  std::map<std::string, std::string> seen_;
};

} // namespace

std::string loaded_settings::origin(const std::string& name) const {
  const auto found = origins.find(name);
  return found == origins.end() ? "built-in" : found->second;
}

loaded_settings load_settings(const config_sources& sources) {
  loader load;
  for (const auto& path : sources.files)
    load.file(path);
  load.environment(sources.environment);
  for (const auto& argument : sources.flags)
    load.flag(argument);
  return std::move(load).finish();
}

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> out;
  for (char** at = environ; at && *at; ++at) {
    const std::string_view entry{*at};
    if (const auto equals = entry.find('='); equals != entry.npos)
      out.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return out;
}

} // namespace caly
