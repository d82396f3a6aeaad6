#pragma once

#include "runtime/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Finds out, without blocking, whether a request is still wanted, and tells `answer`
/// once, from any thread.
using http_check = std::function<void(std::function<void(bool)> answer)>;

struct http_call {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers; ///< "Name: value"
  std::string user;                 ///< with `password`: HTTP Basic
  std::string password;
  std::string body;
  std::chrono::milliseconds deadline{10'000};
  /// A connection of its own, used once: nothing is silently sent again on a dead one.
  bool fresh_connection = false;
  /// Not started after this moment (the fuse); zero: any time. Looked at again when the
  /// connection stands, right before the first byte.
  boot_clock::time_point not_after{};
  /// For a request with a body, which nobody can act upon without it: asked when the
  /// connection stands and the header is out. The body leaves only after a yes, within
  /// `not_after`. Empty: not asked.
  http_check still_wanted;

  /// For traces: without secrets.
  template <class Inspector>
  friend auto inspect(Inspector& f, http_call& x) {
    return f(x.method, x.url);
  }
};

enum class http_outcome : std::uint8_t {
  answered,   ///< a status line and a body arrived
  never_sent, ///< provably not a byte of the request left this process
  too_late,   ///< `not_after` passed first, or it was not wanted any more; it never left
              ///< whole
  unknown,    ///< it may have been received and acted upon
};

struct http_answer {
  http_outcome outcome = http_outcome::unknown;
  int status = 0;
  std::string body; ///< Of a streamed answer only what was not handed on in pieces.
  std::int32_t retry_after_s = 0;
  std::string etag{};  ///< as it came, with its quotes
  std::string problem; ///< for people, when not answered

  template <class Inspector>
  friend auto inspect(Inspector& f, http_answer& x) {
    return f(x.status, x.retry_after_s, x.problem);
  }
};

/// Who takes an answer as it comes. Both are called on the client's thread and must not
/// block; `http_stream` brings them to another one.
struct http_taker {
  /// Of a body with status 2xx that is neither JSON nor HTML; such ones, and those of
  /// errors, come whole with `done`. False: no room; the same piece comes again after
  /// `http_client::resume`.
  std::function<bool(std::string_view)> piece;
  std::function<void(http_answer)> done; ///< Once, the last.
  /// More in all ends the request; its outcome is `unknown`.
  std::size_t bytes_max = 16 << 20;
};

/// Calls providers over HTTP on one thread of its own; connections are kept and used
/// again. Never follows redirects, never sends a request twice. At most `in_flight_max`
/// requests run or wait; more are `never_sent`.
class http_client {
public:
  static constexpr std::size_t body_bytes_max = 1 << 20;
  static constexpr std::size_t in_flight_max = 4096;

  http_client();
  /// Cuts what still runs; those requests are answered `unknown`.
  ~http_client();

  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// `done` is called once, on the client's thread; it must not block.
  void submit(http_call call, std::function<void(http_answer)> done);

  /// Answers a number for the two calls below, which may come from any thread and do
  /// nothing when the request is over.
  std::uint64_t stream(http_call call, http_taker taker);
  void resume(std::uint64_t number);
  /// Ends the request and closes its connection or HTTP/2 stream, so that the service
  /// stops; `done` tells `unknown`.
  void cancel(std::uint64_t number);

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace caly
