#include "net/media/relay_messages.hpp"

#include "net/media/flat_json.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <charconv>

namespace caly {

namespace {

using kind = relay_message::kind;

constexpr std::size_t words_bytes_max = 2000;
constexpr std::size_t call_id_bytes_max = 128;

/// Carriers write numbers as numbers and as text.
std::int64_t number_of(const json& value) {
  if (const auto number = value.as_int())
    return *number;
  const auto text = value.text_or("");
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool read_setup(const json& object, relay_message& out) {
  out.type = kind::setup;
  out.session_id = object["sessionId"].text_or("");
  out.provider_call_id = object["callSid"].text_or("").substr(0, call_id_bytes_max);
  return is_plain_id(out.session_id);
}

bool read_words(const json& object, const char* name, relay_message& out) {
  const auto& words = object[name];
  out.text = one_line(trim(words.text_or("")), words_bytes_max);
  return words.is_string();
}

bool read_prompt(const json& object, relay_message& out) {
  out.type = kind::prompt;
  out.last = object["last"].bool_or(true);
  return read_words(object, "voicePrompt", out);
}

bool read_dtmf(const json& object, relay_message& out) {
  const auto digit = object["digit"].text_or("");
  constexpr std::string_view digits = "0123456789*#ABCD";
  out.type = kind::dtmf;
  if (digit.size() != 1 || digits.find(digit.front()) == std::string_view::npos)
    return false;
  out.digit = digit.front();
  return true;
}

bool read_interrupt(const json& object, relay_message& out) {
  out.type = kind::interrupt;
  out.after_ms = number_of(object["durationUntilInterruptMs"]);
  return read_words(object, "utteranceUntilInterrupt", out);
}

} // namespace

std::optional<relay_message> read_relay_message(std::string_view text) {
  const auto object = json::parse(text, {.values_max = 500});
  if (!object || !(*object)["type"].is_string())
    return std::nullopt;
  const auto type = (*object)["type"].text_or("");
  relay_message out;
  bool good = true;
  if (type == "setup")
    good = read_setup(*object, out);
  else if (type == "prompt")
    good = read_prompt(*object, out);
  else if (type == "dtmf")
    good = read_dtmf(*object, out);
  else if (type == "interrupt")
    good = read_interrupt(*object, out);
  else if (type == "error") {
    out.type = kind::error;
    out.text = one_line((*object)["description"].text_or(""), words_bytes_max);
  }
  return good ? std::optional{std::move(out)} : std::nullopt;
}

std::string relay_text(std::string_view words, bool last) {
  json_writer out;
  // Telnyx waits for more while `last` is not said to be true.
  out.begin_object().field("type", "text").field("token", words).field("last", last);
  out.end_object();
  return std::move(out).str();
}

std::string relay_language(std::string_view code) {
  json_writer out;
  out.begin_object().field("type", "language").field("ttsLanguage", code);
  out.field("transcriptionLanguage", code).end_object();
  return std::move(out).str();
}

std::string relay_digits(std::string_view keys) {
  json_writer out;
  out.begin_object().field("type", "sendDigits").field("digits", keys).end_object();
  return std::move(out).str();
}

std::string relay_end() {
  return R"({"type":"end"})";
}

} // namespace caly
