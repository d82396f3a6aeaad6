#include "net/http/gate.hpp"

#include "net/http/request.hpp"
#include "runtime/base/text.hpp"

#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cstring>

namespace caly {

namespace http = boost::beast::http;

namespace {

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || std::strchr("-._:[]", c) != nullptr;
         });
}

bool is_target(std::string_view target) {
  return std::all_of(target.begin(), target.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::strchr("\\\"<>^`{|}#", c) == nullptr;
  });
}

std::optional<gate_refusal> refuse(unsigned status, const char* reason) {
  return gate_refusal{status, reason};
}

/// Two ways to say where a body ends are one too many.
std::optional<gate_refusal> check_framing(const http::request_header<>& header) {
  const auto encodings = header.count(http::field::transfer_encoding);
  const auto lengths = header.count(http::field::content_length);
  if (encodings > 0) {
    if (header.version() != 11)
      return refuse(400, "Transfer-Encoding needs HTTP/1.1");
    if (lengths > 0)
      return refuse(400, "both Transfer-Encoding and Content-Length");
    if (encodings > 1 ||
        !iequals(view(header.at(http::field::transfer_encoding)), "chunked"))
      return refuse(400, "Transfer-Encoding is not exactly chunked");
  }
  if (lengths > 1)
    return refuse(400, "more than one Content-Length");
  if (lengths == 1) {
    const auto text = view(header.at(http::field::content_length));
    if (text.empty() || text.size() > 15 ||
        !std::all_of(
            text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
      return refuse(400, "Content-Length is not a number");
  }
  if (header.count(http::field::content_encoding) > 0 &&
      !iequals(view(header.at(http::field::content_encoding)), "identity"))
    return refuse(415, "compressed request bodies are not accepted");
  return std::nullopt;
}

std::optional<gate_refusal> check_target(const http::request_header<>& header,
                                         const gate_limits& limits) {
  const auto target = view(header.target());
  if (target.size() > limits.url_bytes_max)
    return refuse(414, "the URL is too long");
  if (!is_target(target))
    return refuse(400, "a character that a URL may not hold");
  const auto origin = origin_form(target);
  if (origin.empty() || origin.front() != '/')
    return refuse(400, "the target is not a path");
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() == 11))
    return refuse(400, "exactly one Host is needed");
  if (hosts == 1) {
    const auto host = view(header.at(http::field::host));
    if (!is_host(host))
      return refuse(400, "Host is not a host");
    if (origin.data() != target.data()) {
      const auto scheme = target.find("://") + 3;
      const auto authority = target.substr(
          scheme, static_cast<std::size_t>(origin.data() - target.data()) - scheme);
      if (!iequals(authority, host))
        return refuse(400, "the target names another host");
    }
  }
  return std::nullopt;
}

} // namespace

header_scan::state header_scan::refuse(unsigned status, const char* reason) {
  refusal_ = {status, reason};
  return state::refused;
}

header_scan::state header_scan::look(std::string_view bytes, const gate_limits& limits) {
  while (seen_ < bytes.size()) {
    const auto* found = static_cast<const char*>(
        std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_));
    const auto end =
        found == nullptr ? bytes.size() : static_cast<std::size_t>(found - bytes.data());
    if (end >= limits.header_bytes_max)
      return refuse(431, "the header is too large");
    if (found == nullptr) {
      seen_ = bytes.size();
      break;
    }
    if (end == 0 || bytes[end - 1] != '\r')
      return refuse(400, "a line ends without carriage return");
    const auto line = bytes.substr(line_begin_, end - 1 - line_begin_);
    seen_ = line_begin_ = end + 1;
    if (line.empty()) {
      if (lines_ == 0)
        return refuse(400, "an empty request line");
      size_ = seen_;
      return state::ready;
    }
    if (line.front() == ' ' || line.front() == '\t')
      return refuse(400, "a folded header line");
    // The first line is the request line.
    if (++lines_ > limits.header_fields_max + 1)
      return refuse(431, "too many header lines");
  }
  return bytes.size() >= limits.header_bytes_max ? refuse(431, "the header is too large")
                                                 : state::need_more;
}

std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.empty() || target.front() == '/' || scheme == std::string_view::npos)
    return target;
  if (!iequals(target.substr(0, scheme), "http") &&
      !iequals(target.substr(0, scheme), "https"))
    return {};
  const auto path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view{} : target.substr(path);
}

std::optional<gate_refusal> check_header(const http::request_header<>& header,
                                         const gate_limits& limits) {
  if (header.version() != 10 && header.version() != 11)
    return refuse(400, "an unknown version of HTTP");
  if (!parse_method(view(header.method_string())))
    return refuse(405, "a method that nothing here knows");
  if (auto refusal = check_framing(header))
    return refusal;
  if (auto refusal = check_target(header, limits))
    return refusal;
  std::size_t fields = 0;
  for (const auto& field : header) {
    if (++fields > limits.header_fields_max)
      return refuse(431, "too many header lines");
    if (has_control(view(field.value())))
      return refuse(400, "a control character in a header");
  }
  if (header.count(http::field::expect) > 0 &&
      !iequals(view(header.at(http::field::expect)), "100-continue"))
    return refuse(417, "an unknown expectation");
  return std::nullopt;
}

} // namespace caly
