#include "net/rest/inputs.hpp"

#include "actors/model/phone_number.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::size_t variables_max = 100;
constexpr std::size_t variable_bytes_max = 4096;
constexpr std::size_t cursor_bytes_max = 512;

void refuse(const request_ptr& request, std::string field, std::string message) {
  request->respond(problem(request->correlation_id,
                           422,
                           "invalid",
                           "The request is not valid.",
                           {{std::move(field), std::move(message)}}));
}

} // namespace

bool is_plain_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return false;
  if (std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
      }))
    return true;
  // The JSON reader checks UTF-8; the writer would replace what is broken.
  std::string quoted;
  append_json_string(quoted, text);
  json_limits limits;
  limits.bytes_max = quoted.size();
  const auto parsed = json::parse(quoted, limits);
  return parsed && parsed->as_string() == text;
}

std::optional<json> body_object(const request_ptr& request) {
  if (request->body.empty()) {
    auto empty = json::parse("{}");
    return std::move(*empty);
  }
  const auto& id = request->correlation_id;
  // The database knows no zero byte in a text.
  if (request->body.find("\\u0000") != std::string::npos) {
    request->respond(problem(id, 422, "invalid", "A text must not hold U+0000."));
    return std::nullopt;
  }
  auto parsed = json::parse(request->body);
  if (parsed && parsed->is_object())
    return std::move(*parsed);
  if (!parsed && parsed.error() == errc::too_large)
    request->respond(problem(id, 413, "too_large", context_text(parsed.error())));
  else
    request->respond(problem(id,
                             400,
                             "bad_json",
                             parsed ? "The body must be a JSON object."
                                    : context_text(parsed.error())));
  return std::nullopt;
}

bool refuse_problems(const request_ptr& request, const json_reader& reader) {
  if (reader.ok())
    return false;
  request->respond(problem(request->correlation_id,
                           422,
                           "invalid",
                           "Some fields are not valid.",
                           reader.problems()));
  return true;
}

void add_problems(json_reader& reader,
                  std::string_view member,
                  const json_reader& inner) {
  for (const auto& [field, message] : inner.problems())
    reader.fail(std::string{member} + "." + field, message);
}

std::optional<page> page_of(const request_ptr& request, int limit_max) {
  page made;
  if (const auto text = request->query("limit")) {
    int limit = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, failed] = std::from_chars(text->data(), end, limit);
    if (failed != std::errc{} || stop != end || limit < 1 || limit > limit_max) {
      refuse(request, "limit", "must be between 1 and " + std::to_string(limit_max));
      return std::nullopt;
    }
    made.limit = static_cast<std::uint32_t>(limit);
  }
  if (auto text = request->query("cursor"); text && !text->empty()) {
    if (text->size() > cursor_bytes_max || !is_plain_text(*text)) {
      refuse(request, "cursor", "is not a cursor of this list");
      return std::nullopt;
    }
    made.cursor = std::move(*text);
  }
  made.with_total = request->query("include_total") == "true";
  return made;
}

std::optional<std::vector<record_argument>>
query_arguments(const request_ptr& request, std::initializer_list<const char*> names) {
  std::vector<record_argument> values;
  for (const auto* name : names) {
    auto value = request->query(name);
    if (value && (value->size() > 255 || !is_plain_text(*value))) {
      refuse(request, name, "is not a text of at most 255 bytes");
      return std::nullopt;
    }
    if (value && value->empty())
      value.reset();
    values.push_back(std::move(value));
  }
  return values;
}

std::string phone_text(json_reader& reader, std::string_view key) {
  auto text = reader.text(key, 20);
  if (!text.empty() && !phone_number::parse(text))
    reader.fail(key, "must be a telephone number in E.164 form, such as +919876543210");
  return text;
}

record_argument variables_text(json_reader& reader, std::string_view key) {
  const auto& found = reader.value(key);
  if (found.is_null())
    return std::nullopt;
  if (!found.is_object() || found.members().size() > variables_max) {
    reader.fail(key, "must be an object of at most 100 values");
    return std::nullopt;
  }
  for (const auto& [name, value] : found.members())
    if (value.is_object() || value.is_array() ||
        value.text_or("").size() > variable_bytes_max)
      reader.fail(std::string{key} + "." + name, "must be a text, a number or a flag");
  return found.dump();
}

std::string email_text(json_reader& reader, std::string_view key) {
  std::string text{trim(reader.text(key, 254))};
  const auto at = text.find('@');
  const auto dot = text.rfind('.');
  const auto good = at != std::string::npos && at > 0 &&
                    text.find('@', at + 1) == std::string::npos &&
                    dot != std::string::npos && dot > at + 1 && dot + 1 < text.size() &&
                    std::none_of(text.begin(), text.end(), [](char c) {
                      return static_cast<unsigned char>(c) <= ' ' || c == '"' ||
                             c == '<' || c == '>' || c == ',' || c == '\\' || c == 0x7f;
                    });
  if (!text.empty() && !good)
    reader.fail(key, "must be an e-mail address");
  return text;
}

record_argument integer_argument(json_reader& reader,
                                 std::string_view key,
                                 std::int64_t min,
                                 std::int64_t max) {
  if (reader.value(key).is_null())
    return std::nullopt;
  return std::to_string(reader.integer(key, min, max));
}

record_argument
text_argument(json_reader& reader, std::string_view key, std::size_t bytes_max) {
  if (reader.value(key).is_null())
    return std::nullopt;
  return reader.text_or(key, "", bytes_max);
}

} // namespace caly
