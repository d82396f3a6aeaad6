#pragma once

#include "config/loader.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace toml {
inline namespace v3 {
class table;
class node;
} // namespace v3
} // namespace toml

namespace caly {

/// Reads the members of one TOML table and collects every problem with file, line and
/// column. Keys that nobody read are problems: typing errors must show.
class toml_reader {
public:
  toml_reader(const toml::table& from,
              std::string file,
              std::vector<config_problem>& out);

  /// Required text that is not empty.
  std::string text(std::string_view key);
  std::string text_or(std::string_view key, std::string_view fallback);
  std::string one_of(std::string_view key,
                     const std::vector<std::string>& choices,
                     std::string_view fallback);
  double number_or(std::string_view key, double fallback, double min, double max);
  bool flag_or(std::string_view key, bool fallback);
  std::vector<std::string> texts(std::string_view key);
  /// A table of texts by key.
  std::map<std::string, std::string> text_table(std::string_view key);
  /// An array of tables.
  std::vector<toml_reader> tables(std::string_view key);

  /// Notes a problem at `key`, or at the table when there is no such key.
  void fail(std::string_view key, std::string problem);
  void refuse_unknown();

private:
  const toml::node* find(std::string_view key);

  const toml::table* from_;
  std::string file_;
  std::vector<config_problem>* problems_;
  std::set<std::string, std::less<>> known_;
};

/// Reads a TOML file and hands its root to `read`; what cannot be read is a problem.
bool read_toml(const std::filesystem::path& path,
               std::vector<config_problem>& problems,
               const std::function<void(toml_reader&)>& read);

} // namespace caly
