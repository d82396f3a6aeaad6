#pragma once

#include "net/client/http_client.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace caly {

/// A request whose answer comes piece by piece to the one thread of an `io_context`, on
/// which it is made, used and destroyed. Who destroys it ends the request and is told
/// nothing more, even from within a handler. What was not taken yet is bounded: the
/// service waits while the thread is busy.
class http_stream {
public:
  struct handlers {
    /// As `http_taker::piece`, but takes everything.
    std::function<void(std::string_view)> piece;
    std::function<void(http_answer)> done; ///< Once, the last.
  };

  static constexpr std::size_t waiting_bytes_max = 256 << 10;

  /// Neither handler is called from within. `io` outlives the stream.
  http_stream(std::shared_ptr<http_client> client,
              boost::asio::io_context& io,
              http_call call,
              handlers tell,
              std::size_t bytes_max = 16 << 20);
  ~http_stream();

  http_stream(const http_stream&) = delete;
  http_stream& operator=(const http_stream&) = delete;

private:
  struct shared;

  std::shared_ptr<http_client> client_;
  std::shared_ptr<shared> shared_;
};

} // namespace caly
