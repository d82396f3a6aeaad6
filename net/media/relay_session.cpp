#include "net/media/relay_session.hpp"

#include "actors/model/speech/speakable.hpp"
#include "net/media/heard_part.hpp"
#include "net/media/media_lane.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;

/// What a person says and presses, with every step of a partial prompt.
constexpr rate message_rate{20, std::chrono::seconds{1}, 100};
/// A carrier that sends so many others in a row speaks another protocol.
constexpr int bad_in_a_row_max = 10;
/// Said and pressed while the agent thinks; more is dropped.
constexpr std::size_t meanwhile_bytes_max = 4000;
constexpr std::size_t keys_max = 64;
constexpr int tries_max = 3;
constexpr auto retry_after = 1s;
/// Between the agent's last word and the end of the session.
constexpr auto leave_grace = 1s;
/// Then the carrier should have closed the socket.
constexpr auto close_grace = 5s;
/// Stands in the transcript for words of which nothing was heard.
const std::string nothing_heard = "…";

/// No carrier tells when it has said something: 13 characters a second.
std::chrono::milliseconds speaking_time(std::string_view text) {
  // Bytes that go on with a UTF-8 character do not count.
  const auto characters =
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return std::chrono::milliseconds{300 + characters * 1000 / 13};
}

/// What was heard of `text`, of whose spoken form `said` the carrier played `part`.
std::string
heard_of(const std::string& text, const std::string& said, const std::string& part) {
  if (part.empty())
    return nothing_heard;
  const auto same = std::ranges::mismatch(text, said).in1 - text.begin();
  if (static_cast<std::ptrdiff_t>(part.size()) <= same || !said.starts_with(part))
    return part;
  auto heard = heard_part(text,
                          static_cast<std::int64_t>(part.size()),
                          static_cast<std::int64_t>(said.size()));
  return heard.empty() ? nothing_heard : heard;
}

/// Not a frame, a binary message, not UTF-8, too big.
bool broke_rules(int close_code) {
  return close_code == 1002 || close_code == 1003 || close_code == 1007 ||
         close_code == 1009;
}

} // namespace

relay_session::relay_session(caf::actor_system& sys,
                             std::shared_ptr<media_lane> lane,
                             calls_actor calls,
                             media_pass pass,
                             std::shared_ptr<void> slot)
    : sys_{sys},
      lane_{std::move(lane)},
      calls_{std::move(calls)},
      pass_{pass},
      slot_{std::move(slot)},
      messages_{message_rate} {}

void relay_session::open(
    media_socket socket,
    const boost::beast::http::request<boost::beast::http::string_body>& request) {
  ws_options options;
  options.message_bytes_max = lane_->options.message_bytes_max;
  options.queue_bytes_max = lane_->options.queue_bytes_max;
  carrier_ = accept_link(std::move(socket), request, *this, options);
}

// -- the carrier

void relay_session::on_open(ws_link&) {
  opened_at_ = clock::now();
}

void relay_session::on_text(ws_link&, std::string_view text) {
  if (phase_ == phase::over)
    return;
  const auto now = clock::now();
  ++messages_in_;
  if (messages_.take(now).count() > 0)
    return end("carrier_flood");
  const auto message = read_relay_message(text);
  if (message) {
    bad_in_a_row_ = 0;
    take(*message, now);
  } else if (++bad_in_a_row_ >= bad_in_a_row_max) {
    end("bad_messages");
  }
}

void relay_session::on_end(ws_link&, const ws_end& gone) {
  carrier_.reset();
  if (broke_rules(gone.close_code))
    note("socket_refused", R"({"close_code":)" + std::to_string(gone.close_code) + "}");
  end("carrier_closed");
}

