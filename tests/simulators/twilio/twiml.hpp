#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly::sim {

/// One element of a TwiML document.
struct twiml_element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<twiml_element> children;

  std::string_view attribute(std::string_view key) const;
  const twiml_element* child(std::string_view key) const;
};

/// The `<Response>` element; `nullopt` when the text is not well formed, nests deeper
/// than 16 or has another root.
std::optional<twiml_element> parse_twiml(std::string_view text);

} // namespace caly::sim
