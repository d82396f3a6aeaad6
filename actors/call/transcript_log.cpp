#include "actors/call/transcript_log.hpp"

#include "runtime/base/digest.hpp"

namespace caly {

namespace {

std::uint64_t digest_of_turn(const transcript_turn& turn) {
  auto sum = digest_of(digest_start, static_cast<std::uint64_t>(turn.seq));
  for (const auto* text : {&turn.role, &turn.text, &turn.language})
    sum = digest_of(sum, *text);
  return digest_of(sum, static_cast<std::uint64_t>(turn.at_ms));
}

} // namespace

void transcript_log::go_on_after(std::vector<transcript_turn> known) {
  // Turns heard while the earlier ones were being read move behind them.
  const auto first = static_cast<std::int32_t>(known.size());
  for (auto& turn : turns_)
    turn.seq += first;
  for (auto& [item, index] : by_item_)
    index += known.size();
  unwritten_.insert(unwritten_.begin(), known.size(), false);
  known.insert(known.end(), turns_.begin(), turns_.end());
  turns_ = std::move(known);
  digest_ = 0;
  for (const auto& turn : turns_)
    digest_ ^= digest_of_turn(turn);
}

void transcript_log::hear(const std::string& item,
                          const std::string& role,
                          const std::string& text,
                          std::int64_t at_ms,
                          const std::string& language) {
  if (text.empty())
    return;
  if (const auto found = by_item_.find(item); !item.empty() && found != by_item_.end()) {
    auto& turn = turns_[found->second];
    if (turn.text != text) {
      digest_ ^= digest_of_turn(turn);
      turn.text = text;
      digest_ ^= digest_of_turn(turn);
      unwritten_count_ += unwritten_[found->second] ? 0 : 1;
      unwritten_[found->second] = true;
    }
    return;
  }
  if (turns_.size() >= turns_max_) {
    ++dropped_;
    return;
  }
  if (!item.empty())
    by_item_.emplace(item, turns_.size());
  turns_.push_back(
      {static_cast<std::int32_t>(turns_.size()) + 1, role, text, language, at_ms});
  digest_ ^= digest_of_turn(turns_.back());
  unwritten_.push_back(true);
  ++unwritten_count_;
}

std::string_view transcript_log::caller_said_last() const {
  for (auto turn = turns_.rbegin(); turn != turns_.rend(); ++turn)
    if (turn->role == "caller")
      return turn->text;
  return {};
}

std::vector<transcript_turn> transcript_log::take_unwritten() {
  std::vector<transcript_turn> taken;
  for (std::size_t i = 0; i < turns_.size(); ++i)
    if (unwritten_[i]) {
      taken.push_back(turns_[i]);
      unwritten_[i] = false;
    }
  unwritten_count_ = 0;
  return taken;
}

void transcript_log::put_back(const std::vector<transcript_turn>& turns) {
  for (const auto& turn : turns) {
    const auto index = static_cast<std::size_t>(turn.seq - 1);
    if (index >= turns_.size() || unwritten_[index])
      continue;
    unwritten_[index] = true;
    ++unwritten_count_;
  }
}

} // namespace caly