void relay_session::take(const relay_message& message, clock::time_point now) {
  using kind = relay_message::kind;
  if (message.type == kind::setup && phase_ == phase::opening)
    return start(message, now);
  if (phase_ != phase::talking && phase_ != phase::leaving)
    return;
  switch (message.type) {
  case kind::prompt:
    heard_at_ = now;
    if (message.last && !message.text.empty())
      hear(message.text);
    return;
  case kind::dtmf:
    return press(message.digit, now);
  case kind::interrupt:
    return interrupt(message, now);
  case kind::error: {
    spdlog::warn("relay: the carrier refused something call={} reason={}",
                 pass_.call.str(),
                 message.text);
    json_writer detail;
    detail.begin_object().field("reason", message.text).end_object();
    return note("relay_error", std::move(detail).str());
  }
  case kind::setup:
  case kind::other:
    return;
  }
}

void relay_session::start(const relay_message& setup, clock::time_point now) {
  phase_ = phase::talking;
  heard_at_ = speaks_until_ = now;
  stream_id_ = setup.session_id;
  provider_call_id_ = setup.provider_call_id;
  pipe_ = spawn<relay_pipe_actor, relay_pipe_state>(
      sys_,
      actor_label{"relay_pipe", pass_.call.str(), pass_.tenant.str()},
      relay_pipe,
      relay_pipe_parts{lane_, weak_from_this(), calls_, pass_});
  ask();
}

