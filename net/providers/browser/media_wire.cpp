#include "net/providers/browser/media_wire.hpp"

#include "net/media/flat_json.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <bit>
#include <cstring>

namespace caly::browser {

namespace {

using kind = carrier_message::kind;

constexpr unsigned browser_hz = 16'000;
constexpr unsigned line_hz = 8'000;
constexpr std::size_t words_bytes_max = 1'000;
constexpr json_limits message_limits{32 * 1024, 3, 10, 20, 3};

static_assert(std::endian::native == std::endian::little, "samples go low byte first");

bool is_key(std::string_view digit) {
  return digit.size() == 1 &&
         std::string_view{"0123456789*#"}.find(digit[0]) != std::string_view::npos;
}

} // namespace

media_wire::media_wire(std::string stream_id, std::unique_ptr<line> held)
    : stream_id_{std::move(stream_id)},
      line_{std::move(held)},
      from_browser_{browser_hz, line_hz},
      to_browser_{line_hz, browser_hz} {}

bool media_wire::read(std::string_view text, carrier_message& message) {
  const auto tree = json::parse(text, message_limits);
  if (!tree || !tree->is_object())
    return false;
  const auto type = (*tree)["type"].text_or("");
  if (type == "audio") {
    const auto data = (*tree)["data"].as_string();
    return data && take_audio(*data, message);
  }
  if (type == "start") {
    message.type = kind::start;
    message.stream_id = stream_id_;
    message.known_format = (*tree)["sample_rate"].int_or(0) == browser_hz;
    line_->joined();
    return true;
  }
  if (type == "words") {
    message.type = kind::words;
    message.words = trim((*tree)["text"].text_or(""));
    return !message.words.empty() && message.words.size() <= words_bytes_max;
  }
  if (type == "key") {
    const auto digit = (*tree)["digit"].text_or("");
    message.type = kind::dtmf;
    message.digit = digit.empty() ? '\0' : digit[0];
    return is_key(digit);
  }
  if (type == "mark") {
    message.type = kind::mark;
    message.mark = (*tree)["name"].text_or("");
    return message.mark.size() <= 128;
  }
  message.type = type == "stop" ? kind::stop : kind::other;
  return true;
}

bool media_wire::take_audio(std::string_view data, carrier_message& message) {
  if (!from_base64(data, bytes_) || bytes_.empty() || bytes_.size() % 2 != 0 ||
      bytes_.size() > 2 * samples_max)
    return false;
  samples_.resize(bytes_.size() / 2);
  std::memcpy(samples_.data(), bytes_.data(), bytes_.size());
  message.type = kind::media;
  message.wide = bytes_;
  // A browser that falls behind is late, not early: its own samples are the clock.
  message.timestamp_ms = static_cast<std::int64_t>(samples_in_ * 1'000 / browser_hz);
  samples_in_ += samples_.size();
  resampled_.clear();
  from_browser_.run(samples_, resampled_);
  message.kept = to_base64(encode_mulaw(resampled_));
  message.audio = message.kept;
  message.audio_bytes = resampled_.size();
  return true;
}

void media_wire::play(ws_link& link, std::string_view audio) {
  if (!from_base64(audio, bytes_))
    return;
  decode_mulaw(bytes_, samples_);
  resampled_.clear();
  to_browser_.run(samples_, resampled_);
  const std::string_view pcm{reinterpret_cast<const char*>(resampled_.data()),
                             2 * resampled_.size()};
  link.send(R"({"type":"audio","data":")" + to_base64(pcm) + "\"}");
}

void media_wire::mark(ws_link& link, std::string_view name) {
  link.send(std::string{R"({"type":"mark","name":")"}.append(name).append("\"}"));
}

void media_wire::clear(ws_link& link) {
  to_browser_.reset();
  link.send(R"({"type":"clear"})");
}

} // namespace caly::browser
