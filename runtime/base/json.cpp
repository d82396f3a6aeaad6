#include "runtime/base/json.hpp"

#include "runtime/base/error.hpp"

#include <stdexcept>

// RapidJSON asserts on misuse; a node must not die from input, so asserts throw here.
#define RAPIDJSON_ASSERT(x)                                                              \
  do {                                                                                   \
    if (!(x))                                                                            \
      throw std::logic_error("rapidjson: " #x);                                          \
  } while (false)
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_set>

namespace caly {

namespace {

const json null_json;

/// Values from which on duplicate keys are found by hashing rather than by comparing.
constexpr std::size_t hashed_keys_min = 12;

} // namespace

/// SAX handler that builds the tree and refuses what passes the limits.
class json_builder {
public:
  explicit json_builder(const json_limits& limits) : limits_{limits} {
    stack_.reserve(16);
  }

  bool Null() { return add(json::kind::null, {}); }

  bool Bool(bool flag) {
    if (!add(json::kind::boolean, {}))
      return false;
    last_->flag_ = flag;
    return true;
  }

  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    if (!number_in_bounds({text, length}))
      return refuse("number out of bounds");
    return add(json::kind::number, {text, length});
  }

  bool Int(int) { return refuse("number"); }

  bool Uint(unsigned) { return refuse("number"); }

  bool Int64(std::int64_t) { return refuse("number"); }

  bool Uint64(std::uint64_t) { return refuse("number"); }

  bool Double(double) { return refuse("number"); }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    return add(json::kind::string, {text, length});
  }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view name{text, length};
    auto& object = *stack_.back();
    for (const auto& [known, value] : object.members_)
      if (object.members_.size() < hashed_keys_min && known == name)
        return refuse("duplicate key");
    object.members_.emplace_back(name, json{});
    return true;
  }

  bool StartObject() { return open(json::kind::object); }

  bool StartArray() { return open(json::kind::array); }

  bool EndObject(rapidjson::SizeType) {
    const auto& members = stack_.back()->members_;
    if (members.size() >= hashed_keys_min) {
      std::unordered_set<std::string_view> names;
      for (const auto& [name, value] : members)
        if (!names.insert(name).second)
          return refuse("duplicate key");
    }
    stack_.pop_back();
    return true;
  }

  bool EndArray(rapidjson::SizeType) {
    stack_.pop_back();
    return true;
  }

  json take() { return std::move(root_); }

  const char* reason() const { return reason_; }

private:
  bool refuse(const char* why) {
    reason_ = why;
    return false;
  }

  bool number_in_bounds(std::string_view text) const {
    if (text.size() > limits_.number_chars_max)
      return false;
    const auto exponent = text.find_first_of("eE");
    return exponent == std::string_view::npos ||
           text.size() - exponent - 1 <= limits_.exponent_digits_max + 1;
  }

  bool add(json::kind kind, std::string_view text) {
    if (++values_ > limits_.values_max)
      return refuse("too many values");
    if (stack_.empty()) {
      last_ = &root_;
    } else if (stack_.back()->kind_ == json::kind::array) {
      last_ = &stack_.back()->items_.emplace_back();
    } else {
      last_ = &stack_.back()->members_.back().second;
    }
    last_->kind_ = kind;
    last_->text_ = text;
    return true;
  }

  bool open(json::kind kind) {
    if (stack_.size() >= limits_.depth_max)
      return refuse("nested too deeply");
    if (!add(kind, {}))
      return false;
    stack_.push_back(last_);
    return true;
  }

  const json_limits& limits_;
  json root_;
  json* last_ = nullptr;
  // Parents only grow at their last element, so pointers to open values stay valid.
  std::vector<json*> stack_;
  std::size_t values_ = 0;
  const char* reason_ = nullptr;
};

