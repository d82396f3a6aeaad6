#pragma once

#include "storage/pg/statement.hpp"

#include <string>
#include <string_view>

namespace caly::pg {

/// Builds the text of a PostgreSQL array, element by element.
class array_text {
public:
  array_text& add(std::string_view element);
  /// For numbers and ids, which need no quotes.
  array_text& add_plain(std::string_view element);
  array_text& add_null();

  array_text& add_optional(const parameter& element) {
    return element ? add(std::string_view{*element}) : add_null();
  }

  /// `{…}`; the builder is used up.
  std::string text() &&;

private:
  void separate();

  std::string out_{"{"};
};

} // namespace caly::pg
