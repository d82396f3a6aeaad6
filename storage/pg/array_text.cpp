#include "storage/pg/array_text.hpp"

namespace caly::pg {

void array_text::separate() {
  if (out_.size() > 1)
    out_ += ',';
}

array_text& array_text::add(std::string_view element) {
  separate();
  out_ += '"';
  for (const char c : element) {
    if (c == '"' || c == '\\')
      out_ += '\\';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

array_text& array_text::add_plain(std::string_view element) {
  separate();
  out_ += element;
  return *this;
}

array_text& array_text::add_null() {
  return add_plain("NULL");
}

std::string array_text::text() && {
  out_ += '}';
  return std::move(out_);
}

} // namespace caly::pg