caf::expected<json> json::parse(std::string_view text, const json_limits& limits) {
  if (text.size() > limits.bytes_max)
    return caf::make_error(errc::too_large,
                           "JSON of " + std::to_string(text.size()) + " bytes, at most " +
                               std::to_string(limits.bytes_max));
  constexpr auto flags = rapidjson::kParseIterativeFlag |
                         rapidjson::kParseValidateEncodingFlag |
                         rapidjson::kParseNumbersAsStringsFlag;
  json_builder builder{limits};
  rapidjson::MemoryStream stream{text.data(), text.size()};
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>> reader;
  try {
    const auto result = reader.Parse<flags>(stream, builder);
    if (!result) {
      const char* why = builder.reason() != nullptr
                            ? builder.reason()
                            : rapidjson::GetParseError_En(result.Code());
      return caf::make_error(
          errc::invalid, "JSON, byte " + std::to_string(result.Offset()) + ": " + why);
    }
  } catch (const std::logic_error& broken) {
    return caf::make_error(errc::invalid, std::string{broken.what()});
  }
  return builder.take();
}

const json* json::find(std::string_view key) const noexcept {
  for (const auto& [name, value] : members_)
    if (name == key)
      return &value;
  return nullptr;
}

const json& json::operator[](std::string_view key) const noexcept {
  const auto* found = find(key);
  return found != nullptr ? *found : null_json;
}

std::optional<std::string_view> json::as_string() const noexcept {
  if (kind_ != kind::string)
    return std::nullopt;
  return text_;
}

std::optional<bool> json::as_bool() const noexcept {
  if (kind_ != kind::boolean)
    return std::nullopt;
  return flag_;
}

std::optional<std::int64_t> json::as_int() const noexcept {
  if (kind_ != kind::number)
    return std::nullopt;
  std::int64_t number = 0;
  const auto* end = text_.data() + text_.size();
  const auto [stop, failure] = std::from_chars(text_.data(), end, number);
  if (failure == std::errc{} && stop == end)
    return number;
  // 1e3 and 5.0 are whole numbers too.
  const auto real = as_double();
  if (!real || std::floor(*real) != *real || std::fabs(*real) > 9.0e15)
    return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> json::as_double() const noexcept {
  if (kind_ != kind::number)
    return std::nullopt;
  double number = 0;
  const auto* end = text_.data() + text_.size();
  const auto [stop, failure] = std::from_chars(text_.data(), end, number);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return number;
}

std::string_view json::text_or(std::string_view fallback) const noexcept {
  return kind_ == kind::string || kind_ == kind::number ? std::string_view{text_}
                                                        : fallback;
}

std::int64_t json::int_or(std::int64_t fallback) const noexcept {
  if (const auto number = as_int())
    return *number;
  if (kind_ == kind::string) {
    std::int64_t number = 0;
    const auto* end = text_.data() + text_.size();
    const auto [stop, failure] = std::from_chars(text_.data(), end, number);
    if (failure == std::errc{} && stop == end)
      return number;
  }
  return fallback;
}

bool json::bool_or(bool fallback) const noexcept {
  return as_bool().value_or(fallback);
}

std::string json::dump() const {
  json_writer out;
  out.value(*this);
  return std::move(out).str();
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto size = text.size();
  std::size_t plain = 0; // start of the run that needs no change
  const auto flush = [&](std::size_t end) { out.append(text, plain, end - plain); };
  for (std::size_t i = 0; i < size;) {
    const auto c = bytes[i];
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (c < 0x80) {
      flush(i);
      switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default: {
        constexpr char hex[] = "0123456789abcdef";
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 15];
      }
      }
      plain = ++i;
      continue;
    }
    std::size_t length = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    if (c >= 0xf5)
      length = 0;
    bool good = length != 0 && i + length <= size;
    for (std::size_t k = 1; good && k < length; ++k)
      good = (bytes[i + k] & 0xc0) == 0x80;
    // Overlong forms, surrogates and values past U+10FFFF.
    if (good && length == 3)
      good = !(c == 0xe0 && bytes[i + 1] < 0xa0) && !(c == 0xed && bytes[i + 1] > 0x9f);
    if (good && length == 4)
      good = !(c == 0xf0 && bytes[i + 1] < 0x90) && !(c == 0xf4 && bytes[i + 1] > 0x8f);
    if (good) {
      i += length;
      continue;
    }
    flush(i);
    out += "\xef\xbf\xbd";
    plain = ++i;
  }
  flush(size);
  out += '"';
}

