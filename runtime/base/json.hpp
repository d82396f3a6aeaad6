#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Bounds on JSON from outside. Whatever passes them cannot exhaust stack or memory.
struct json_limits {
  std::size_t bytes_max = 256 * 1024;
  std::size_t depth_max = 64;
  std::size_t values_max = 10'000;
  std::size_t number_chars_max = 32;
  std::size_t exponent_digits_max = 3;
};

/// An immutable JSON value.
///
/// Numbers keep the text they came with, so that money never passes through a double.
/// Readers answer `nullopt` (or an empty value) on a wrong type; nothing throws.
class json {
public:
  enum class kind : std::uint8_t { null, boolean, number, string, array, object };

  /// Parses untrusted text: UTF-8 checked, duplicate keys, depth, size and numbers
  /// refused beyond `limits`, nothing but white space after the value.
  /// Errors: `errc::invalid` with the byte offset, `errc::too_large`.
  static caf::expected<json> parse(std::string_view text, const json_limits& limits = {});

  kind type() const noexcept { return kind_; }

  bool is_null() const noexcept { return kind_ == kind::null; }

  bool is_object() const noexcept { return kind_ == kind::object; }

  bool is_array() const noexcept { return kind_ == kind::array; }

  bool is_string() const noexcept { return kind_ == kind::string; }

  /// The member `key`, or a null value when there is none.
  const json& operator[](std::string_view key) const noexcept;

  bool has(std::string_view key) const noexcept { return find(key) != nullptr; }

  const json* find(std::string_view key) const noexcept;

  const std::vector<json>& items() const& noexcept { return items_; }

  /// Of a value that is about to go: safe in `for (… : read().items())`.
  std::vector<json> items() && noexcept { return std::move(items_); }

  const std::vector<std::pair<std::string, json>>& members() const noexcept {
    return members_;
  }

  std::optional<std::string_view> as_string() const noexcept;
  std::optional<bool> as_bool() const noexcept;
  /// Whole numbers in range only.
  std::optional<std::int64_t> as_int() const noexcept;
  std::optional<double> as_double() const noexcept;

  /// Text of a string or a number; providers send ids and numbers either way.
  std::string_view text_or(std::string_view fallback) const noexcept;
  std::int64_t int_or(std::int64_t fallback) const noexcept;
  bool bool_or(bool fallback) const noexcept;

  /// Compact JSON text.
  std::string dump() const;

private:
  friend class json_builder;
  friend class json_writer;

  kind kind_ = kind::null;
  bool flag_ = false;
  std::string text_;
  std::vector<json> items_;
  std::vector<std::pair<std::string, json>> members_;
};

/// Writes compact JSON text. Strings are escaped and broken UTF-8 is replaced, so that
/// the output always parses.
class json_writer {
public:
  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  json_writer& key(std::string_view name);
  json_writer& value(std::string_view text);

  json_writer& value(const char* text) { return value(std::string_view{text}); }

  json_writer& value(const std::string& text) { return value(std::string_view{text}); }

  json_writer& value(bool flag);
  json_writer& value(std::int64_t number);

  json_writer& value(int number) { return value(static_cast<std::int64_t>(number)); }

  json_writer& value(std::uint32_t number) {
    return value(static_cast<std::int64_t>(number));
  }

  json_writer& value(std::uint64_t number) {
    return value(static_cast<std::int64_t>(number));
  }

  /// Not-a-number and infinities become null.
  json_writer& value(double number);
  json_writer& value(const json& tree);
  json_writer& null();
  /// Text that is JSON already, inserted as it is.
  json_writer& raw(std::string_view text);

  template <class T>
  json_writer& field(std::string_view name, const T& x) {
    key(name);
    return value(x);
  }

  json_writer& null_field(std::string_view name) { return key(name).null(); }

  json_writer& raw_field(std::string_view name, std::string_view text) {
    return key(name).raw(text);
  }

  const std::string& str() const& noexcept { return out_; }

  std::string str() && noexcept { return std::move(out_); }

private:
  void separate();

  std::string out_;
  bool comma_ = false;
};

/// Text as a JSON string literal, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// Reads the members of one object and collects every problem with its path, so that a
/// caller sees all of them at once.
class json_reader {
public:
  struct problem {
    std::string field;
    std::string message;
  };

  explicit json_reader(const json& object) : object_{object} {}

  /// Required text of 1 to `chars_max` bytes.
  std::string text(std::string_view key, std::size_t chars_max = 255);
  /// Optional text; empty when absent or null.
  std::string
  text_or(std::string_view key, std::string_view fallback, std::size_t chars_max = 255);
  std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t integer_or(std::string_view key,
                          std::int64_t fallback,
                          std::int64_t min,
                          std::int64_t max);
  bool boolean_or(std::string_view key, bool fallback);
  const json& value(std::string_view key);

  /// Notes a problem found by the caller.
  void fail(std::string_view key, std::string message);

  /// Members that were neither read nor allowed are problems: typing errors must show.
  void refuse_unknown();

  bool ok() const noexcept { return problems_.empty(); }

  const std::vector<problem>& problems() const noexcept { return problems_; }

  /// All problems as one sentence each, for an error's context.
  std::string summary() const;

private:
  const json& touch(std::string_view key);

  const json& object_;
  std::vector<std::string> known_;
  std::vector<problem> problems_;
};

} // namespace caly
