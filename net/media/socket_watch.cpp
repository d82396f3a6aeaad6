#include "net/media/socket_watch.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace caly {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Of one look; the rest comes with the next turn of the thread.
constexpr int events_max = 256;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

int make_epoll() {
  const int made = epoll_create1(EPOLL_CLOEXEC);
  if (made < 0)
    throw std::system_error{errno, std::system_category(), "epoll_create1"};
  return made;
}

} // namespace

// -- socket_watch

asio::execution_context::id socket_watch::id;

socket_watch::socket_watch(asio::execution_context& context)
    : service{context}, epoll_{static_cast<asio::io_context&>(context), make_epoll()} {}

socket_watch::~socket_watch() = default;

void socket_watch::shutdown() {
  // They may own sockets, which take themselves off.
  const auto gone = std::exchange(entries_, {});
}

socket_watch::entry* socket_watch::add(int socket, listener on_ready) {
  auto made = std::make_unique<entry>(entry{std::move(on_ready)});
  auto* const known = made.get();
  epoll_event what{};
  what.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  what.data.ptr = known;
  if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &what) != 0)
    return nullptr;
  entries_.emplace(known, std::move(made));
  wait();
  return known;
}

void socket_watch::remove(entry* known, int socket) {
  auto gone = entries_.extract(known);
  if (gone.empty())
    return;
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
  known->gone = true;
  if (looking_)
    gone_.push_back(std::move(gone));
  if (!entries_.empty())
    return;
  // Nothing keeps the context running for its own sake.
  error_code ignored;
  epoll_.cancel(ignored);
}

bool socket_watch::tell_after_look(entry* known) {
  if (looking_)
    after_look_.push_back(known);
  return looking_;
}

void socket_watch::wait() {
  if (by_hand_ || entries_.empty() || std::exchange(waiting_, true))
    return;
  epoll_.async_wait(descriptor::wait_read, [this](error_code) {
    waiting_ = false;
    if (!by_hand_)
      look();
  });
}

void socket_watch::look_by_hand(bool by_hand) {
  by_hand_ = by_hand;
  wait();
}

void socket_watch::look() {
  epoll_event events[events_max];
  const int count = epoll_wait(epoll_.native_handle(), events, events_max, 0);
  looking_ = true;
  for (int i = 0; i < count; ++i) {
    const auto is = [&](std::uint32_t what) { return (events[i].events & what) != 0; };
    if (auto* const known = static_cast<entry*>(events[i].data.ptr); !known->gone)
      known->on_ready(
          {is(EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR), is(EPOLLOUT), false});
  }
  // Those who are told may ask again.
  for (std::size_t i = 0; i < after_look_.size(); ++i)
    if (auto* const known = after_look_[i]; !known->gone)
      known->on_ready({false, false, true});
  after_look_.clear();
  looking_ = false;
  gone_.clear();
  wait();
}

// -- watched_socket

watched_socket::watched_socket(asio::io_context& io,
                               int socket,
                               socket_watch::listener on_ready,
                               error_code& ec)
    : watch_{asio::use_service<socket_watch>(io)}, socket_{socket} {
  entry_ = watch_.add(socket, std::move(on_ready));
  if (entry_ == nullptr)
    ec = last_error();
}

watched_socket::~watched_socket() {
  watch_.remove(entry_, socket_);
  ::close(socket_);
}

std::size_t watched_socket::read(void* to, std::size_t size, error_code& ec) {
  const auto got = ::recv(socket_, to, size, 0);
  if (got > 0)
    return static_cast<std::size_t>(got);
  ec = got == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

std::size_t watched_socket::write(std::string_view bytes, error_code& ec) {
  const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0)
    return static_cast<std::size_t>(sent);
  ec = last_error();
  return 0;
}

void watched_socket::end_writing() {
  ::shutdown(socket_, SHUT_WR);
}

} // namespace caly
