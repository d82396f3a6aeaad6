#include "cluster/links/link_socket.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/openssl/session.hpp>
#include <spdlog/spdlog.h>

#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <list>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

namespace caly {

namespace {

namespace net = caf::io::network;
using clock = std::chrono::steady_clock;

/// A connection that came in has so long to say who it is.
constexpr auto silent_max = std::chrono::seconds{5};

struct tls_policy {
  caf::openssl::session_ptr session;

  net::rw_state
  read_some(std::size_t& count, net::native_socket fd, void* into, std::size_t max) {
    ERR_clear_error();
    return session->read_some(count, fd, into, max);
  }

  net::rw_state write_some(std::size_t& count,
                           net::native_socket fd,
                           const void* from,
                           std::size_t size) {
    ERR_clear_error();
    return session->write_some(count, fd, from, size);
  }

  bool must_read_more(net::native_socket fd, std::size_t threshold) {
    return session->must_read_more(fd, threshold);
  }
};

/// One end of a link.
class link_end : public caf::io::scribe {
public:
  using scribe::scribe;

  ~link_end() override { *alive_ = nullptr; }

  virtual bool heard() const = 0;
  virtual void refuse(const std::string& why) = 0;

  /// Null once the connection is gone. Only for the thread of the sockets.
  std::shared_ptr<link_end*> alive() const { return alive_; }

private:
  std::shared_ptr<link_end*> alive_ = std::make_shared<link_end*>(this);
};

std::string address_of(int fd) {
  auto text = net::remote_addr_of_fd(fd);
  return text ? *text : "unknown";
}

template <class Policy>
class guarded_scribe : public link_end {
public:
  guarded_scribe(net::default_multiplexer& backend,
                 net::native_socket fd,
                 Policy policy,
                 const link_bounds& bounds)
      : link_end{net::conn_hdl_from_socket(fd)},
        bounds_{bounds},
        backend_{backend},
        stream_{backend, fd, std::move(policy)},
        address_{address_of(fd)} {}

  // -- what BASP asks for

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (launched_)
      return;
    launched_ = true;
    stream_.start(this);
    stream_.force_empty_write(this); // a TLS handshake may have to be gone on with
  }

  void ack_writes(bool) override {} // BASP never asks for them

  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }

  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }

  void flush() override {
    if (stream_.wr_buf().size() > bounds_.unsent_bytes_max)
      refuse("it does not read what is sent to it");
    else
      stream_.flush(this);
  }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&backend_, false);
  }

  std::string addr() const override { return address_; }

  std::uint16_t port() const override {
    auto number = net::remote_port_of_fd(stream_.fd());
    return number ? *number : 0;
  }

  void add_to_loop() override { stream_.activate(this); }

  void remove_from_loop() override { stream_.passivate(); }

  // -- what the socket brings

  bool consume(caf::execution_unit* unit, const void* data, std::size_t size) override {
    if (refused_)
      return false;
    if (const auto why = reject(static_cast<const unsigned char*>(data), size);
        !why.empty()) {
      refuse(why);
      return false;
    }
    heard_ = true;
    return scribe::consume(unit, data, size);
  }

  bool heard() const override { return heard_; }

  void refuse(const std::string& why) override {
    if (std::exchange(refused_, true))
      return;
    spdlog::warn("links: refused a connection address={} reason={}", address_, why);
    // Not now: the broker may be at work on this very connection.
    backend_.post([self = caf::intrusive_ptr<guarded_scribe>{this}] {
      self->io_failure(&self->backend_, net::operation::read);
      ::shutdown(self->stream_.fd(), SHUT_RDWR); // wakes the loop, which lets go of it
    });
  }

protected:
  caf::message detach_message() override {
    if (!heard_ && !std::exchange(refused_, true))
      spdlog::warn("links: refused a connection address={} reason={}",
                   address_,
                   "it ended before it had said who it is");
    return scribe::detach_message();
  }

