#include "tests/simulators/speech/utterance_index.hpp"

#include "tests/simulators/base/dice.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <algorithm>
#include <cmath>

namespace caly::sim {

namespace {

constexpr float alike_min = 0.7F;
constexpr std::size_t length_difference_max = 12; // frames

template <class Handler>
void for_each_voiced_frame(const utterance& spoken, Handler&& handle) {
  std::string_view rest = spoken.mulaw;
  for (; rest.size() >= frame_bytes; rest.remove_prefix(frame_bytes)) {
    const auto frame = rest.substr(0, frame_bytes);
    if (is_voiced(frame))
      handle(hash_of(frame));
  }
}

std::vector<float> normalised(const std::vector<int>& levels) {
  std::vector<float> shape(levels.begin(), levels.end());
  float mean = 0;
  for (const auto level : shape)
    mean += level / static_cast<float>(shape.size());
  float power = 0;
  for (auto& level : shape) {
    level -= mean;
    power += level * level;
  }
  const float scale = power > 0 ? 1 / std::sqrt(power) : 0;
  for (auto& level : shape)
    level *= scale;
  return shape;
}

float similarity(const std::vector<float>& a, const std::vector<float>& b) {
  float best = 0;
  for (int shift = -3; shift <= 3; ++shift) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto j = static_cast<std::ptrdiff_t>(i) + shift;
      if (j >= 0 && j < static_cast<std::ptrdiff_t>(b.size()))
        sum += a[i] * b[static_cast<std::size_t>(j)];
    }
    best = std::max(best, sum);
  }
  return best;
}

} // namespace

void utterance_index::add(const utterance_ptr& spoken) {
  std::vector<int> levels;
  for (std::string_view rest = spoken->mulaw; rest.size() >= frame_bytes;
       rest.remove_prefix(frame_bytes))
    levels.push_back(loudness(rest.substr(0, frame_bytes)));
  utterances_[spoken->id] = {spoken, normalised(levels)};
  for_each_voiced_frame(*spoken,
                        [&](std::uint64_t hash) { frames_.emplace(hash, spoken->id); });
}

void utterance_index::remove(const utterance_ptr& spoken) {
  for_each_voiced_frame(*spoken, [&](std::uint64_t hash) {
    const auto [first, last] = frames_.equal_range(hash);
    const auto found = std::find_if(
        first, last, [&](const auto& entry) { return entry.second == spoken->id; });
    if (found != last)
      frames_.erase(found);
  });
  utterances_.erase(spoken->id);
}

std::vector<std::uint32_t> utterance_index::with_frame(std::string_view frame) const {
  std::vector<std::uint32_t> ids;
  const auto [first, last] = frames_.equal_range(hash_of(frame));
  for (auto entry = first; entry != last; ++entry)
    ids.push_back(entry->second);
  return ids;
}

utterance_ptr utterance_index::find(std::uint32_t id) const {
  const auto found = utterances_.find(id);
  return found == utterances_.end() ? nullptr : found->second.spoken;
}

utterance_ptr utterance_index::alike(const std::vector<int>& levels) const {
  const auto shape = normalised(levels);
  utterance_ptr best;
  float best_score = alike_min;
  for (const auto& [id, candidate] : utterances_) {
    const auto difference = std::max(candidate.shape.size(), shape.size()) -
                            std::min(candidate.shape.size(), shape.size());
    if (difference > length_difference_max)
      continue;
    const auto score = similarity(candidate.shape, shape);
    if (score > best_score) {
      best_score = score;
      best = candidate.spoken;
    }
  }
  return best;
}

} // namespace caly::sim
