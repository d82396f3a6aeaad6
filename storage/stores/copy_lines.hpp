#pragma once

#include <string>
#include <string_view>

namespace caly::pg {

/// Builds one line of COPY's text format, field by field.
class copy_line {
public:
  copy_line& add(std::string_view text) {
    separate();
    for (const char c : text)
      switch (c) {
      case '\\':
        line_ += "\\\\";
        break;
      case '\n':
        line_ += "\\n";
        break;
      case '\r':
        line_ += "\\r";
        break;
      case '\t':
        line_ += "\\t";
        break;
      default:
        line_ += c;
      }
    return *this;
  }

  copy_line& add_null() {
    separate();
    line_ += "\\N";
    return *this;
  }

  copy_line& add_or_null(std::string_view text) {
    return text.empty() ? add_null() : add(text);
  }

  const std::string& text() const noexcept { return line_; }

  void clear() {
    line_.clear();
    first_ = true;
  }

private:
  void separate() {
    if (!first_)
      line_ += '\t';
    first_ = false;
  }

  std::string line_;
  bool first_ = true;
};

} // namespace caly::pg