private:
  /// BASP reads a header, and its payload where there is one, in turn.
  std::string reject(const unsigned char* data, std::size_t size) {
    if (std::exchange(payload_is_due_, false))
      return {};
    if (size != caf::io::basp::header_size)
      return "not a header";
    std::uint32_t length = 0;
    std::memcpy(&length, data + 4, sizeof(length));
    length = ntohl(length);
    const auto kind = static_cast<caf::io::basp::message_type>(data[0]);
    if (length == 0 && (kind == caf::io::basp::message_type::server_handshake ||
                        kind == caf::io::basp::message_type::client_handshake))
      return "a handshake without a body";
    if (length > bounds_.message_bytes_max)
      return "a message of " + std::to_string(length) + " bytes; at most " +
             std::to_string(bounds_.message_bytes_max) + " are read";
    payload_is_due_ = length > 0;
    return {};
  }

  link_bounds bounds_;
  net::default_multiplexer& backend_;
  net::stream_impl<Policy> stream_;
  std::string address_;
  bool launched_ = false;
  bool heard_ = false;
  bool refused_ = false;
  bool payload_is_due_ = false;
};

net::default_multiplexer& backend_of(caf::actor_system& sys) {
  return dynamic_cast<net::default_multiplexer&>(sys.middleman().backend());
}

/// Null when there is no TLS session to be had; the socket is still the caller's then.
caf::intrusive_ptr<link_end> make_end(
    caf::actor_system& sys, int fd, bool tls, bool came_in, const link_bounds& bounds) {
  auto& backend = backend_of(sys);
  if (!tls)
    return caf::make_counted<guarded_scribe<caf::policy::tcp>>(
        backend, fd, caf::policy::tcp{}, bounds);
  ERR_clear_error();
  auto session = caf::openssl::make_session(sys, fd, came_in);
  if (!session)
    return nullptr;
  return caf::make_counted<guarded_scribe<tls_policy>>(
      backend, fd, tls_policy{std::move(session)}, bounds);
}

class guarded_doorman : public net::doorman_impl {
public:
  guarded_doorman(net::default_multiplexer& backend,
                  int fd,
                  bool tls,
                  const link_bounds& bounds)
      : doorman_impl{backend, fd}, tls_{tls}, bounds_{bounds} {}

  bool new_connection() override {
    if (detached())
      return false;
    const int fd = acceptor_.accepted_socket();
    tidy();
    if (inside_.size() >= bounds_.connections_max) {
      refuse(fd, "too many connections");
      return true;
    }
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    net::nonblocking(fd, true);
    auto end = make_end(parent()->system(), fd, tls_, true, bounds_);
    if (!end) {
      refuse(fd, "no TLS handshake with a certificate of this cluster");
      return true;
    }
    inside_.push_back({end->alive(), clock::now()});
    const auto handle = end->hdl();
    parent()->add_scribe(caf::io::scribe_ptr{end.get()});
    return doorman::new_connection(&acceptor_.backend(), handle);
  }

private:
  struct guest {
    std::shared_ptr<link_end*> end;
    clock::time_point came;
  };

  static void refuse(int fd, const char* why) {
    spdlog::warn("links: refused a connection address={} reason={}", address_of(fd), why);
    close(fd);
  }

  /// Forgets those that left and sees out those that say nothing.
  void tidy() {
    const auto now = clock::now();
    std::erase_if(inside_, [](const guest& each) { return !*each.end; });
    for (const auto& each : inside_)
      if (auto* end = *each.end; !end->heard() && now - each.came > silent_max)
        end->refuse("it does not say who it is");
  }

  bool tls_;
  link_bounds bounds_;
  std::list<guest> inside_;
};

} // namespace

caf::io::scribe_ptr
make_link_socket(caf::actor_system& sys, int fd, bool tls, const link_bounds& bounds) {
  auto end = make_end(sys, fd, tls, false, bounds);
  return caf::io::scribe_ptr{end.get()};
}

caf::io::doorman_ptr make_link_doorman(caf::actor_system& sys,
                                       const std::string& host,
                                       std::uint16_t port,
                                       bool tls,
                                       const link_bounds& bounds,
                                       std::string& why) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    why = host + " is no IPv4 address";
    return nullptr;
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
      bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, SOMAXCONN) != 0) {
    why = std::strerror(errno);
    if (fd >= 0)
      close(fd);
    return nullptr;
  }
  return caf::make_counted<guarded_doorman>(backend_of(sys), fd, tls, bounds);
}

} // namespace caly
