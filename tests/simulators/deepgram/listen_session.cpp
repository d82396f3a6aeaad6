#include "tests/simulators/deepgram/listen_session.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/openai/intent.hpp"

#include <utility>

namespace caly::sim {

namespace {

constexpr double patience_s = 10;
constexpr int cut_after_ms = 1500;

} // namespace

listen_session::listen_session(world& world,
                               std::shared_ptr<web_socket> socket,
                               listen_wishes wishes)
    : world_{world},
      socket_{std::move(socket)},
      wishes_{wishes},
      id_{new_id("")},
      dictation_{world.utterances,
                 wishes.endpointing_ms,
                 {[](int) {},
                  [this](int from, int to, const std::string& words) {
                    if (wishes_.interim)
                      tell(from, to, words, false);
                  },
                  [this](int from, int to, const std::string& words) {
                    tell(from, to, words, true);
                  }}} {
  if (world.faults.chance(world.faults.plan("deepgram").rate_cut))
    cut_at_ms_ = cut_after_ms;
}

void listen_session::start() {
  socket_->on_binary = [self = shared_from_this()](std::string_view audio) {
    self->hear(audio);
  };
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->obey(text);
  };
  socket_->on_closed = [self = shared_from_this()] {
    self->patience_.cancel();
    self->socket_ = nullptr;
  };
  wait_for_audio();
}

void listen_session::wait_for_audio() {
  patience_ = world_.time.after(patience_s, [self = weak_from_this()] {
    if (const auto me = self.lock())
      me->break_off("NET-0001: did not receive audio data or a text message");
  });
}

void listen_session::hear(std::string_view audio) {
  if (audio.empty())
    return end();
  wait_for_audio();
  dictation_.hear(audio);
  if (cut_at_ms_ != 0 && dictation_.heard_ms() >= cut_at_ms_)
    break_off("NET-0000: the sandbox was told to break");
}

void listen_session::obey(std::string_view text) {
  const auto message = json::parse(text);
  const auto type = message ? (*message)["type"].text_or("") : "";
  wait_for_audio();
  if (type == "Finalize") {
    finalizing_ = true;
    dictation_.settle();
    finalizing_ = false;
  } else if (type == "CloseStream") {
    end();
  } else if (type != "KeepAlive" && socket_) {
    patience_.cancel();
    std::exchange(socket_, nullptr)->close(1008, "DATA-0000: unknown message");
  }
}

void listen_session::tell(int from_ms, int to_ms, const std::string& words, bool final) {
  if (!socket_)
    return;
  json_writer out;
  out.begin_object().field("type", "Results");
  out.key("channel_index").begin_array().value(0).value(1).end_array();
  out.field("duration", (to_ms - from_ms) / 1000.0).field("start", from_ms / 1000.0);
  out.field("is_final", final).field("speech_final", final && !finalizing_);
  out.field("from_finalize", finalizing_);
  out.key("channel").begin_object().key("alternatives").begin_array().begin_object();
  out.field("transcript", words).field("confidence", words.empty() ? 0.0 : 0.98);
  if (wishes_.tells_language && !words.empty())
    out.key("languages")
        .begin_array()
        .value(has_devanagari(words) ? "hi" : "en")
        .end_array();
  out.key("words").begin_array();
  for (const auto word : split(words, ' '))
    if (!word.empty())
      out.begin_object().field("word", word).field("confidence", 0.98).end_object();
  out.end_array().end_object().end_array().end_object();
  out.key("metadata").begin_object().field("request_id", id_).end_object();
  socket_->send(std::move(out.end_object()).str());
}

void listen_session::end() {
  patience_.cancel();
  if (!socket_)
    return;
  dictation_.settle();
  json_writer out;
  out.begin_object().field("type", "Metadata").field("request_id", id_);
  out.field("duration", dictation_.heard_ms() / 1000.0).field("channels", 1);
  socket_->send(std::move(out.end_object()).str());
  std::exchange(socket_, nullptr)->close(1000);
}

void listen_session::break_off(std::string_view reason) {
  patience_.cancel();
  if (socket_)
    std::exchange(socket_, nullptr)->close(1011, reason);
}

} // namespace caly::sim
