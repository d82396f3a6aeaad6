#include "net/http/answers.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace caly {

namespace {

void append_tail(std::string& out, std::string_view correlation_id) {
  out += ",\"correlation_id\":";
  append_json_string(out, correlation_id);
  out += ",\"timestamp\":\"";
  out += to_rfc3339(std::chrono::system_clock::now());
  out += "\"}";
}

error_face face_of(errc code) {
  switch (code) {
  case errc::invalid:
    return {422, "invalid", "The request is not valid.", 0};
  case errc::not_found:
    return {404, "not_found", "There is no such thing.", 0};
  case errc::conflict:
    return {409, "conflict", "The present state does not allow this.", 0};
  case errc::unauthorized:
    return {401, "unauthorized", "Sign in first.", 0};
  case errc::forbidden:
    return {403, "forbidden", "Your role does not allow this.", 0};
  case errc::no_credit:
    return {402, "no_credit", "The balance does not cover this.", 0};
  case errc::too_large:
    return {413, "too_large", "The request is too large.", 0};
  case errc::tenant_at_capacity:
    return {429, "tenant_at_capacity", "All lines of the tenant are in use.", 5};
  case errc::system_at_capacity:
    return {503, "system_at_capacity", "All lines of the system are in use.", 5};
  case errc::rate_limited:
    return {429, "rate_limited", "Too many requests.", 1};
  case errc::overloaded:
    return {503, "overloaded", "The server has too much to do.", 1};
  case errc::unavailable:
  case errc::fenced:
  case errc::not_mine:
    return {503, "unavailable", "A part of the system does not answer.", 1};
  case errc::timed_out:
    return {503, "timed_out", "The answer took too long.", 1};
  case errc::refused:
    return {409, "refused", "The provider refused.", 0};
  case errc::outcome_unknown:
    return {503, "outcome_unknown", "It is not known whether this took effect.", 5};
  case errc::none:
  case errc::restarts_exhausted:
    break;
  }
  return {500, "internal", "Something went wrong on our side.", 0};
}

} // namespace

http_response success(std::string_view correlation_id,
                      std::string_view data,
                      unsigned status,
                      const list_frame& list) {
  http_response response;
  response.status = status;
  auto& out = response.body;
  out.reserve(data.size() + 256);
  out += R"({"success":true,"data":)";
  out += data.empty() ? std::string_view{"null"} : data;
  out += R"(,"error":null)";
  if (list.is_list) {
    out += R"(,"pagination":{"next_cursor":)";
    if (list.next_cursor.empty())
      out += "null";
    else
      append_json_string(out, list.next_cursor);
    out += list.has_more ? R"(,"has_more":true)" : R"(,"has_more":false)";
    if (!list.total.empty())
      out += R"(,"total":)" + list.total;
    out += '}';
    if (!list.total.empty())
      out += R"(,"total":)" + list.total;
  }
  append_tail(out, correlation_id);
  return response;
}

http_response problem(std::string_view correlation_id,
                      unsigned status,
                      std::string_view code,
                      std::string_view message,
                      const std::vector<json_reader::problem>& fields,
                      int retry_after_s) {
  http_response response;
  response.status = status;
  json_writer error;
  error.begin_object().field("code", code).field("message", message);
  if (!fields.empty()) {
    error.key("field_errors").begin_array();
    for (const auto& [field, text] : fields)
      error.begin_object().field("field", field).field("message", text).end_object();
    error.end_array();
  }
  if (retry_after_s > 0) {
    error.field("retry_after", retry_after_s);
    response.with("Retry-After", std::to_string(retry_after_s));
  }
  error.end_object();
  response.body = R"({"success":false,"data":null,"error":)" + error.str();
  append_tail(response.body, correlation_id);
  if (status == 401)
    response.with("WWW-Authenticate", "Bearer");
  return response;
}

error_face face_of(const caf::error& reason) {
  if (reason.category() == caf::atom("caly"))
    return face_of(static_cast<errc>(reason.code()));
  // The actor that was asked is gone, has no time or does not know the question.
  if (reason == caf::sec::request_timeout)
    return face_of(errc::timed_out);
  return face_of(errc::unavailable);
}

std::string context_text(const caf::error& reason) {
  const auto& context = reason.context();
  if (!context.empty() && context.match_element<std::string>(0))
    return context.get_as<std::string>(0);
  return {};
}

http_response failure(std::string_view correlation_id, const caf::error& reason) {
  const auto face = face_of(reason);
  const auto ours = face.status == 500 || face.status == 503;
  const auto text = ours ? std::string{} : context_text(reason);
  return problem(correlation_id,
                 face.status,
                 face.code,
                 text.empty() ? std::string_view{face.message} : std::string_view{text},
                 {},
                 face.retry_after_s);
}

} // namespace caly
