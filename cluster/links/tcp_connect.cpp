#include "cluster/links/tcp_connect.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace caly {

namespace {

bool wait_connected(int fd, std::chrono::milliseconds limit) {
  pollfd waiting{fd, POLLOUT, 0};
  if (poll(&waiting, 1, static_cast<int>(limit.count())) != 1)
    return false;
  int failure = 0;
  socklen_t size = sizeof(failure);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

using addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

addresses look_up(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    found = nullptr;
  return {found, freeaddrinfo};
}

/// The port is chosen when connecting, where the pair of addresses need only be unique.
bool leave_from(int fd, const std::string& from) {
  const int one = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
  const auto source = look_up(from, 0);
  return source && bind(fd, source->ai_addr, source->ai_addrlen) == 0;
}

} // namespace

int tcp_connect(const std::string& host,
                int port,
                std::chrono::milliseconds limit,
                const std::string& from) {
  const auto target = look_up(host, port);
  if (!target)
    return -1;
  const int fd = socket(target->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
  if ((from.empty() || leave_from(fd, from)) &&
      (connect(fd, target->ai_addr, target->ai_addrlen) == 0 ||
       wait_connected(fd, limit)))
    return fd;
  close(fd);
  return -1;
}

} // namespace caly