void json_writer::separate() {
  if (comma_)
    out_ += ',';
  comma_ = true;
}

json_writer& json_writer::begin_object() {
  separate();
  out_ += '{';
  comma_ = false;
  return *this;
}

json_writer& json_writer::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  out_ += '[';
  comma_ = false;
  return *this;
}

json_writer& json_writer::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::value(bool flag) {
  separate();
  out_ += flag ? "true" : "false";
  return *this;
}

json_writer& json_writer::value(std::int64_t number) {
  separate();
  char digits[24];
  const auto [end, failure] = std::to_chars(digits, digits + sizeof(digits), number);
  out_.append(digits, end);
  return *this;
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number))
    return null();
  separate();
  char digits[40];
  const auto [end, failure] = std::to_chars(digits, digits + sizeof(digits), number);
  out_.append(digits, end);
  return *this;
}

json_writer& json_writer::null() {
  separate();
  out_ += "null";
  return *this;
}

json_writer& json_writer::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

// Recursion is bounded: parsed trees are at most `depth_max` deep.
json_writer& json_writer::value(const json& tree) {
  switch (tree.kind_) {
  case json::kind::null:
    return null();
  case json::kind::boolean:
    return value(tree.flag_);
  case json::kind::number:
    return raw(tree.text_);
  case json::kind::string:
    return value(std::string_view{tree.text_});
  case json::kind::array:
    begin_array();
    for (const auto& item : tree.items_)
      value(item);
    return end_array();
  case json::kind::object:
    begin_object();
    for (const auto& [name, member] : tree.members_)
      key(name).value(member);
    return end_object();
  }
  return *this;
}

const json& json_reader::touch(std::string_view key) {
  known_.emplace_back(key);
  return object_[key];
}

const json& json_reader::value(std::string_view key) {
  return touch(key);
}

std::string json_reader::text(std::string_view key, std::size_t chars_max) {
  const auto& found = touch(key);
  if (found.is_null()) {
    fail(key, "is required");
    return {};
  }
  const auto text = found.as_string();
  if (!text) {
    fail(key, "must be a string");
    return {};
  }
  if (text->empty())
    fail(key, "must not be empty");
  else if (text->size() > chars_max)
    fail(key, "must have at most " + std::to_string(chars_max) + " bytes");
  return std::string{*text};
}

std::string json_reader::text_or(std::string_view key,
                                 std::string_view fallback,
                                 std::size_t chars_max) {
  const auto& found = touch(key);
  if (found.is_null())
    return std::string{fallback};
  const auto text = found.as_string();
  if (!text) {
    fail(key, "must be a string");
    return std::string{fallback};
  }
  if (text->size() > chars_max)
    fail(key, "must have at most " + std::to_string(chars_max) + " bytes");
  return std::string{*text};
}

std::int64_t
json_reader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  const auto& found = touch(key);
  const auto number = found.as_int();
  if (!number) {
    fail(key, found.is_null() ? "is required" : "must be a whole number");
    return min;
  }
  if (*number < min || *number > max)
    fail(key, "must be between " + std::to_string(min) + " and " + std::to_string(max));
  return *number;
}

std::int64_t json_reader::integer_or(std::string_view key,
                                     std::int64_t fallback,
                                     std::int64_t min,
                                     std::int64_t max) {
  if (object_[key].is_null()) {
    known_.emplace_back(key);
    return fallback;
  }
  return integer(key, min, max);
}

bool json_reader::boolean_or(std::string_view key, bool fallback) {
  const auto& found = touch(key);
  if (found.is_null())
    return fallback;
  if (const auto flag = found.as_bool())
    return *flag;
  fail(key, "must be true or false");
  return fallback;
}

void json_reader::fail(std::string_view key, std::string message) {
  problems_.push_back({std::string{key}, std::move(message)});
}

void json_reader::refuse_unknown() {
  for (const auto& [name, value] : object_.members())
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      fail(name, "is not a known field");
}

std::string json_reader::summary() const {
  std::string text;
  for (const auto& each : problems_)
    text += (text.empty() ? "" : "; ") + each.field + ": " + each.message;
  return text;
}

} // namespace caly
