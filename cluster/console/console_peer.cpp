#include "cluster/console/console_peer.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/console/protocol.hpp"
#include "runtime/supervision/exit.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <chrono>

namespace caly {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t user_bytes_max = 64;

} // namespace

console_peer::console_peer(asio::ip::tcp::socket socket,
                           caf::actor_system& sys,
                           const console_options& console,
                           const console_server_options& options,
                           std::function<void(console_peer*)> on_closed)
    : socket_{std::move(socket)},
      deadline_{socket_.get_executor()},
      system_{sys},
      console_{console},
      options_{options},
      on_closed_{std::move(on_closed)},
      lines_{rate{options.lines_per_second_max,
                  std::chrono::seconds{1},
                  options.lines_per_second_max * 2}} {}

void console_peer::start() {
  deadline_.expires_after(options_.sign_in_timeout);
  deadline_.async_wait([keep = weak_from_this()](error_code ec) {
    if (const auto self = keep.lock(); self && !ec)
      self->close("no token in time");
  });
  read();
}

void console_peer::read() {
  asio::async_read_until(
      socket_,
      asio::dynamic_buffer(in_, options_.line_bytes_max),
      '\n',
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        if (self->closed_ || self->ending_)
          return;
        if (ec == asio::error::not_found) {
          self->refuse(caf::make_error(errc::too_large, "the line is too long"), "");
          return;
        }
        if (ec) {
          self->close("gone");
          return;
        }
        auto line = self->in_.substr(0, bytes - 1);
        self->in_.erase(0, bytes);
        if (line.ends_with('\r'))
          line.pop_back();
        self->take(std::move(line));
      });
}

void console_peer::take(std::string line) {
  if (lines_.take(std::chrono::steady_clock::now()).count() > 0) {
    refuse(caf::make_error(errc::rate_limited, "too many lines a second"), "");
    return;
  }
  if (session_)
    caf::anon_send(session_, console_input{std::move(line)});
  else
    sign_in(line);
  if (!closed_ && !ending_)
    read();
}

void console_peer::sign_in(const std::string& line) {
  const auto space = line.find(' ');
  const auto known =
      equal_constant_time(std::string_view{line}.substr(0, space), options_.token);
  if (!known) {
    spdlog::warn("console: refused a client reason={}", "wrong token");
    refuse(caf::make_error(errc::unauthorized, "wrong token"),
           "the first line is the token of settings console.token");
    return;
  }
  auto user = space == std::string::npos
                  ? std::string{}
                  : one_line(trim(std::string_view{line}.substr(space)), user_bytes_max);
  deadline_.cancel();
  open_session(user.empty() ? "console" : std::move(user));
}

void console_peer::open_session(std::string user) {
  user_ = std::move(user);
  spdlog::info("console: opened user={}", user_);
  const auto weak = weak_from_this();
  session_ = spawn_console_session(
      system_, console_, user_, options_.level_max, [weak](std::string line) {
        if (const auto self = weak.lock())
          self->write(std::move(line));
      });
  // A session that ended answers nobody: the client must notice.
  caf::actor_cast<caf::abstract_actor*>(session_)->attach_functor([weak] {
    if (const auto self = weak.lock())
      asio::post(self->socket_.get_executor(), [self] { self->close("session ended"); });
  });
}

void console_peer::write(std::string line) {
  asio::post(socket_.get_executor(),
             [self = shared_from_this(), line = std::move(line)]() mutable {
               self->queue(std::move(line));
             });
}

void console_peer::queue(std::string line) {
  if (closed_)
    return;
  line += '\n';
  out_bytes_ += line.size();
  out_.push_back(std::move(line));
  if (out_bytes_ > options_.out_bytes_max) {
    close("does not read");
    return;
  }
  flush();
}

void console_peer::flush() {
  if (writing_ || closed_)
    return;
  if (out_.empty()) {
    if (ending_)
      close("refused");
    return;
  }
  writing_ = true;
  asio::async_write(socket_,
                    asio::buffer(out_.front()),
                    [self = shared_from_this()](error_code ec, std::size_t) {
                      self->writing_ = false;
                      if (ec) {
                        self->close("gone");
                        return;
                      }
                      self->out_bytes_ -= self->out_.front().size();
                      self->out_.pop_front();
                      self->flush();
                    });
}

void console_peer::refuse(const caf::error& reason, const char* hint) {
  queue(console_failure("null", console_level::observe, reason, hint));
  ending_ = true;
  flush();
}

void console_peer::close(const char* why) {
  if (std::exchange(closed_, true))
    return;
  if (session_) {
    spdlog::info("console: closed user={} reason={}", user_, why);
    kill_actor(std::exchange(session_, nullptr), caf::exit_reason::user_shutdown);
  }
  error_code ignored;
  deadline_.cancel(ignored);
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  on_closed_(this);
}

} // namespace caly
