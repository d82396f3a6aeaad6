// Floor of the media bridge: raw epoll sockets, one thread, look-ups by search, audio
// decoded and encoded again.
//   media_raw PORT AI_PORT [TICK_US]
// With a tick it sleeps that long between passes, which trades latency for wake-ups.

#include "tests/bench/peers/common/epoll_link.hpp"

namespace caly::peers {

namespace {

struct side : epoll_link {
  side* other = nullptr;
  std::string stream; ///< of the telephone
};

class bridge {
public:
  bridge(int port, int ai, int tick_us) : ai_{ai}, tick_us_{tick_us} {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listener_ = listen_at(port);
    watch(epoll_, listener_, nullptr, false, EPOLL_CTL_ADD);
  }

  [[noreturn]] void run() {
    epoll_event events[512];
    for (;;) {
      if (tick_us_ > 0)
        usleep(static_cast<useconds_t>(tick_us_));
      const int count = epoll_wait(epoll_, events, 512, -1);
      for (int i = 0; i < count; ++i)
        handle(static_cast<side*>(events[i].data.ptr), events[i].events);
    }
  }

private:
  void handle(side* at, unsigned what) {
    if (at == nullptr)
      return take_connections();
    if (at->fd >= 0 && (what & EPOLLOUT) != 0)
      flush_link(epoll_, *at);
    if (at->fd < 0 || (what & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
      return;
    const auto message = [&](const websocket_frame& frame) { on_message(*at, frame); };
    if (!read_link(
            epoll_, *at, [] {}, message))
      close_link(epoll_, *at->other);
  }

  /// Both sides live as long as the process: it is a measuring stick.
  void take_connections() {
    for (int fd = accept_from(listener_); fd >= 0; fd = accept_from(listener_)) {
      auto* phone = new side;
      auto* ai = new side;
      phone->other = ai;
      ai->other = phone;
      phone->fd = fd;
      watch(epoll_, fd, phone, false, EPOLL_CTL_ADD);
      ai->client = true;
      ai->fd = connect_to(ai_);
      ai->out = upgrade_request("/v1/realtime?model=sim");
      ai->wants_write = true;
      watch(epoll_, ai->fd, ai, true, EPOLL_CTL_ADD);
    }
  }

  void on_message(side& at, const websocket_frame& frame) {
    if (frame.opcode == 8)
      return close_link(epoll_, at);
    const std::string_view text{frame.data, frame.size};
    if (at.client)
      return on_ai(at, text);
    if (text.find(R"("event":"media")") != text.npos) {
      if (at.other->open)
        pass(*at.other,
             R"({"type":"input_audio_buffer.append","audio":")",
             string_member(text, "\"payload\""),
             "\"}");
    } else if (text.find(R"("event":"start")") != text.npos) {
      at.stream = string_member(text, "\"streamSid\"");
    }
  }

  void on_ai(side& at, std::string_view text) {
    if (text.find("\"response.output_audio.delta\"") != text.npos)
      pass(*at.other,
           R"({"event":"media","streamSid":")" + at.other->stream +
               R"(","media":{"payload":")",
           string_member(text, "\"delta\""),
           "\"}}");
    else if (text.find("session.created") != text.npos)
      put_text(epoll_, at, R"({"type":"session.update","session":{"type":"realtime"}})");
  }

  void
  pass(side& to, std::string_view before, std::string_view audio, const char* after) {
    static char text[1 << 17];
    static std::uint8_t raw[1 << 16];
    char* const begin = text + header_bytes_max;
    char* at = begin + before.copy(begin, before.size());
    at += to_base64(at, raw, from_base64(raw, audio));
    at += std::string_view{after}.copy(at, 8);
    put_frame(epoll_, to, begin, static_cast<std::size_t>(at - begin));
  }

  int ai_;
  int tick_us_;
  int epoll_ = -1;
  int listener_ = -1;
};

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 3) {
    std::fprintf(stderr, "usage: media_raw PORT AI_PORT [TICK_US]\n");
    return 2;
  }
  allow_many_sockets();
  bridge{std::atoi(argv[1]), std::atoi(argv[2]), argc > 3 ? std::atoi(argv[3]) : 0}.run();
}
