#include "tests/simulators/azure/recognition_session.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/openai/intent.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <cstring>
#include <utility>

namespace caly::sim {

namespace {

constexpr std::int64_t ticks_a_ms = 10'000;
constexpr int cut_after_ms = 1500;
constexpr std::size_t riff_bytes = 44;
constexpr int pause_ms_usual = 500;

std::string_view header_in(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon != line.npos && iequals(line.substr(0, colon), name))
      return trim(line.substr(colon + 1));
  }
  return {};
}

/// Whether a RIFF header announces 16-bit samples of one channel at 8 kHz.
bool is_telephone_riff(std::string_view riff) {
  std::uint16_t format = 0;
  std::uint16_t bits = 0;
  std::uint32_t rate = 0;
  std::memcpy(&format, riff.data() + 20, sizeof format);
  std::memcpy(&rate, riff.data() + 24, sizeof rate);
  std::memcpy(&bits, riff.data() + 34, sizeof bits);
  return riff.starts_with("RIFF") && format == 1 && rate == 8000 && bits == 16;
}

} // namespace

recognition_session::recognition_session(world& world, std::shared_ptr<web_socket> socket)
    : world_{world}, socket_{std::move(socket)} {
  if (world.faults.chance(world.faults.plan("azure_speech").rate_cut))
    cut_at_ms_ = cut_after_ms;
}

void recognition_session::start() {
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->read_text(text);
  };
  socket_->on_binary = [self = shared_from_this()](std::string_view bytes) {
    self->read_binary(bytes);
  };
  socket_->on_closed = [self = shared_from_this()] { self->socket_ = nullptr; };
}

void recognition_session::read_text(std::string_view text) {
  const auto end = text.find("\r\n\r\n");
  if (end == text.npos)
    return refuse("a message without header");
  const auto head = text.substr(0, end + 2);
  const auto path = header_in(head, "Path");
  if (header_in(head, "X-RequestId").size() != 32 ||
      header_in(head, "X-Timestamp").empty())
    return refuse("X-RequestId or X-Timestamp is missing");
  if (path == "speech.config")
    configured_ = true;
  else if (path == "speech.context")
    begin_turn(header_in(head, "X-RequestId"), text.substr(end + 4));
  else if (path != "telemetry")
    refuse("an unknown path");
}

void recognition_session::begin_turn(std::string_view request, std::string_view context) {
  const auto wishes = json::parse(context);
  if (!configured_ || !wishes)
    return refuse("speech.config has to come first, and the context has to be JSON");
  request_ = request;
  riff_came_ = false;
  identifies_language_ = (*wishes)["languageId"].is_object();
  const auto pause_ms = (*wishes)["phraseDetection"]["conversation"]["segmentation"]
                                 ["segmentationSilenceTimeoutMs"]
                                     .int_or(pause_ms_usual);
  dictation_.emplace(
      world_.utterances,
      static_cast<int>(pause_ms),
      dictation::listener{[this](int at_ms) {
                            emit("speech.startDetected", [&](json_writer& out) {
                              out.field("Offset", at_ms * ticks_a_ms);
                            });
                          },
                          [this](int from, int to, const std::string& words) {
                            hypothesis(from, to, words);
                          },
                          [this](int from, int to, const std::string& words) {
                            phrase(from, to, words);
                          }});
}

void recognition_session::read_binary(std::string_view bytes) {
  const auto size =
      bytes.size() < 2
          ? bytes.size()
          : static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                     static_cast<unsigned char>(bytes[1]));
  if (bytes.size() < 2 + size)
    return refuse("a header longer than its message");
  const auto head = bytes.substr(2, size);
  if (header_in(head, "Path") != "audio")
    return refuse("a binary message that is no audio");
  // Audio of a turn that is over is passed over.
  if (dictation_ && header_in(head, "X-RequestId") == request_)
    hear(bytes.substr(2 + size));
}

void recognition_session::hear(std::string_view payload) {
  if (!riff_came_) {
    if (payload.size() < riff_bytes || !is_telephone_riff(payload))
      return refuse("the audio has to begin with a RIFF header of 8 kHz PCM");
    riff_came_ = true;
    emit("turn.start", [this](json_writer& out) {
      out.key("context").begin_object().field("serviceTag", new_id("")).end_object();
    });
    payload.remove_prefix(riff_bytes);
    if (payload.empty())
      return;
  }
  if (payload.empty())
    return end_turn();
  samples pcm(payload.size() / 2);
  std::memcpy(pcm.data(), payload.data(), pcm.size() * 2);
  dictation_->hear(encode_mulaw(pcm));
  if (cut_at_ms_ != 0 && socket_ && dictation_->heard_ms() >= cut_at_ms_)
    std::exchange(socket_, nullptr)->close(1011, "the sandbox was told to break");
}

void recognition_session::end_turn() {
  dictation_->settle();
  const auto heard_ms = dictation_->heard_ms();
  emit("speech.endDetected",
       [&](json_writer& out) { out.field("Offset", heard_ms * ticks_a_ms); });
  emit("turn.end", [](json_writer&) {});
  request_.clear();
}

void recognition_session::hypothesis(int from_ms, int to_ms, const std::string& words) {
  emit("speech.hypothesis", [&](json_writer& out) {
    out.field("Text", words).field("Offset", from_ms * ticks_a_ms);
    out.field("Duration", (to_ms - from_ms) * ticks_a_ms);
    write_language(words, out);
  });
}

void recognition_session::phrase(int from_ms, int to_ms, const std::string& words) {
  emit("speech.phrase", [&](json_writer& out) {
    out.field("RecognitionStatus", words.empty() ? "NoMatch" : "Success");
    out.field("Offset", from_ms * ticks_a_ms);
    out.field("Duration", (to_ms - from_ms) * ticks_a_ms);
    if (!words.empty()) {
      out.field("DisplayText", words);
      write_language(words, out);
    }
  });
}

void recognition_session::write_language(const std::string& words,
                                         json_writer& out) const {
  if (!identifies_language_)
    return;
  out.key("PrimaryLanguage").begin_object();
  out.field("Language", has_devanagari(words) ? "hi-IN" : "en-IN");
  out.field("Confidence", "High").end_object();
}

void recognition_session::emit(std::string_view path, const filler& fill) {
  if (!socket_)
    return;
  json_writer body;
  body.begin_object();
  fill(body);
  body.end_object();
  socket_->send("X-RequestId:" + request_ +
                "\r\nContent-Type:application/json; charset=utf-8\r\nPath:" +
                std::string{path} + "\r\n\r\n" + std::move(body).str());
}

void recognition_session::refuse(std::string_view why) {
  if (socket_)
    std::exchange(socket_, nullptr)->close(1007, why);
}

} // namespace caly::sim