void relay_session::press(char digit, clock::time_point now) {
  heard_at_ = key_at_ = now;
  note("dtmf", std::string{R"({"digit":")"} + digit + R"("})");
  // A # alone is an answer of its own.
  if (digit == '#' && !keys_.empty())
    return flush_keys();
  if (keys_.size() < keys_max)
    keys_ += digit;
  if (digit == '#')
    flush_keys();
}

void relay_session::flush_keys() {
  hear(std::exchange(keys_, {}));
}

void relay_session::interrupt(const relay_message& message, clock::time_point now) {
  heard_at_ = speaks_until_ = now;
  note("barge_in", R"({"heard_ms":)" + std::to_string(message.after_ms) + "}");
  if (unheard_.empty())
    return;
  // Of several texts that were sent, the one that begins so was being said.
  const auto found =
      std::find_if(unheard_.rbegin(), unheard_.rend(), [&](const spoken_words& words) {
        return words.said.starts_with(message.text);
      });
  auto cut =
      found == unheard_.rend() ? std::prev(unheard_.end()) : std::prev(found.base());
  auto heard = heard_of(cut->text, cut->said, message.text);
  for (; cut != unheard_.end(); ++cut)
    caf::anon_send(pipe_,
                   turn_heard{cut->item, "agent", std::exchange(heard, nothing_heard)});
  unheard_.clear();
}

// -- the talk

void relay_session::hear(const std::string& words) {
  if (phase_ != phase::talking)
    return;
  // What was said before was heard, or cut off.
  unheard_.clear();
  if (!asking_)
    ask_about(words);
  else if (meanwhile_.size() + words.size() < meanwhile_bytes_max)
    meanwhile_ += (meanwhile_.empty() ? "" : " ") + words;
}

void relay_session::ask_about(std::string words) {
  asked_ = std::move(words);
  ask();
}

void relay_session::ask() {
  asking_ = true;
  again_at_ = clock::time_point::max();
  if (turn_ == 0)
    caf::anon_send(pipe_,
                   open_text{provider_call_id_, brain_kind::relay, stream_id_, {}});
  else
    caf::anon_send(pipe_, hear_text{turn_, asked_, provider_call_id_, brain_kind::relay});
}

void relay_session::replied(caf::expected<spoken_reply> reply) {
  if (phase_ != phase::talking)
    return;
  const auto now = clock::now();
  if (!reply)
    return retry_or_leave(reply.error(), now);
  asking_ = false;
  tries_ = 0;
  turn_ = reply->turn;
  use_language(reply->language);
  speak(agent_item(turn_), reply->text, now);
  if (reply->end_call || reply->leaving)
    leave(now);
  else if (!meanwhile_.empty())
    ask_about(std::exchange(meanwhile_, {}));
}

void relay_session::retry_or_leave(const caf::error& why, clock::time_point now) {
  spdlog::warn("relay: no words from the agent call={} reason={}",
               pass_.call.str(),
               to_string(why));
  if (why == errc::forbidden)
    return end("bad_ticket");
  if (why == errc::conflict || why == errc::not_found)
    return end("call_ended");
  if (why == errc::fenced)
    return end("moved");
  if (++tries_ >= tries_max)
    return end("brain_failed");
  again_at_ = now + retry_after;
}

void relay_session::use_language(const std::string& language) {
  language_ = language;
  const auto& codes = lane_->options.relay.language_codes;
  const auto code = codes.find(language);
  if (code == codes.end() || code->second == language_code_)
    return;
  // The carrier's document named the one that a talk begins in.
  const bool begins = turn_ == 1 && language_code_.empty();
  if (!begins && carrier_)
    carrier_->send(relay_language(code->second));
  language_code_ = code->second;
}

void relay_session::speak(const std::string& item,
                          const std::string& text,
                          clock::time_point now) {
  if (text.empty() || !carrier_)
    return;
  ++messages_out_;
  auto said = speakable(text, language_);
  carrier_->send(relay_text(said, true));
  speaks_until_ = std::max(now, speaks_until_) + speaking_time(said);
  unheard_.push_back({item, text, std::move(said)});
}

void relay_session::say(const std::string& text) {
  if (phase_ != phase::talking)
    return;
  const auto item = stream_id_ + ":said:" + std::to_string(++said_);
  caf::anon_send(pipe_, turn_heard{item, "agent", text});
  speak(item, text, clock::now());
}

void relay_session::press_keys(const std::string& keys) {
  if (phase_ == phase::talking && carrier_)
    carrier_->send(relay_digits(keys));
}

void relay_session::leave(clock::time_point now) {
  phase_ = phase::leaving;
  leave_at_ = std::max(now, speaks_until_) + leave_grace;
}

void relay_session::tick(clock::time_point now) {
  switch (phase_) {
  case phase::opening:
    if (now - opened_at_ > lane_->options.start_timeout)
      end("no_start");
    return;
  case phase::talking:
    if (now >= again_at_)
      ask();
    else if (!keys_.empty() && now - key_at_ > lane_->options.relay.digit_pause)
      flush_keys();
    else if (!asking_ &&
             now - std::max(heard_at_, speaks_until_) > lane_->options.relay.silence) {
      heard_at_ = now;
      hear("");
    }
    return;
  case phase::leaving:
    // Cut short, the last words end sooner.
    leave_at_ = std::min(leave_at_, std::max(now, speaks_until_) + leave_grace);
    if (end_sent_ && now > leave_at_ + close_grace)
      return end("agent_ended");
    if (now > leave_at_ && carrier_ && !std::exchange(end_sent_, true))
      carrier_->send(relay_end());
    return;
  case phase::over:
    return;
  }
}

void relay_session::end(std::string reason) {
  if (std::exchange(phase_, phase::over) == phase::over)
    return;
  const auto self = shared_from_this();
  if (carrier_)
    std::exchange(carrier_, nullptr)->drop();
  spdlog::info("relay: over call={} reason={} messages_in={} messages_out={}",
               pass_.call.str(),
               reason,
               messages_in_,
               messages_out_);
  if (pipe_)
    caf::anon_send(
        pipe_, media_closed{stream_id_, std::move(reason), messages_in_, messages_out_});
  pipe_ = nullptr;
  // Whoever calls may still be within the socket.
  boost::asio::post(lane_->io, [self] {
    self->lane_->remove(*self);
    self->slot_.reset();
  });
}

void relay_session::note(std::string kind, std::string detail) {
  if (pipe_)
    caf::anon_send(pipe_, media_event{std::move(kind), std::move(detail)});
}

} // namespace caly
