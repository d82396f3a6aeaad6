#include "config/toml_reader.hpp"

#include "config/toml_file.hpp"
#include "config/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <toml++/toml.h>

namespace caly {

toml_reader::toml_reader(const toml::table& from,
                         std::string file,
                         std::vector<config_problem>& out)
    : from_{&from}, file_{std::move(file)}, problems_{&out} {}

const toml::node* toml_reader::find(std::string_view key) {
  known_.emplace(key);
  return from_->get(key);
}

void toml_reader::fail(std::string_view key, std::string problem) {
  const auto* at = from_->get(key);
  problems_->push_back({toml_place(file_, at ? at->source() : from_->source()),
                        fmt::format("{}: {}", key, problem)});
}

std::string toml_reader::text(std::string_view key) {
  auto out = text_or(key, "");
  if (out.empty() && (!from_->contains(key) || from_->get(key)->is_string()))
    fail(key, "is required");
  return out;
}

std::string toml_reader::text_or(std::string_view key, std::string_view fallback) {
  const auto* node = find(key);
  if (!node)
    return std::string{fallback};
  if (const auto* value = node->as_string())
    return value->get();
  fail(key, "must be a text");
  return {};
}

std::string toml_reader::one_of(std::string_view key,
                                const std::vector<std::string>& choices,
                                std::string_view fallback) {
  auto out = text_or(key, fallback);
  if (std::ranges::find(choices, out) != choices.end())
    return out;
  const auto hint = nearest(out, choices);
  fail(key,
       fmt::format("\"{}\" is none of {}{}",
                   out,
                   fmt::join(choices, ", "),
                   hint ? fmt::format("; did you mean {}?", *hint) : ""));
  return out;
}

double
toml_reader::number_or(std::string_view key, double fallback, double min, double max) {
  const auto* node = find(key);
  if (!node)
    return fallback;
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !(*value >= min) || !(*value <= max)) {
    fail(key, fmt::format("must be a number from {} to {}", min, max));
    return fallback;
  }
  return *value;
}

bool toml_reader::flag_or(std::string_view key, bool fallback) {
  const auto* node = find(key);
  if (!node)
    return fallback;
  if (const auto* value = node->as_boolean())
    return value->get();
  fail(key, "must be true or false");
  return fallback;
}

std::vector<std::string> toml_reader::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto* node = find(key);
  if (!node)
    return out;
  const auto* array = node->as_array();
  if (!array) {
    fail(key, "must be a list of texts");
    return out;
  }
  for (const auto& item : *array)
    if (const auto* value = item.as_string(); value && !value->get().empty())
      out.push_back(value->get());
    else
      problems_->push_back({toml_place(file_, item.source()),
                            fmt::format("{}: must only hold texts", key)});
  return out;
}

std::map<std::string, std::string> toml_reader::text_table(std::string_view key) {
  std::map<std::string, std::string> out;
  const auto* node = find(key);
  if (!node)
    return out;
  const auto* table = node->as_table();
  if (!table) {
    fail(key, "must be a table of texts");
    return out;
  }
  for (const auto& [name, item] : *table)
    if (const auto* value = item.as_string())
      out.emplace(name.str(), value->get());
    else
      problems_->push_back({toml_place(file_, item.source()),
                            fmt::format("{}.{}: must be a text", key, name.str())});
  return out;
}

std::vector<toml_reader> toml_reader::tables(std::string_view key) {
  std::vector<toml_reader> out;
  const auto* node = find(key);
  if (!node)
    return out;
  const auto* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::table)) {
    fail(key, fmt::format("must be written as [[{}]]", key));
    return out;
  }
  for (const auto& item : *array)
    out.emplace_back(*item.as_table(), file_, *problems_);
  return out;
}

void toml_reader::refuse_unknown() {
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const auto& [key, node] : *from_) {
    if (known_.contains(key.str()))
      continue;
    const auto hint = nearest(key.str(), names);
    problems_->push_back(
        {toml_place(file_, key.source()),
         fmt::format("{}: unknown key{}",
                     key.str(),
                     hint ? fmt::format("; did you mean {}?", *hint) : "")});
  }
}

bool read_toml(const std::filesystem::path& path,
               std::vector<config_problem>& problems,
               const std::function<void(toml_reader&)>& read) {
  const auto text = read_small_file(path, config_file_bytes_max);
  if (!text) {
    problems.push_back({"", error_text(text.error())});
    return false;
  }
  try {
    const auto root = toml::parse(*text, path.string());
    toml_reader reader{root, path.string(), problems};
    read(reader);
    return true;
  } catch (const toml::parse_error& x) {
    problems.push_back(
        {toml_place(path.string(), x.source()), std::string{x.description()}});
    return false;
  }
}

} // namespace caly
