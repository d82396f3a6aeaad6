#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly {

/// The plain sockets of a media thread, looked at all together: one turn of the thread
/// handles what arrived on any of them, with one system call for each socket. (Asio tries
/// every read a second time, which is one more for each frame of audio.)
///
/// A service of the thread's context: `asio::use_service<socket_watch>(io)`. One thread.
class socket_watch : public boost::asio::execution_context::service {
public:
  struct readiness {
    bool to_read = false; ///< Or it is over; reading tells.
    bool to_write = false;
    bool look_over = false; ///< What was asked for with `tell_after_look`.
  };

  /// Told once each time when something changes: it has to read until it gets less than
  /// it asked for. Never within `add`.
  using listener = std::function<void(readiness)>;

  struct entry {
    listener on_ready;
    bool gone = false;
  };

  static boost::asio::execution_context::id id;

  explicit socket_watch(boost::asio::execution_context& context);
  ~socket_watch() override;

  /// null: the system watches no more sockets.
  entry* add(int socket, listener on_ready);
  /// The listener is forgotten, though it may be the one who asks.
  void remove(entry* known, int socket);

  /// False: nobody is being told anything now.
  bool tell_after_look(entry* known);

  /// Tells everybody once what there is now. The context does this by itself as soon as
  /// there is something, unless it is done `by_hand`.
  void look();
  void look_by_hand(bool by_hand);

private:
  void shutdown() override;
  void wait();

  using descriptor =
      boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  using entries = std::unordered_map<entry*, std::unique_ptr<entry>>;

  descriptor epoll_;
  entries entries_;
  std::vector<entry*> after_look_;
  std::vector<entries::node_type> gone_; ///< In this look.
  bool looking_ = false;
  bool waiting_ = false;
  bool by_hand_ = false;
};

/// A connected socket under watch; closed with its owner.
class watched_socket {
public:
  using error_code = boost::system::error_code;

  /// Takes `socket` over, which does not block. Sets `ec` when it cannot be watched.
  watched_socket(boost::asio::io_context& io,
                 int socket,
                 socket_watch::listener on_ready,
                 error_code& ec);
  ~watched_socket();

  watched_socket(const watched_socket&) = delete;
  watched_socket& operator=(const watched_socket&) = delete;

  /// At most `size` bytes. `would_block`: nothing is there now; `eof`: the other side
  /// ended.
  std::size_t read(void* to, std::size_t size, error_code& ec);
  /// What the system took of it at once, perhaps nothing.
  std::size_t write(std::string_view bytes, error_code& ec);
  /// The other side reads the end of what was written.
  void end_writing();

  /// The listener is told once more after everybody else; false: not from within a look.
  bool tell_after_look() { return watch_.tell_after_look(entry_); }

private:
  socket_watch& watch_;
  const int socket_;
  socket_watch::entry* entry_ = nullptr;
};

} // namespace caly
