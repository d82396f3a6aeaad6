#include "tests/simulators/twilio/twiml.hpp"

#include "runtime/base/text.hpp"

#include <array>
#include <cctype>
#include <charconv>

namespace caly::sim {

namespace {

constexpr int depth_max = 16;

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ||
         c == ':' || c == '.';
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | ((code >> 12) & 0x0F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class xml_reader {
public:
  explicit xml_reader(std::string_view text) : rest_{text} {}

  std::optional<twiml_element> document() {
    skip_prolog();
    twiml_element root;
    if (!element(root, 0))
      return std::nullopt;
    skip_prolog();
    if (!rest_.empty() || root.name != "Response")
      return std::nullopt;
    return root;
  }

private:
  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())))
      rest_.remove_prefix(1);
  }

  bool skip(std::string_view token) {
    if (!rest_.starts_with(token))
      return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool skip_through(std::string_view token) {
    const auto at = rest_.find(token);
    if (at == std::string_view::npos)
      return false;
    rest_.remove_prefix(at + token.size());
    return true;
  }

  void skip_prolog() {
    skip("\xEF\xBB\xBF");
    for (skip_space(); rest_.starts_with("<?") || rest_.starts_with("<!--"); skip_space())
      if (!skip_through(rest_.starts_with("<?") ? "?>" : "-->"))
        return;
  }

  std::string name() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name_char(rest_[length]))
      ++length;
    std::string result{rest_.substr(0, length)};
    rest_.remove_prefix(length);
    return result;
  }

  bool decode(std::string_view raw, std::string& out) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> named{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    while (!raw.empty()) {
      const auto ampersand = raw.find('&');
      out += raw.substr(0, ampersand);
      if (ampersand == std::string_view::npos)
        return true;
      const auto semicolon = raw.find(';', ampersand);
      if (semicolon == std::string_view::npos)
        return false;
      const auto entity = raw.substr(ampersand + 1, semicolon - ampersand - 1);
      raw.remove_prefix(semicolon + 1);
      if (entity.starts_with('#')) {
        const bool hex = entity.starts_with("#x");
        const auto digits = entity.substr(hex ? 2 : 1);
        unsigned code = 0;
        const auto result = std::from_chars(
            digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
        if (result.ec != std::errc{})
          return false;
        append_utf8(out, code);
        continue;
      }
      bool known = false;
      for (const auto& [key, c] : named)
        if (key == entity) {
          out += c;
          known = true;
        }
      if (!known)
        return false;
    }
    return true;
  }

  bool attributes(twiml_element& out) {
    for (skip_space(); !rest_.empty() && is_name_char(rest_.front()); skip_space()) {
      auto& [key, value] = out.attributes.emplace_back(name(), "");
      skip_space();
      if (!skip("="))
        return false;
      skip_space();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\''))
        return false;
      const auto quote = rest_.front();
      rest_.remove_prefix(1);
      const auto close = rest_.find(quote);
      if (close == std::string_view::npos || !decode(rest_.substr(0, close), value))
        return false;
      rest_.remove_prefix(close + 1);
    }
    return true;
  }

  bool element(twiml_element& out, int depth) {
    if (depth > depth_max || !skip("<"))
      return false;
    out.name = name();
    if (out.name.empty() || !attributes(out))
      return false;
    if (skip("/>"))
      return true;
    return skip(">") && content(out, depth);
  }

  bool content(twiml_element& out, int depth) {
    for (;;) {
      const auto open = rest_.find('<');
      if (open == std::string_view::npos || !decode(rest_.substr(0, open), out.text))
        return false;
      rest_.remove_prefix(open);
      if (rest_.starts_with("</"))
        break;
      if (skip("<![CDATA[")) {
        const auto end = rest_.find("]]>");
        if (end == std::string_view::npos)
          return false;
        out.text += rest_.substr(0, end);
        rest_.remove_prefix(end + 3);
      } else if (rest_.starts_with("<!--")) {
        if (!skip_through("-->"))
          return false;
      } else if (!element(out.children.emplace_back(), depth + 1)) {
        return false;
      }
    }
    skip("</");
    if (name() != out.name)
      return false;
    skip_space();
    out.text = std::string{trim(out.text)};
    return skip(">");
  }

  std::string_view rest_;
};

} // namespace

std::string_view twiml_element::attribute(std::string_view key) const {
  for (const auto& [name, value] : attributes)
    if (name == key)
      return value;
  return {};
}

const twiml_element* twiml_element::child(std::string_view key) const {
  for (const auto& candidate : children)
    if (candidate.name == key)
      return &candidate;
  return nullptr;
}

std::optional<twiml_element> parse_twiml(std::string_view text) {
  return xml_reader{text}.document();
}

} // namespace caly::sim
