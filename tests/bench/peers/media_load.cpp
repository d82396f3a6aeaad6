// Load for a media bridge: N telephones that speak Twilio's Media Streams and the
// realtime server behind the bridge that answers each frame with one of its own, in one
// process and one clock, so that both ways are timed.
//   media_load BRIDGE_PORT AI_PORT CALLS WARM_S SECONDS
// Each telephone sends 160 bytes of µ-law every 20 ms, evenly spread over the calls.

#include "tests/bench/peers/common/epoll_link.hpp"
#include "tests/bench/peers/common/window.hpp"

#include <memory>

namespace caly::peers {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::size_t frame_bytes = 160;
constexpr std::size_t stamp_codes = 16;
constexpr std::size_t audio_text_min = 200; ///< shorter strings are not audio

struct end_point : epoll_link {
  std::uint32_t sequence = 0;
};

class media_load {
public:
  media_load(int bridge, int ai, int calls) : bridge_{bridge}, calls_{calls} {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listener_ = listen_at(ai);
    watch(epoll_, listener_, nullptr, false, EPOLL_CTL_ADD);
    // The hiss of a line: whoever listens has to judge it, and nobody takes it for a
    // sound, at which an agent would speak more quietly and change the times in its
    // audio.
    std::uint32_t dice = 1;
    for (auto& code : audio_) {
      dice = dice * 1'664'525 + 1'013'904'223;
      code =
          static_cast<std::uint8_t>((dice >> 16 & 1 ? 0xF0 : 0x70) + (dice >> 24) % 16);
    }
  }

  /// Opens the calls in steps of 20; false when they do not open within 20 s.
  bool open() {
    for (int i = 0; i < calls_; ++i) {
      phones_.push_back(std::make_unique<end_point>());
      auto& phone = *phones_.back();
      phone.client = true;
      phone.fd = connect_to(bridge_);
      phone.out = upgrade_request("/media-stream");
      phone.wants_write = true;
      watch(epoll_, phone.fd, &phone, true, EPOLL_CTL_ADD);
      if (i % 20 == 19 || i == calls_ - 1) {
        const auto limit = now_ns() + 20 * second;
        while (now_ns() < limit && (phones_open_ <= i || servers_open_ <= i))
          pump(now_ns() + 5'000'000);
      }
    }
    for (const auto rest = now_ns() + second; now_ns() < rest;)
      pump(rest);
    return phones_open_ == calls_ && servers_open_ == calls_;
  }

