#pragma once

#include "tests/bench/peers/common/sockets.hpp"
#include "tests/bench/peers/common/websocket.hpp"

#include <string>
#include <string_view>

namespace caly::peers {

/// One WebSocket on an epoll set: bytes in, frames out, nothing else.
struct epoll_link {
  int fd = -1;
  bool client = false; ///< we opened it, so what we send is masked
  bool open = false;   ///< the upgrade is done
  std::string in;
  std::string out;
  std::size_t out_sent = 0;
  bool wants_write = false;
};

inline void close_link(int epoll, epoll_link& at) {
  if (at.fd < 0)
    return;
  epoll_ctl(epoll, EPOLL_CTL_DEL, at.fd, nullptr);
  close(at.fd);
  at.fd = -1;
  at.open = false;
}

inline void want_write(int epoll, epoll_link& at, bool wanted) {
  if (at.wants_write == wanted)
    return;
  at.wants_write = wanted;
  watch(epoll, at.fd, &at, wanted, EPOLL_CTL_MOD);
}

inline void put_bytes(int epoll, epoll_link& at, const char* data, std::size_t size) {
  if (at.fd < 0)
    return;
  if (at.out_sent < at.out.size()) {
    at.out.append(data, size);
    return;
  }
  auto sent = send(at.fd, data, size, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != ENOTCONN)
    return close_link(epoll, at);
  sent = std::max<ssize_t>(sent, 0);
  if (static_cast<std::size_t>(sent) == size)
    return;
  at.out.assign(data + sent, size - static_cast<std::size_t>(sent));
  at.out_sent = 0;
  want_write(epoll, at, true);
}

inline void flush_link(int epoll, epoll_link& at) {
  const auto sent =
      send(at.fd, at.out.data() + at.out_sent, at.out.size() - at.out_sent, MSG_NOSIGNAL);
  if (sent > 0)
    at.out_sent += static_cast<std::size_t>(sent);
  if (at.out_sent == at.out.size()) {
    at.out.clear();
    at.out_sent = 0;
    want_write(epoll, at, false);
  }
}

/// Sends `size` bytes at `text` as a frame; at least `header_bytes_max` bytes before it
/// are free.
inline void put_frame(int epoll, epoll_link& at, char* text, std::size_t size) {
  const char* begin = write_frame(text, size, at.client);
  put_bytes(epoll, at, begin, size + static_cast<std::size_t>(text - begin));
}

inline void put_text(int epoll, epoll_link& at, std::string_view text) {
  std::string frame(header_bytes_max, '\0');
  frame.append(text);
  put_frame(epoll, at, frame.data() + header_bytes_max, text.size());
}

/// Reads what has come and calls `opened` once and `message(frame)` for each frame.
/// Answers whether the link lives.
template <class Opened, class Message>
bool read_link(int epoll, epoll_link& at, Opened opened, Message message) {
  static char buffer[1 << 17];
  const auto got = recv(at.fd, buffer, sizeof buffer, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN)) {
    close_link(epoll, at);
    return false;
  }
  if (got < 0)
    return true;
  char* data = buffer;
  auto size = static_cast<std::size_t>(got);
  const bool kept = !at.in.empty();
  if (kept) {
    at.in.append(buffer, size);
    data = at.in.data();
    size = at.in.size();
  }
  std::size_t used = 0;
  if (!at.open) {
    const auto end = std::string_view{data, size}.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (!kept)
        at.in.assign(data, size);
      return true;
    }
    used = end + 4;
    const std::string head{data, used};
    const auto answer = at.client ? std::string{} : upgrade_answer(head);
    if (at.client ? head.find(" 101 ") == head.npos : answer.empty()) {
      close_link(epoll, at);
      return false;
    }
    put_bytes(epoll, at, answer.data(), answer.size());
    at.open = true;
    opened();
  }
  websocket_frame frame;
  while (at.fd >= 0) {
    const auto bytes = read_frame(data + used, size - used, frame);
    if (bytes == 0)
      break;
    message(frame);
    used += bytes;
  }
  if (at.fd < 0)
    return false;
  if (kept)
    at.in.erase(0, used);
  else
    at.in.assign(data + used, size - used);
  return true;
}

} // namespace caly::peers
