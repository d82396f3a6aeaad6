#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace caly {

/// One member of a JSON object as it stands in the text.
struct flat_member {
  enum class kind : unsigned char { string, number, literal, nested };

  std::string_view key;
  /// A string's characters without the quotes, else the value as it stands.
  std::string_view value;
  kind type = kind::literal;
  bool escaped = false; ///< `value` contains backslashes and is not what was meant.
};

/// Walks over the members of one JSON object without building a tree, for the few
/// messages that come fifty times a second in every call. It is no validator: whoever
/// uses a value checks what it needs, and leaves every text that is not plain to
/// `json::parse`.
class flat_reader {
public:
  explicit flat_reader(std::string_view object);

  /// The next member; false at the end of the object and when the text is not plain.
  bool next(flat_member& member);

  /// The object ended where it should, and nothing came after it.
  bool complete() const noexcept { return complete_; }

private:
  void skip_space();
  bool read_string(std::string_view& out, bool& escaped);
  bool read_nested(std::string_view& out);

  std::string_view text_;
  std::size_t at_ = 0;
  bool complete_ = false;
  bool first_ = true;
  bool broken_ = false;
};

/// The bytes that a base64 text stands for; nothing when it is not canonical base64 with
/// padding. Such a text needs no escaping in JSON.
std::optional<std::size_t> base64_bytes(std::string_view text) noexcept;
/// The same of a text that is known to be base64.
std::size_t base64_size(std::string_view text) noexcept;

/// Letters, digits, `_`, `-` and `.`, 1 to 128 of them: an id that needs no escaping.
bool is_plain_id(std::string_view text) noexcept;

} // namespace caly
