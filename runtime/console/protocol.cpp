#include "runtime/console/protocol.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/observe/redact.hpp"

namespace caly {

namespace {

json_writer begin(const std::string& id, console_level level, bool final) {
  json_writer out;
  out.begin_object()
      .field("v", console_protocol_version)
      .raw_field("id", id)
      .field("final", final)
      .field("level", to_string(level));
  return out;
}

std::string code_of(const caf::error& reason) {
  const auto text = describe(reason);
  return text.substr(0, text.find(':'));
}

std::string message_of(const caf::error& reason) {
  const auto text = describe(reason);
  const auto colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

} // namespace

caf::expected<console_request> parse_console_request(std::string_view text) {
  json_limits limits;
  limits.bytes_max = 16 * 1024;
  limits.depth_max = 4;
  const auto object = json::parse(text, limits);
  if (!object)
    return object.error();
  console_request request;
  const auto& id = (*object)["id"];
  if (id.as_int() || (id.is_string() && id.as_string()->size() <= 64))
    request.id = id.dump();
  if ((*object)["v"].as_int() != console_protocol_version)
    return caf::make_error(errc::invalid, "this console speaks protocol version 1");
  if (const auto line = (*object)["line"].as_string()) {
    request.text = *line;
    return request;
  }
  if (const auto begun = (*object)["complete"].as_string()) {
    request.what = console_request::kind::complete;
    request.text = *begun;
    return request;
  }
  if ((*object)["cancel"].bool_or(false)) {
    request.what = console_request::kind::cancel;
    return request;
  }
  return caf::make_error(errc::invalid, "expected line, complete or cancel");
}

std::string console_request_for(std::int64_t id, std::string_view line) {
  json_writer out;
  out.begin_object()
      .field("v", console_protocol_version)
      .field("id", id)
      .field("line", line)
      .end_object();
  return std::move(out).str();
}

std::string console_greeting(std::string_view node, console_level level) {
  json_writer out;
  out.begin_object()
      .field("v", console_protocol_version)
      .field("hello", "caly console")
      .field("node", node)
      .field("level", to_string(level))
      .end_object();
  return std::move(out).str();
}

std::string
console_part(const std::string& id, console_level level, std::string_view text) {
  auto out = begin(id, level, false);
  out.field("text", text).end_object();
  return std::move(out).str();
}

std::string console_answer(const std::string& id,
                           console_level level,
                           std::string_view text,
                           bool raw_json,
                           int exit_code) {
  auto out = begin(id, level, true);
  out.field("ok", true).field("exit", exit_code);
  if (raw_json)
    out.raw_field("data", text);
  else
    out.field("text", text);
  out.end_object();
  return std::move(out).str();
}

std::string console_completions(const std::string& id,
                                console_level level,
                                const std::vector<std::string>& candidates) {
  auto out = begin(id, level, true);
  out.field("ok", true).key("candidates").begin_array();
  for (const auto& each : candidates)
    out.value(each);
  out.end_array().end_object();
  return std::move(out).str();
}

std::string console_failure(const std::string& id,
                            console_level level,
                            const caf::error& reason,
                            std::string_view hint) {
  auto out = begin(id, level, true);
  out.field("ok", false)
      .field("exit", console_exit_code(reason))
      .key("error")
      .begin_object()
      .field("code", code_of(reason))
      .field("message", redacted(message_of(reason)));
  if (!hint.empty())
    out.field("hint", hint);
  out.end_object().end_object();
  return std::move(out).str();
}

int console_exit_code(const caf::error& reason) {
  if (!reason)
    return 0;
  if (reason == errc::invalid || reason == errc::too_large)
    return 2;
  if (reason == errc::not_found)
    return 3;
  if (reason == errc::unauthorized)
    return 4;
  if (reason == errc::conflict)
    return 5;
  if (reason == errc::rate_limited || reason == errc::overloaded)
    return 6;
  if (reason == errc::unavailable || reason == errc::timed_out)
    return 7;
  if (reason == errc::forbidden)
    return 13;
  return 1;
}

} // namespace caly
