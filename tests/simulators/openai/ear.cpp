#include "tests/simulators/openai/ear.hpp"

#include "tests/simulators/speech/mulaw.hpp"

#include <algorithm>
#include <cstring>

namespace caly::sim {

namespace {

constexpr int start_frames = 3;     // speech has to last 60 ms to count
constexpr int unique_votes_min = 8; // frames that prove an utterance was said
constexpr int realigned_max = 20;   // tries to find the frames' borders, a speech
constexpr std::size_t levels_max = 50 * 60;
constexpr int frame_ms = 20;

} // namespace

ear::ear(const utterance_index& known, listener on_speech)
    : known_{known}, on_speech_{std::move(on_speech)} {}

void ear::hear(std::string_view audio, const realtime_config& config) {
  waiting_ += to_mulaw_bytes(audio, config.input);
  while (waiting_.size() >= frame_bytes) {
    // Hearing a frame may put bytes back in front of the rest.
    const auto frame = waiting_.substr(0, frame_bytes);
    waiting_.erase(0, frame_bytes);
    hear_frame(frame, config);
  }
}

std::string ear::to_mulaw_bytes(std::string_view audio, audio_codec codec) {
  if (codec == audio_codec::pcmu)
    return std::string{audio};
  std::string out;
  if (codec == audio_codec::pcma) {
    for (const auto c : audio)
      out += static_cast<char>(to_mulaw(from_alaw(static_cast<std::uint8_t>(c))));
    return out;
  }
  odd_ += audio;
  constexpr std::size_t group = 6; // three samples at 24 kHz are one at 8 kHz
  std::size_t at = 0;
  for (; odd_.size() - at >= group; at += group) {
    std::int16_t three[3];
    std::memcpy(three, odd_.data() + at, group);
    out += static_cast<char>(
        to_mulaw(static_cast<std::int16_t>((three[0] + three[1] + three[2]) / 3)));
  }
  odd_.erase(0, at);
  return out;
}

void ear::hear_frame(std::string_view frame, const realtime_config& config) {
  ++frames_;
  buffered_ms_ += frame_ms;
  const bool voiced = is_voiced(frame);
  voiced_run_ = voiced ? voiced_run_ + 1 : 0;
  quiet_run_ = voiced ? 0 : quiet_run_ + 1;
  if (voiced || in_speech_) {
    if (levels_.size() < levels_max)
      levels_.push_back(loudness(frame));
  }
  if (voiced)
    recognise(frame);
  if (!config.detects_turns)
    return;
  const auto now_ms = static_cast<int>(frames_) * frame_ms;
  if (!in_speech_ && voiced_run_ >= start_frames) {
    in_speech_ = true;
    on_speech_.started(std::max(0, now_ms - start_frames * frame_ms - config.prefix_ms));
  } else if (in_speech_ && quiet_run_ * frame_ms >= config.silence_ms) {
    auto said = words();
    forget();
    on_speech_.stopped(now_ms, std::move(said));
  } else if (!in_speech_ && quiet_run_ > start_frames) {
    // A click, no speech.
    votes_.clear();
    levels_.clear();
  }
}

void ear::recognise(std::string_view frame) {
  const auto ids = known_.with_frame(frame);
  if (ids.empty())
    return realign(frame);
  stranger_.clear();
  for (const auto id : ids) {
    auto& entry = votes_.try_emplace(id, votes{0, 0, frames_}).first->second;
    ++(ids.size() == 1 ? entry.unique : entry.shared);
  }
}

// Frames of the callee's may have lost their borders on the way: two neighbours that
// nobody knows are searched for a frame that somebody does.
void ear::realign(std::string_view frame) {
  if (!stranger_.empty() && realigned_ < realigned_max) {
    ++realigned_;
    const auto both = stranger_ + std::string{frame};
    for (std::size_t shift = 1; shift < frame_bytes; ++shift) {
      if (known_.with_frame(std::string_view{both}.substr(shift, frame_bytes)).empty())
        continue;
      stranger_.clear();
      waiting_.insert(0, both.substr(shift + frame_bytes));
      return;
    }
  }
  stranger_ = frame;
}

std::vector<std::pair<std::size_t, std::uint32_t>> ear::said() const {
  std::vector<std::pair<std::size_t, std::uint32_t>> said;
  std::uint32_t best = 0;
  int most = 0;
  for (const auto& [id, entry] : votes_) {
    if (entry.unique >= unique_votes_min)
      said.emplace_back(entry.first, id);
    if (entry.unique + entry.shared > most) {
      most = entry.unique + entry.shared;
      best = id;
    }
  }
  if (said.empty() && most >= unique_votes_min)
    said.emplace_back(0, best);
  std::sort(said.begin(), said.end());
  return said;
}

std::string ear::so_far() const {
  std::string text;
  for (const auto& [first, id] : said()) {
    const auto spoken = known_.find(id);
    if (!spoken)
      continue;
    // Whole words in the measure in which their audio was heard.
    const auto frames = std::max<std::size_t>(spoken->mulaw.size() / frame_bytes, 1);
    const auto heard = std::min(frames_ - first + 1, frames);
    auto end = spoken->text.size() * heard / frames;
    if (end < spoken->text.size())
      end = spoken->text.rfind(' ', end);
    if (end != std::string::npos)
      text += (text.empty() ? "" : " ") + spoken->text.substr(0, end);
  }
  return text;
}

std::string ear::words() {
  std::string text;
  for (const auto& [first, id] : said())
    if (const auto spoken = known_.find(id))
      text += (text.empty() ? "" : " ") + spoken->text;
  if (!text.empty() || levels_.size() < unique_votes_min)
    return text;
  auto levels = levels_;
  if (levels.size() > static_cast<std::size_t>(quiet_run_))
    levels.resize(levels.size() - static_cast<std::size_t>(quiet_run_));
  const auto spoken = known_.alike(levels);
  return spoken ? spoken->text : std::string{};
}

std::string ear::commit() {
  auto said = words();
  forget();
  return said;
}

void ear::clear() {
  waiting_.clear();
  odd_.clear();
  forget();
}

void ear::forget() {
  votes_.clear();
  levels_.clear();
  stranger_.clear();
  realigned_ = 0;
  in_speech_ = false;
  voiced_run_ = 0;
  buffered_ms_ = 0;
}

} // namespace caly::sim
