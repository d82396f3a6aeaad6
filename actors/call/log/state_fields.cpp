#include "actors/call/log/state_fields.hpp"

#include "runtime/base/digest.hpp"

#include <fmt/format.h>

#include <bit>

namespace caly::call_logs {

namespace {

std::uint64_t sum(std::string_view text) {
  return digest_of(digest_start, text);
}

std::uint64_t sum(const spoken_reply& words) {
  auto h = digest_of(sum(words.text), static_cast<std::uint64_t>(words.turn));
  h = digest_of(h, words.language);
  return digest_of(h, std::uint64_t{words.end_call} << 1 | std::uint64_t{words.leaving});
}

std::uint64_t sum(const open_transfer& x) {
  auto h = digest_of(sum(x.from), static_cast<std::uint64_t>(x.number));
  h = digest_of(digest_of(h, x.leg), static_cast<std::uint64_t>(x.since_ms));
  h = digest_of(h,
                static_cast<std::uint64_t>(x.order.mode) << 1 | std::uint64_t{x.leaving});
  for (const auto* text :
       {&x.order.destination, &x.order.name, &x.order.briefing, &x.order.by})
    h = digest_of(h, *text);
  return h;
}

std::uint64_t sum(const answer_plan& x) {
  const unsigned flags =
      x.listens | x.leaves_message << 1 | x.navigates << 2 | x.introduces << 3;
  return digest_of(digest_of(sum(x.voicemail_message), x.introduction),
                   std::uint64_t{flags});
}

std::uint64_t sum(const answered& x) {
  const auto h = digest_of(sum(x.by), std::bit_cast<std::uint64_t>(x.confidence));
  return digest_of(h, static_cast<std::uint64_t>(x.who));
}

std::uint64_t sum(const std::vector<done_action>& done) {
  auto h = digest_of(digest_start, std::uint64_t{done.size()});
  for (const auto& each : done)
    h = digest_of(digest_of(h, each.kind), each.arguments);
  return h;
}

std::uint64_t sum(const std::vector<captured_slot>& slots) {
  auto h = digest_of(digest_start, std::uint64_t{slots.size()});
  for (const auto& each : slots) {
    h = digest_of(digest_of(digest_of(h, each.name), each.kind), each.value);
    h = digest_of(h, static_cast<std::uint64_t>(each.confirmed));
    h = digest_of(h, static_cast<std::uint64_t>(each.asks));
  }
  return h;
}

std::string in_short(std::uint64_t digest) {
  return '#' + hex_of(digest).substr(8);
}

/// Calls `f(name, digest, text)` for each field; `text` makes what people read.
template <class Visitor>
void visit(const call_state& s, Visitor& f) {
  const auto number = [&](const char* name, auto x) {
    f(name, static_cast<std::uint64_t>(x), [x] { return std::to_string(x); });
  };
  const auto flag = [&](const char* name, bool x) {
    f(name, std::uint64_t{x}, [x] { return std::string{x ? "yes" : "no"}; });
  };
  const auto text = [&](const char* name, const std::string& x) {
    f(name, sum(x), [&x] { return x; });
  };
  f("phase", static_cast<std::uint64_t>(s.phase), [&] { return to_string(s.phase); });
  text("status", s.status);
  text("ending", s.ending);
  text("provider_call_id", s.provider_call_id);
  flag("sheet", s.sheet.has_value());
  flag("agent", s.agent != nullptr);
  f("brain", static_cast<std::uint64_t>(s.brain), [&] { return to_string(s.brain); });
  flag("media", static_cast<bool>(s.pipe));
  text("stream", s.stream_id);
  text("media_end", s.media_end);
  number("session", s.session);
  f("speaker", static_cast<std::uint64_t>(s.speaker), [&] {
    return to_string(s.speaker);
  });
  f("turns", s.transcript.digest(), [&] {
    return std::to_string(s.transcript.turns().size()) + in_short(s.transcript.digest());
  });
  number("turns_unwritten", s.transcript.unwritten());
  number("turns_dropped", s.transcript.dropped());
  f("words", s.text.last ? sum(*s.text.last) : 0, [&] {
    return s.text.last ? std::to_string(s.text.last->turn) + in_short(sum(*s.text.last))
                       : std::string{"none"};
  });
  flag("thinking", s.text.thinking);
  number("waiting", s.text.waiting.size());
  f("done", sum(s.done), [&] {
    return std::to_string(s.done.size()) + in_short(sum(s.done));
  });
  f("slots", sum(s.slots), [&] {
    return std::to_string(s.slots.size()) + in_short(sum(s.slots));
  });
  f("transfer", s.transfer ? sum(*s.transfer) : 0, [&] {
    return s.transfer ? fmt::format("{}{}{}",
                                    s.transfer->number,
                                    s.transfer->leaving ? " leaving" : "",
                                    in_short(sum(*s.transfer)))
                      : std::string{"none"};
  });
  f("answering", sum(s.answering), [&] { return in_short(sum(s.answering)); });
  f("answered_by", sum(s.picked_up), [&] {
    return fmt::format("{} {}", to_string(s.picked_up.who), s.picked_up.confidence);
  });
  flag("recorded", s.recorded);
  flag("recording_paused", s.recording_paused);
  number("carrier_records", static_cast<int>(s.carrier_records));
  flag("carrier_pauses", s.carrier_pauses);
  flag("pause_unsaid", s.pause_unsaid);
  flag("pause_missed", s.pause_missed);
  flag("said_goodbye", s.said_goodbye);
  number("holds", s.holds);
  number("covered_s", s.covered_s);
  flag("extending", s.extending);
  number("max_call_s", s.max_call_s);
  number("phase_since_ms", s.phase_since_ms);
  number("answered_at_ms", s.answered_at_ms);
  number("asked_at_ms", s.asked_at_ms);
  number("tool_calls", s.tool_calls);
  number("timeline_events", s.events_total);
}

} // namespace

void take_digest(const call_state& state, state_digest& out) {
  out.fields.clear();
  out.all = digest_start;
  const auto add = [&](const char*, std::uint64_t digest, const auto&) {
    out.fields.push_back(digest);
    out.all = digest_of(out.all, digest);
  };
  visit(state, add);
}

std::vector<std::pair<std::string, std::string>>
fields_of(const call_state& state, const std::vector<std::uint64_t>& before) {
  std::vector<std::pair<std::string, std::string>> out;
  std::size_t place = 0;
  const auto add = [&](const char* name, std::uint64_t digest, const auto& text) {
    if (place >= before.size() || before[place] != digest)
      out.emplace_back(name, text());
    ++place;
  };
  visit(state, add);
  return out;
}

std::string hex_of(std::uint64_t digest) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (auto& each : out) {
    each = digits[digest >> 60];
    digest <<= 4;
  }
  return out;
}

} // namespace caly::call_logs
