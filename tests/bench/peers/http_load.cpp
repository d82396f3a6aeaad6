// HTTP/1.1 keep-alive load on raw epoll sockets, one thread, replaying a file of requests
// (each behind its length as a 32-bit number, little endian).
//   http_load PORT FILE CONNECTIONS RATE WARM_S SECONDS [again]
// RATE 0 is a closed loop: each connection sends as soon as it has its answer. Otherwise
// requests start at that many a second and a latency counts from when one was due. The
// load ends early when the file does, unless `again` starts it over.

#include "tests/bench/peers/common/sockets.hpp"
#include "tests/bench/peers/common/window.hpp"

#include <cstring>
#include <deque>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace caly::peers {

namespace {

struct connection {
  int fd = -1;
  std::uint64_t due = 0;     ///< when its request was to start
  std::string head;          ///< of an answer that is not complete
  std::size_t body_left = 0; ///< bytes of the body still to come
};

/// The file, request after request.
class requests {
public:
  requests(const char* path, bool again) : again_{again} {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    struct stat facts {};

    if (fd < 0 || fstat(fd, &facts) != 0 || facts.st_size == 0)
      give_up(path);
    size_ = static_cast<std::size_t>(facts.st_size);
    data_ = static_cast<const char*>(
        mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0));
    if (data_ == MAP_FAILED)
      give_up("mmap");
  }

  /// Empty when all were sent.
  std::string_view next() {
    if (at_ + 4 > size_) {
      if (!again_)
        return {};
      at_ = 0;
    }
    std::uint32_t length;
    std::memcpy(&length, data_ + at_, 4);
    const std::string_view out{data_ + at_ + 4, length};
    at_ += 4 + length;
    return out;
  }

private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t at_ = 0;
  bool again_;
};

struct plan {
  int port;
  int connections;
  double rate;
  double warm_s;
  double seconds;
};

class load {
public:
  load(const plan& what, requests& source) : plan_{what}, source_{source} {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < plan_.connections; ++i) {
      all_.push_back(std::make_unique<connection>());
      auto& each = *all_.back();
      each.fd = connect_to(plan_.port);
      watch(epoll_, each.fd, &each, false, EPOLL_CTL_ADD);
      idle_.push_back(&each);
    }
    latencies_.reserve(1 << 20);
    usleep(200'000);
  }

  void run() {
    const auto start = now_ns();
    const auto measure_from = start + static_cast<std::uint64_t>(plan_.warm_s * 1e9);
    const auto end = measure_from + static_cast<std::uint64_t>(plan_.seconds * 1e9);
    if (plan_.rate == 0)
      while (!idle_.empty() && !empty_)
        send_next(start);
    std::uint64_t began = 0;
    std::uint64_t sent = 0;
    epoll_event events[256];
    for (;;) {
      const auto now = now_ns();
      if (!measuring_ && now >= measure_from) {
        measuring_ = true;
        began = now;
        begin_window();
      }
      if (now >= end || (empty_ && idle_.size() == all_.size()))
        break;
      auto wake = measuring_ ? end : measure_from;
      for (; plan_.rate > 0; ++sent) {
        const auto due = start + static_cast<std::uint64_t>(static_cast<double>(sent) *
                                                            1e9 / plan_.rate);
        if (due > now) {
          wake = std::min(wake, due);
          break;
        }
        late_.push_back(due);
      }
      while (!late_.empty() && !idle_.empty() && !empty_) {
        send_next(late_.front());
        late_.pop_front();
      }
      const int count = wait_until(epoll_, events, 256, wake, now_ns());
      for (int i = 0; i < count; ++i)
        on_readable(*static_cast<connection*>(events[i].data.ptr));
    }
    if (!measuring_)
      begin_window();
    report(static_cast<double>(now_ns() - (began != 0 ? began : start)) / 1e9);
  }

private:
  void send_next(std::uint64_t due) {
    const auto text = source_.next();
    if (text.empty()) {
      empty_ = true;
      return;
    }
    auto& at = *idle_.front();
    idle_.pop_front();
    at.due = due;
    if (send(at.fd, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
      give_up("send");
  }

  void on_readable(connection& at) {
    static char buffer[1 << 18];
    const auto got = recv(at.fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN)
      return;
    if (got <= 0) {
      std::fprintf(stderr, "a connection closed after %zu answers\n", answers_);
      std::_Exit(1);
    }
    auto size = static_cast<std::size_t>(got);
    if (at.body_left > 0) {
      at.body_left -= std::min(at.body_left, size);
      if (at.body_left > 0)
        return;
    } else if (!read_head(at, {buffer, size})) {
      return;
    }
    at.head.clear();
    ++answers_;
    const auto now = now_ns();
    if (measuring_) {
      ++measured_;
      latencies_.push_back(static_cast<std::uint32_t>((now - at.due) / 1000));
    }
    idle_.push_back(&at);
    if (plan_.rate == 0 && !empty_)
      send_next(now);
  }

  /// Whether the whole answer is there; counts what is not a success.
  bool read_head(connection& at, std::string_view piece) {
    at.head.append(piece);
    const auto end = at.head.find("\r\n\r\n");
    if (end == at.head.npos)
      return false;
    constexpr std::string_view name = "content-length:";
    const auto* length = strcasestr(at.head.c_str(), name.data());
    const std::size_t body =
        length == nullptr ? 0 : std::strtoul(length + name.size(), nullptr, 10);
    if (at.head.size() < 10 || at.head[9] != '2') {
      if (bad_++ == 0)
        std::fprintf(stderr, "%s\n", at.head.substr(0, 600).c_str());
    }
    const auto whole = end + 4 + body;
    if (at.head.size() >= whole)
      return true;
    at.body_left = whole - at.head.size();
    return false;
  }

  void report(double seconds) {
    end_window("\"units\":" + std::to_string(measured_) + ",\"seconds\":" +
               std::to_string(seconds) + ",\"bad_answers\":" + std::to_string(bad_) +
               ",\"late\":" + std::to_string(late_.size()) + ',' +
               latency_facts(latencies_));
  }

  plan plan_;
  requests& source_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<connection>> all_;
  std::deque<connection*> idle_;
  std::deque<std::uint64_t> late_;
  std::vector<std::uint32_t> latencies_;
  std::size_t answers_ = 0;
  std::size_t measured_ = 0;
  std::size_t bad_ = 0;
  bool measuring_ = false;
  bool empty_ = false; ///< no request is left
};

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 7) {
    std::fprintf(stderr,
                 "usage: http_load PORT FILE CONNECTIONS RATE WARM_S SECONDS [again]\n");
    return 2;
  }
  allow_many_sockets();
  requests source{argv[2], argc > 7 && std::string_view{argv[7]} == "again"};
  load{{std::atoi(argv[1]),
        std::atoi(argv[3]),
        std::atof(argv[4]),
        std::atof(argv[5]),
        std::atof(argv[6])},
       source}
      .run();
}
