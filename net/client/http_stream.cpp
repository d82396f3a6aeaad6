#include "net/client/http_stream.hpp"

#include <boost/asio/post.hpp>

#include <mutex>
#include <optional>
#include <utility>

namespace caly {

/// What the client's thread leaves for the owner's.
struct http_stream::shared : std::enable_shared_from_this<http_stream::shared> {
  std::mutex mutex;
  boost::asio::io_context* io = nullptr; ///< Null once the owner has gone.
  std::string waiting;
  std::optional<http_answer> answer;
  bool full = false;
  bool posted = false;

  // Of the owner's thread.
  handlers tell;
  http_client* client = nullptr; ///< Null once the owner has gone.
  std::uint64_t number = 0;

  // -- on the client's thread

  bool take(std::string_view piece) {
    const std::lock_guard lock{mutex};
    if (io == nullptr)
      return true;
    full = waiting.size() + piece.size() > waiting_bytes_max;
    if (full)
      return false;
    waiting += piece;
    post();
    return true;
  }

  void finish(http_answer last) {
    const std::lock_guard lock{mutex};
    if (io == nullptr)
      return;
    answer = std::move(last);
    post();
  }

  /// Under the mutex, so that nothing is posted once the owner has gone.
  void post() {
    if (!std::exchange(posted, true))
      boost::asio::post(*io, [self = shared_from_this()] { self->deliver(); });
  }

  // -- on the owner's thread

  void deliver() {
    std::string pieces;
    std::optional<http_answer> last;
    bool was_full = false;
    {
      const std::lock_guard lock{mutex};
      pieces.swap(waiting);
      last.swap(answer);
      was_full = std::exchange(full, false);
      posted = false;
    }
    if (client != nullptr && was_full)
      client->resume(number);
    if (client != nullptr && !pieces.empty())
      tell.piece(pieces);
    if (client != nullptr && last)
      tell.done(std::move(*last));
  }
};

http_stream::http_stream(std::shared_ptr<http_client> client,
                         boost::asio::io_context& io,
                         http_call call,
                         handlers tell,
                         std::size_t bytes_max)
    : client_{std::move(client)}, shared_{std::make_shared<shared>()} {
  shared_->io = &io;
  shared_->tell = std::move(tell);
  shared_->client = client_.get();
  http_taker taker;
  taker.piece = [kept = shared_](std::string_view piece) { return kept->take(piece); };
  taker.done = [kept = shared_](http_answer answer) { kept->finish(std::move(answer)); };
  taker.bytes_max = bytes_max;
  shared_->number = client_->stream(std::move(call), std::move(taker));
}

http_stream::~http_stream() {
  {
    const std::lock_guard lock{shared_->mutex};
    shared_->io = nullptr;
  }
  shared_->client = nullptr;
  client_->cancel(shared_->number);
}

} // namespace caly
