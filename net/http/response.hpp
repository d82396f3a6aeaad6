#pragma once

#include "runtime/base/clock.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Gives the next piece of a body that is too large to build at once. An empty piece ends
/// the body; an error cuts the connection, so that a half answer never looks whole.
using body_source = std::function<void(std::function<void(caf::expected<std::string>)>)>;

inline constexpr const char* json_content_type = "application/json; charset=utf-8";

struct http_response {
  unsigned status = 200;
  std::string content_type = json_content_type;
  std::string body{};
  /// A body that many responses share; used when `body` is empty.
  std::shared_ptr<const std::string> shared_body{};
  /// Takes precedence over both.
  body_source source{};
  /// Beside those that every response has. Values must not come from outside unchecked.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Ends the connection after this response.
  bool close = false;
  /// The page's own content security policy; empty: nothing may be loaded at all.
  std::string content_security_policy{};

  http_response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

/// `Not Found` for 404.
std::string_view reason_phrase(unsigned status);

/// What the head of a response depends on beside the response itself.
struct response_frame {
  std::string_view correlation_id;
  wall_time now;
  bool keep_alive = true;
  /// HTTP/1.0 knows no chunks: a streamed body ends with the connection.
  bool chunked = false;
};

/// The status line and all header lines, the empty line included.
std::string make_head(const http_response& response, const response_frame& frame);

} // namespace caly
