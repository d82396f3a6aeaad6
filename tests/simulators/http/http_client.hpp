#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace caly::sim {

struct http_call {
  std::string method = "POST";
  std::string url;
  field_list headers;
  std::string body;
  double timeout_s = 15; ///< Real seconds for the whole exchange.
};

struct http_result {
  int status = 0; ///< 0: no answer came, see `error`.
  std::string body;
  std::string error;
};

/// Sends requests over kept-alive connections, at most 64 to one origin. Certificates are
/// not checked: the peer is the machine's own node with a certificate of its own making.
class http_client {
public:
  using done = std::function<void(http_result)>;

  explicit http_client(boost::asio::io_context& io);
  ~http_client();

  /// `done` runs exactly once, never from within `send`. More than 200,000 waiting
  /// requests to one origin are refused with status 0.
  void send(http_call call, done on_done);

private:
  struct origin;
  struct shared;

  std::shared_ptr<shared> shared_;
};

} // namespace caly::sim
