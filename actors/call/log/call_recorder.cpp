#include "actors/call/log/call_recorder.hpp"

#include "actors/api/call_log.hpp"
#include "actors/call/log/message_codec.hpp"
#include "runtime/base/digest.hpp"
#include "runtime/observe/message_type.hpp"

namespace caly::call_logs {

namespace {

/// `caly.save_turns` is `save_turns`.
std::string_view short_name(std::string_view type) {
  return type.starts_with("caly.") ? type.substr(5) : type;
}

/// Not in the middle of a character.
std::size_t cut_at(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    return text.size();
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return end;
}

/// `store extend_hold […] #…` is `store extend_hold`.
std::string_view without_words(std::string_view effect) {
  return effect.substr(0, effect.find_first_of("[{\"#"));
}

} // namespace

call_recorder::call_recorder(wall_clock clock, bool writes)
    : clock_{std::move(clock)}, writes_{writes} {}

boot_clock::time_point
call_recorder::boot_now(const std::function<boot_clock::time_point()>& clock) {
  const auto at = clock();
  step_.boot_ns.push_back(at.time_since_epoch().count());
  return at;
}

void call_recorder::start(std::string_view kind) {
  step_.kind = kind;
  step_.payload.clear();
  step_.request = 0;
  step_.boot_ns.clear();
  step_.effects.clear();
  step_.fields.clear();
  number_ += std::exchange(begun_, true) ? 1 : 0;
}

void call_recorder::begin() {
  now_ = std::chrono::time_point_cast<std::chrono::milliseconds>(clock_());
  step_.at_ms = to_unix_ms(now_);
  start("begin");
}

bool call_recorder::begin(const caf::mailbox_element& x) {
  const auto& content = x.content();
  now_ = std::chrono::time_point_cast<std::chrono::milliseconds>(clock_());
  if (!writes_ || content.match_elements<get_status>() ||
      content.match_elements<watch_call>())
    return false;
  step_.at_ms = to_unix_ms(now_);
  const auto* codec = codec_of(content);
  start(codec != nullptr ? codec->name : "unknown " + to_string_of(message_type_of(x)));
  if (x.mid.is_response())
    step_.request = x.mid.integer_value() & caf::message_id::request_id_mask;
  if (codec != nullptr) {
    log_writer writer{step_.payload, names_};
    codec->write(content, writer);
  }
  return true;
}

void call_recorder::end(const call_state& state) {
  if (!writes_)
    return;
  before_.swap(state_.fields);
  const auto before = state_.all;
  take_digest(state, state_);
  step_.changed = before_.empty() || before != state_.all;
  step_.digest = state_.all;
  if (step_.changed)
    step_.fields = fields_of(state, before_);
  remember();
}

void call_recorder::crash() {
  word("crash");
  step_.changed = false;
  remember();
}

void call_recorder::add(std::string_view target,
                        std::string_view type,
                        const std::string& payload) {
  const auto shown = cut_at(payload, shown_bytes_max);
  std::string line;
  line.reserve(target.size() + type.size() + shown + 24);
  line.append(target).append(1, ' ');
  if (!type.empty())
    line.append(short_name(type)).append(1, ' ');
  line.append(payload, 0, shown);
  if (shown < payload.size())
    line.append("… #").append(hex_of(digest_of(digest_start, payload)));
  step_.effects.push_back(std::move(line));
}

void call_recorder::remember() {
  if (history_.size() >= history_max)
    history_.pop_front();
  auto& brief = history_.emplace_back();
  brief.number = number_;
  brief.at_ms = step_.at_ms;
  brief.kind = step_.kind;
  for (const auto& effect : step_.effects) {
    auto text = without_words(effect);
    while (text.ends_with(' '))
      text.remove_suffix(1);
    brief.did.append(brief.did.empty() ? "" : ", ").append(text);
  }
  for (const auto& [name, value] : step_.fields)
    brief.changed.append(brief.changed.empty() ? "" : " ")
        .append(name)
        .append(1, '=')
        .append(value);
}

} // namespace caly::call_logs
