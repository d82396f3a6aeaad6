#include "tests/simulators/exotel/exotel_stream.hpp"

#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/callee/talker.hpp"
#include "tests/simulators/http/url.hpp"
#include "tests/simulators/http/ws_client.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

namespace caly::sim {

namespace {

constexpr std::size_t message_frames = 5; // 100 ms
constexpr std::size_t queue_bytes_max = 8'000 * 600;
constexpr std::size_t marks_max = 1'000;
constexpr std::size_t piece_step = 320;
constexpr std::size_t piece_max = 100'000;
constexpr double lag_s_max = 0.5;
constexpr json_limits message_limits{.bytes_max = 16 * 1024 * 1024};

int rate_of(const std::string& url) {
  const auto rate = std::atoi(query_value(url, "sample-rate").c_str());
  return rate == 16'000 || rate == 24'000 ? rate : 8'000;
}

/// µ-law as 16-bit samples, the low byte first. Its negative zero becomes -1, so that
/// every code is the same when it is made µ-law again.
std::string to_pcm(std::string_view mulaw, int rate_hz) {
  samples pcm(mulaw.size());
  std::transform(mulaw.begin(), mulaw.end(), pcm.begin(), [](char code) {
    return code == '\x7f' ? std::int16_t{-1}
                          : from_mulaw(static_cast<std::uint8_t>(code));
  });
  std::string out;
  for (const auto sample : resample(pcm, 8'000, rate_hz)) {
    out += static_cast<char>(sample & 0xFF);
    out += static_cast<char>(static_cast<std::uint16_t>(sample) >> 8);
  }
  return out;
}

std::string to_mulaw_text(std::string_view bytes, int rate_hz) {
  samples pcm(bytes.size() / 2);
  for (std::size_t i = 0; i < pcm.size(); ++i)
    pcm[i] = static_cast<std::int16_t>(static_cast<std::uint8_t>(bytes[2 * i]) |
                                       static_cast<std::uint8_t>(bytes[2 * i + 1]) << 8);
  return encode_mulaw(resample(pcm, rate_hz, 8'000));
}

} // namespace

exotel_stream::exotel_stream(world& world,
                             const exotel_call_ptr& call,
                             const std::string& url,
                             std::function<void()> on_over)
    : world_{world},
      call_{call},
      facts_{call->facts},
      url_{url},
      rate_hz_{rate_of(url)},
      on_over_{std::move(on_over)},
      sid_{to_string(make_uuid())} {}

void exotel_stream::open() {
  open_web_socket(world_.time.io(),
                  url_,
                  {},
                  [self = shared_from_this()](std::shared_ptr<web_socket> socket,
                                              const std::string& error) {
                    self->did_open(socket, error);
                  });
}

void exotel_stream::did_open(const std::shared_ptr<web_socket>& socket,
                             const std::string& error) {
  if (over_) {
    if (socket)
      socket->close();
    return;
  }
  if (!socket) {
    spdlog::warn("exotel_stream: cannot open call={} error={}", facts_.call_id, error);
    return finish();
  }
  open_ = true;
  socket_ = socket;
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->receive(text);
  };
  socket_->on_binary = [self = shared_from_this()](std::string_view) {
    self->protocol_error("binary frame");
  };
  socket_->on_closed = [self = shared_from_this()] {
    self->socket_ = nullptr;
    self->finish();
  };
  world_.log.call("media.start", facts_, {{"stream", sid_}});
  send_start();
  next_at_ = world_.time.now() + frame_s;
  schedule();
}

std::string exotel_stream::opening(std::string_view event) {
  return R"({"event":")" + std::string{event} + R"(","sequence_number":")" +
         std::to_string(++sequence_) + R"(","stream_sid":")" + sid_ + "\",";
}

void exotel_stream::send_start() {
  const auto call = call_.lock();
  if (!call)
    return;
  socket_->send(R"({"event":"connected"})");
  json_writer out;
  out.begin_object()
      .field("stream_sid", sid_)
      .field("call_sid", call->sid)
      .field("account_sid", call->account)
      .field("from", local_number(call->inbound ? call->person : call->exophone))
      .field("to", local_number(call->inbound ? call->exophone : call->person));
  out.key("custom_parameters").begin_object().end_object();
  out.key("media_format").begin_object();
  out.field("encoding", "audio/x-raw")
      .field("sample_rate", std::to_string(rate_hz_))
      .field("bit_rate", "16");
  out.end_object().end_object();
  socket_->send(opening("start") + R"("start":)" + out.str() + "}");
}

void exotel_stream::schedule() {
  pace_ = world_.time.at(next_at_, [self = weak_from_this()] {
    if (const auto me = self.lock())
      me->tick();
  });
}

void exotel_stream::tick() {
  const auto call = call_.lock();
  if (over_ || !call || !call->callee)
    return;
  const auto heard = std::string_view{queue_}.substr(0, frame_bytes);
  if (!agent_heard_ && !heard.empty() && is_voiced(heard)) {
    agent_heard_ = true;
    world_.log.call("media.heard", facts_, {{"stream", sid_}});
  }
  said_ += call->callee->tick(heard);
  played_ += heard.size();
  queue_.erase(0, heard.size());
  if (said_.size() >= message_frames * frame_bytes)
    send_media();
  echo_marks(false);
  next_at_ += frame_s;
  // A machine that cannot keep up must not answer with a burst.
  const auto now = world_.time.now();
  if (now - next_at_ > lag_s_max * world_.time.speed())
    next_at_ = now;
  schedule();
}

void exotel_stream::send_media() {
  const auto chunk = ++chunks_;
  socket_->send(opening("media") + R"("media":{"chunk":")" + std::to_string(chunk) +
                R"(","timestamp":")" + std::to_string((chunk - 1) * 100) +
                R"(","payload":")" + to_base64(to_pcm(said_, rate_hz_)) + "\"}}");
  said_.clear();
}

void exotel_stream::echo_marks(bool all) {
  while (!marks_.empty() && (all || marks_.front().due <= played_)) {
    json_writer out;
    out.begin_object().field("name", marks_.front().name).end_object();
    socket_->send(opening("mark") + R"("mark":)" + out.str() + "}");
    marks_.pop_front();
  }
}

void exotel_stream::receive(std::string_view text) {
  if (over_)
    return;
  const auto message = json::parse(text, message_limits);
  if (!message)
    return protocol_error("not JSON");
  if ((*message)["stream_sid"].text_or("") != sid_)
    return protocol_error("unknown stream_sid");
  const auto event = (*message)["event"].text_or("");
  if (event == "media") {
    receive_media(*message);
  } else if (event == "mark") {
    if (marks_.size() >= marks_max)
      return protocol_error("too many marks wait");
    marks_.push_back(
        {played_ + queue_.size(), std::string{(*message)["mark"]["name"].text_or("")}});
  } else if (event == "clear") {
    played_ += queue_.size();
    queue_.clear();
    echo_marks(true);
  } else {
    protocol_error("unknown event");
  }
}

void exotel_stream::receive_media(const json& message) {
  std::string bytes;
  if (!from_base64(message["media"]["payload"].text_or(""), bytes))
    return protocol_error("payload is not base64");
  if (bytes.empty() || bytes.size() % piece_step != 0 || bytes.size() > piece_max)
    return protocol_error("a piece of " + std::to_string(bytes.size()) + " bytes");
  const auto heard = to_mulaw_text(bytes, rate_hz_);
  bytes_in_ += heard.size();
  if (queue_.size() + heard.size() > queue_bytes_max)
    return protocol_error("more than ten minutes of audio wait");
  queue_ += heard;
}

void exotel_stream::protocol_error(std::string_view what) {
  spdlog::warn("exotel_stream: refused message call={} why={}", facts_.call_id, what);
  if (socket_)
    std::exchange(socket_, nullptr)->close(1002);
  finish();
}

void exotel_stream::stop() {
  if (over_)
    return;
  on_over_ = nullptr;
  if (socket_) {
    const auto socket = std::exchange(socket_, nullptr);
    socket->send(opening("stop") + R"("stop":{"call_sid":")" + facts_.call_id +
                 R"(","reason":"callended"}})");
    socket->close();
  }
  finish();
}

void exotel_stream::finish() {
  if (over_)
    return;
  over_ = true;
  pace_.cancel();
  if (open_)
    world_.log.call(
        "media.stop",
        facts_,
        {{"stream", sid_},
         {"frames_in", static_cast<std::int64_t>(bytes_in_ / frame_bytes)},
         {"frames_out", static_cast<std::int64_t>(chunks_ * message_frames)}});
  if (on_over_)
    world_.time.post([tell = std::exchange(on_over_, nullptr)] { tell(); });
}

} // namespace caly::sim
