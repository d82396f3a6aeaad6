#pragma once

#include "net/http/request.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Who may use a route. There is no default: a route without a policy does not compile.
enum class route_policy : std::uint8_t {
  open,    ///< anybody
  webhook, ///< a provider; the handler itself proves who it is
  viewer,
  operator_,
  admin,
  owner,
};

std::string_view to_string(route_policy policy);

/// The role that a policy asks for; `none` for `open` and `webhook`.
user_role role_of(route_policy policy);

/// How a route takes the body of its requests.
enum class body_kind : std::uint8_t {
  none,   ///< a body is refused
  json,   ///< `application/json` only, kept in memory
  raw,    ///< any content type, kept in memory
  upload, ///< multipart/form-data: fields in memory, the file on disk
};

struct websocket_upgrade;

using request_handler = std::function<void(const request_ptr&)>;
using websocket_acceptor = std::function<void(websocket_upgrade)>;

struct route {
  http_method method = http_method::get;
  std::string pattern; ///< `/api/calls/:id`; a `:name` takes one segment
  route_policy policy = route_policy::owner;
  body_kind body = body_kind::none;
  std::size_t body_bytes_max = 0;
  request_handler handler{};
  websocket_acceptor acceptor{}; ///< set for WebSocket routes instead of `handler`
  std::size_t index = 0;         ///< place in `router::routes()`
};

/// Finds the route of a request. Filled before the server starts, then only read.
class router {
public:
  struct match {
    const route* found = nullptr;
    std::vector<std::pair<std::string_view, std::string>> params;
    /// Other methods of the same path; for 405.
    std::string allowed;
  };

  /// Adds a route; the same method and pattern twice is a bug and throws.
  void add(route x);

  void get(std::string pattern, route_policy policy, request_handler handler);

  /// Takes WebSocket handshakes on `pattern`.
  void websocket(std::string pattern, route_policy policy, websocket_acceptor acceptor);

  /// `path` is still percent-encoded. HEAD finds the routes of GET.
  match find(http_method method, std::string_view path) const;

  const std::vector<std::unique_ptr<route>>& routes() const noexcept { return routes_; }

private:
  struct entry {
    const route* target;
    std::vector<std::string> segments;
    std::size_t params = 0;
  };

  std::vector<std::unique_ptr<route>> routes_;
  /// By number of segments; within one the more specific pattern first.
  std::map<std::size_t, std::vector<entry>> entries_;
};

} // namespace caly
