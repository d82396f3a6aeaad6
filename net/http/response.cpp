#include "net/http/response.hpp"

#include <algorithm>
#include <ctime>

namespace caly {

namespace {

constexpr std::string_view common_lines = "X-Content-Type-Options: nosniff\r\n"
                                          "Referrer-Policy: no-referrer\r\n"
                                          "X-Frame-Options: DENY\r\n"
                                          "Cross-Origin-Opener-Policy: same-origin\r\n"
                                          "Cross-Origin-Resource-Policy: same-origin\r\n";

constexpr std::string_view closed_policy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

/// `Sun, 06 Nov 1994 08:49:37 GMT`, made once a second and thread.
std::string_view http_date(wall_time now) {
  thread_local std::time_t last = -1;
  thread_local char text[40];
  thread_local std::size_t size = 0;
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  if (seconds != last) {
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    size = std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    last = seconds;
  }
  return {text, size};
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // A line break in a value would let it write lines of its own.
  for (const auto c : value)
    out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

bool has_header(const http_response& response, std::string_view name) {
  return std::any_of(response.headers.begin(),
                     response.headers.end(),
                     [&](const auto& x) { return x.first == name; });
}

} // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 402:
    return "Payment Required";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 412:
    return "Precondition Failed";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 422:
    return "Unprocessable Content";
  case 426:
    return "Upgrade Required";
  case 428:
    return "Precondition Required";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 503:
    return "Service Unavailable";
  case 507:
    return "Insufficient Storage";
  default:
    return "Other";
  }
}

std::string make_head(const http_response& response, const response_frame& frame) {
  std::string out;
  out.reserve(640);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += http_date(frame.now);
  out += "\r\n";
  if (response.status != 204 && response.status != 304) {
    append_line(out, "Content-Type", response.content_type);
    if (!response.source) {
      const auto size = !response.body.empty() || !response.shared_body
                            ? response.body.size()
                            : response.shared_body->size();
      out += "Content-Length: ";
      out += std::to_string(size);
      out += "\r\n";
    } else if (frame.chunked) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  out += common_lines;
  if (response.content_security_policy.empty())
    out += closed_policy;
  else
    append_line(out, "Content-Security-Policy", response.content_security_policy);
  if (!has_header(response, "Cache-Control"))
    out += "Cache-Control: no-store\r\n";
  if (!frame.correlation_id.empty()) {
    append_line(out, "X-Request-Id", frame.correlation_id);
    append_line(out, "X-Correlation-Id", frame.correlation_id);
  }
  for (const auto& [name, value] : response.headers)
    append_line(out, name, value);
  out +=
      frame.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out;
}

} // namespace caly
