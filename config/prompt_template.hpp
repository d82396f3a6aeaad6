#pragma once

#include <caf/expected.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Values for `{{variables}}`: columns of a CSV, fields of a contact.
using prompt_variables = std::map<std::string, std::string, std::less<>>;

/// Text with `{{variable}}` and `{{variable|default}}`, nothing more: no logic, one pass,
/// values are never expanded again.
class prompt_template {
public:
  /// Errors: `errc::invalid` with line and column for an open or empty `{{…}}` or a name
  /// other than letters, digits and `_`; `errc::too_large` beyond 64 KiB.
  static caf::expected<prompt_template> parse(std::string_view text);

  /// Variable names in order of their first use.
  const std::vector<std::string>& variables() const noexcept { return variables_; }

  /// Variables that are not in `known`: probably typing errors.
  std::vector<std::string> unknown(const std::vector<std::string>& known) const;

  /// A missing or empty variable becomes its default, or nothing. Values come from people
  /// we do not know: control characters become spaces, the rest is cut at 300 bytes.
  std::string render(const prompt_variables& values) const;

private:
  struct part {
    std::string text; ///< Plain text, or the default of a variable.
    std::string variable;
  };

  std::vector<part> parts_;
  std::vector<std::string> variables_;
};

/// Parses and renders; text that does not parse stays as it is.
std::string render_prompt(std::string_view text, const prompt_variables& values);

} // namespace caly
