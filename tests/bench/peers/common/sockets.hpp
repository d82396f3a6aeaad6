#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/// Non-blocking TCP on loopback with nothing around it.
namespace caly::peers {

inline void no_delay(int fd) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

[[noreturn]] inline void give_up(const char* what) {
  std::perror(what);
  std::_Exit(2);
}

inline int listen_at(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const auto address = loopback(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, 4096) != 0)
    give_up("listen");
  return fd;
}

/// Starts connecting; writable when it is done.
inline int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    give_up("connect");
  no_delay(fd);
  return fd;
}

/// The next connection, or -1.
inline int accept_from(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0)
    no_delay(fd);
  return fd;
}

inline void watch(int epoll, int fd, void* owner, bool writable, int how) {
  epoll_event event{};
  event.events = EPOLLIN | (writable ? static_cast<unsigned>(EPOLLOUT) : 0U);
  event.data.ptr = owner;
  epoll_ctl(epoll, how, fd, &event);
}

inline void allow_many_sockets() {
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit files{65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
}

/// Waits for events until a time of `now_ns()`; answers how many came.
inline int wait_until(
    int epoll, epoll_event* events, int count, std::uint64_t until, std::uint64_t now) {
  const auto left = until > now ? until - now : 0;
  const timespec time{static_cast<time_t>(left / 1'000'000'000),
                      static_cast<long>(left % 1'000'000'000)};
  return epoll_pwait2(epoll, events, count, &time, nullptr);
}

} // namespace caly::peers
