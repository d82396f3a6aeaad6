#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly::sim {

using field_list = std::vector<std::pair<std::string, std::string>>;

/// The first value of `name`, or "".
std::string_view field(const field_list& fields, std::string_view name);
/// All values of `name`, in order.
std::vector<std::string> fields_named(const field_list& fields, std::string_view name);

/// `a=1&b=2`, decoded; a form body turns `+` into a space.
field_list parse_form(std::string_view text);
std::string render_form(const field_list& fields);

struct http_request {
  std::string method;
  std::string path; ///< Without the query.
  field_list query;
  field_list headers;
  std::string body;

  /// Header names are compared without case; "" when there is none.
  std::string_view header(std::string_view name) const;
};

struct http_response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  field_list headers;
};

class web_socket;

/// The body of an answer that is written piece by piece.
class body_stream {
public:
  virtual ~body_stream() = default;

  virtual void send(std::string_view piece) = 0;
  /// The body is whole.
  virtual void end() = 0;
  /// The client hung up: nothing more has to be made.
  virtual bool gone() const = 0;
};

/// One request and the way to answer it, now or later, at most once.
class http_exchange {
public:
  virtual ~http_exchange() = default;

  virtual const http_request& request() const = 0;
  virtual void reply(http_response response) = 0;
  /// Answers with a body in pieces; that of `head` is not used.
  virtual std::shared_ptr<body_stream> stream(const http_response& head) = 0;
  /// Cuts the connection with a TCP reset.
  virtual void reset() = 0;
  /// Never answers; the connection stays open for two minutes.
  virtual void hold() = 0;

  virtual bool wants_web_socket() const = 0;
  /// Accepts the upgrade; `opened` gets the socket, or null when the peer went away.
  virtual void
  upgrade(std::function<void(const std::shared_ptr<web_socket>&)> opened) = 0;
};

using exchange_ptr = std::shared_ptr<http_exchange>;
using http_handler = std::function<void(const exchange_ptr&)>;

/// A response of JSON text.
http_response json_response(int status, std::string body);

/// The path cut at its slashes: "/a/b" -> {"a", "b"}.
std::vector<std::string_view> path_parts(std::string_view path);

/// User and password of a Basic `Authorization` header; empty when there is none.
std::pair<std::string, std::string> basic_credentials(const http_request& request);
/// The token of a Bearer `Authorization` header; empty when there is none.
std::string_view bearer_token(const http_request& request);

} // namespace caly::sim
