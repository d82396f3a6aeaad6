#pragma once

#include "config/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace caly {

enum class option_kind { text, url, flag, whole, real, duration, bytes, list };

/// Where a setting's value lives.
using option_slot = std::variant<std::string*,
                                 bool*,
                                 int*,
                                 std::int64_t*,
                                 double*,
                                 std::chrono::milliseconds*,
                                 std::size_t*,
                                 std::vector<std::string>*>;

/// One setting: everything that the loader, the sample file and the help text know of it.
struct option {
  std::string name; ///< `section.key`, as in the file.
  std::string doc;
  option_kind kind = option_kind::text;
  std::function<option_slot(settings&)> slot;
  /// Numbers as they are, durations in milliseconds, sizes in bytes.
  double min = 0;
  double max = 0;
  std::vector<std::string> choices = {}; ///< For text; empty allows any.
  std::string alias = {}; ///< A well-known environment name with the same meaning.
  bool secret = false;
  bool shared = false; ///< must be the same on all nodes of a cluster

  /// `CALY__SECTION__KEY`.
  std::string environment_name() const;
  /// The value as a TOML literal.
  std::string literal(const settings& from) const;
  /// What may be written, for people: `duration 100ms..1min`.
  std::string type_text() const;
};

/// All settings, section by section.
const std::vector<option>& settings_schema();

/// The option called `name`, or null.
const option* find_option(std::string_view name);

/// Section name and what it is about, in file order.
const std::vector<std::pair<std::string, std::string>>& settings_sections();

/// Stores `text`, as an environment variable or flag spells it; answers what is wrong.
std::optional<std::string>
assign_text(const option& target, std::string_view text, settings& to);

/// Stores a number for `whole` and `real` options.
std::optional<std::string>
assign_number(const option& target, double value, settings& to);

/// Stores a list.
std::optional<std::string>
assign_list(const option& target, std::vector<std::string> values, settings& to);

/// `text` between double quotes, escaped as TOML wants it.
std::string toml_quoted(std::string_view text);

} // namespace caly