  void run(double warm_s, double seconds) {
    const auto start = now_ns() + 1'000'000;
    const auto measure_from = start + static_cast<std::uint64_t>(warm_s * second);
    const auto end = measure_from + static_cast<std::uint64_t>(seconds * second);
    const double step = 20e6 / calls_;
    const auto due = [&](std::uint64_t frame) {
      return start + static_cast<std::uint64_t>(static_cast<double>(frame) * step);
    };
    std::uint64_t frame = 0;
    std::uint64_t began = 0;
    for (auto now = now_ns(); now < end; now = now_ns()) {
      if (!measuring_ && now >= measure_from) {
        measuring_ = true;
        began = now;
        begin_window();
      }
      for (int burst = 0; due(frame) <= now && burst < 64; ++burst, ++frame)
        if (auto& phone = *phones_[frame % phones_.size()]; phone.open)
          send_media(phone);
      pump(due(frame));
    }
    const auto measured_s = static_cast<double>(now_ns() - began) / 1e9;
    const auto share = [&](std::size_t heard) {
      return std::to_string(
          sent_ == 0 ? 0 : static_cast<double>(heard) / static_cast<double>(sent_));
    };
    end_window("\"units\":" + std::to_string(calls_ * measured_s) + ",\"seconds\":" +
               std::to_string(measured_s) + ",\"delivered_up\":" + share(up_.size()) +
               ",\"delivered_down\":" + share(down_.size()) + ',' +
               latency_facts(up_, "up_") + ',' + latency_facts(down_, "down_"));
  }

private:
  void pump(std::uint64_t until) {
    epoll_event events[512];
    const int count = wait_until(epoll_, events, 512, until, now_ns());
    for (int i = 0; i < count; ++i) {
      auto* at = static_cast<end_point*>(events[i].data.ptr);
      if (at == nullptr) {
        take_connections();
        continue;
      }
      if (at->fd >= 0 && (events[i].events & EPOLLOUT) != 0)
        flush_link(epoll_, *at);
      if (at->fd >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        read_link(
            epoll_,
            *at,
            [&] { on_open(*at); },
            [&](const websocket_frame& frame) { on_message(*at, frame); });
    }
  }

  void take_connections() {
    for (int fd = accept_from(listener_); fd >= 0; fd = accept_from(listener_)) {
      servers_.push_back(std::make_unique<end_point>());
      servers_.back()->fd = fd;
      watch(epoll_, fd, servers_.back().get(), false, EPOLL_CTL_ADD);
    }
  }

  void on_open(end_point& at) {
    if (!at.client) {
      ++servers_open_;
      put_text(
          epoll_,
          at,
          R"({"type":"session.created","event_id":"event_0","session":{"id":"sess_1",)"
          R"("object":"realtime.session","model":"sim"}})");
      return;
    }
    ++phones_open_;
    put_text(epoll_, at, R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    put_text(
        epoll_,
        at,
        R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC0","streamSid":)"
        R"("MZ18ad3ab5a668481ce02b83e7395059f0","callSid":"CA0","tracks":["inbound"],)"
        R"("mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
        R"("customParameters":{}},"streamSid":"MZ18ad3ab5a668481ce02b83e7395059f0"})");
  }

  void on_message(end_point& at, const websocket_frame& frame) {
    if (frame.opcode == 8)
      return close_link(epoll_, at);
    if (frame.opcode == 9) {
      char pong[header_bytes_max];
      auto* const end = pong + header_bytes_max;
      const char* begin = write_frame(end, 0, at.client, 10);
      return put_bytes(epoll_, at, begin, static_cast<std::size_t>(end - begin));
    }
    const std::string_view text{frame.data, frame.size};
    const auto audio = string_member(text, at.client ? "\"payload\"" : "\"audio\"");
    if (audio.size() >= audio_text_min) {
      note(at.client ? down_ : up_, audio);
      if (!at.client)
        answer(at);
    } else if (!at.client && text.find("session.update") != text.npos) {
      put_text(epoll_, at, R"({"type":"session.updated","event_id":"e_1","session":{}})");
    }
  }

  /// The first codes of each frame are the time when it was sent, four bits each, no
  /// louder than the hiss around them.
  void note(std::vector<std::uint32_t>& latencies, std::string_view audio) {
    if (!measuring_)
      return;
    std::uint8_t codes[stamp_codes + 2];
    from_base64(codes, audio.substr(0, (stamp_codes + 2) / 3 * 4));
    std::uint64_t sent = 0;
    for (std::size_t i = 0; i < stamp_codes; ++i)
      sent = sent << 4 | (codes[i] & 0x1F) >> 1;
    latencies.push_back(static_cast<std::uint32_t>((now_ns() - sent) / 1000));
  }

  std::string_view stamped() {
    const auto now = now_ns();
    for (std::size_t i = 0; i < stamp_codes; ++i)
      audio_[i] = static_cast<std::uint8_t>(0xE0 | (now >> (60 - 4 * i) & 0xF) << 1);
    return {audio_text_, to_base64(audio_text_, audio_, frame_bytes)};
  }

  void send_media(end_point& at) {
    ++at.sequence;
    if (measuring_)
      ++sent_;
    char text[1024];
    const auto audio = stamped();
    const int size = std::snprintf(
        text + header_bytes_max,
        sizeof text - header_bytes_max,
        R"({"event":"media","sequenceNumber":"%u","media":{"track":"inbound","chunk":"%u",)"
        R"("timestamp":"%u","payload":"%.*s"},"streamSid":)"
        R"("MZ18ad3ab5a668481ce02b83e7395059f0"})",
        at.sequence + 1,
        at.sequence,
        at.sequence * 20,
        static_cast<int>(audio.size()),
        audio.data());
    put_frame(epoll_, at, text + header_bytes_max, static_cast<std::size_t>(size));
  }

  void answer(end_point& at) {
    char text[1024];
    const auto audio = stamped();
    const int size = std::snprintf(
        text + header_bytes_max,
        sizeof text - header_bytes_max,
        R"({"type":"response.output_audio.delta","event_id":"event_%u","response_id":)"
        R"("resp_B5dT9xVnq1F3h8Qk2LwYz","item_id":"item_B5dT9M4pQx7Wc2Rt6YvHs",)"
        R"("output_index":0,"content_index":0,"delta":"%.*s"})",
        100'000'000 + ++at.sequence,
        static_cast<int>(audio.size()),
        audio.data());
    put_frame(epoll_, at, text + header_bytes_max, static_cast<std::size_t>(size));
  }

  int bridge_;
  int calls_;
  int epoll_ = -1;
  int listener_ = -1;
  std::vector<std::unique_ptr<end_point>> phones_;
  std::vector<std::unique_ptr<end_point>> servers_;
  std::uint8_t audio_[frame_bytes];
  char audio_text_[256];
  bool measuring_ = false;
  int phones_open_ = 0;
  int servers_open_ = 0;
  std::size_t sent_ = 0;
  std::vector<std::uint32_t> up_;   ///< telephone to realtime server
  std::vector<std::uint32_t> down_; ///< and back
};

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 6) {
    std::fprintf(stderr, "usage: media_load BRIDGE_PORT AI_PORT CALLS WARM_S SECONDS\n");
    return 2;
  }
  allow_many_sockets();
  media_load load{std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3])};
  if (!load.open()) {
    std::fprintf(stderr, "media_load: not all calls opened\n");
    return 1;
  }
  load.run(std::atof(argv[4]), std::atof(argv[5]));
}
