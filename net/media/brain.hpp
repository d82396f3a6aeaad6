#pragma once

#include "actors/api/call.hpp"
#include "net/media/playout.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What a brain can do to its call. All audio is µ-law, 8 kHz, as base64 text, which the
/// brain has looked at where it came in.
class brain_host {
public:
  virtual ~brain_host() = default;

  /// Sends audio of `item` to the caller; pieces of one item follow each other.
  virtual void play(std::string_view item, std::string_view audio) = 0;
  /// No more audio of `item` follows; `brain_session::played` tells when it was heard.
  virtual void finish_item(std::string_view item) = 0;
  /// Silences the agent at once. Answers what was not heard to its end.
  virtual std::vector<cut_audio> stop_playing() = 0;
  /// Something of the agent's speech was not heard yet.
  virtual bool playing() const = 0;
  /// Milliseconds of it.
  virtual std::int64_t left_ms() const = 0;

  /// The brain hears the caller speak. The call decides, from this, the line and the
  /// words, whether the agent yields: `brain_session::interrupted`.
  virtual void caller_speaks() = 0;
  /// What the caller is understood to say, so far.
  virtual void caller_says(std::string_view words) = 0;

  /// Somebody spoke: the idle timer starts anew.
  virtual void spoken() = 0;
  virtual void heard(turn_heard turn) = 0;
  /// Answered through `brain_session::tool_answered`.
  virtual void call_tool(tool_called tool) = 0;
  /// Asks the agent of the call for its words behind its `turn`th ones, `heard` being
  /// what the caller said (empty: nothing); turn 0 asks for the first ones. One question
  /// at a time; answered through `brain_session::replied`.
  virtual void ask_agent(std::int32_t turn, std::string heard) = 0;
  /// A line of the call's timeline; `detail` is a JSON object.
  virtual void note(std::string kind, std::string detail) = 0;
  /// Ends the call. The brain is destroyed soon after, never within this call.
  virtual void end(std::string reason) = 0;

  /// Another brain goes on with the call when this one ends with `brain_failed`: better
  /// to fail soon than to let the caller wait.
  virtual bool has_stand_in() const { return false; }
};

/// The mind behind the agent's voice in one call. Lives on the media thread of its call;
/// nobody else touches it, and it never blocks.
class brain_session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~brain_session() = default;

  /// How to run; caller's audio may come before this.
  virtual void start(media_plan plan, time_point now) = 0;
  /// The caller's audio, `bytes` of it when decoded.
  virtual void hear(std::string_view audio, std::size_t bytes) = 0;

  /// The same piece of audio once more as 16-bit samples at 16 kHz, where the carrier has
  /// them. Before `hear`.
  virtual void hear_wide(std::string_view samples) { static_cast<void>(samples); }

  /// The carrier understood the caller itself: one whole utterance.
  virtual void hear_words(std::string words) { static_cast<void>(words); }

  /// Whether the caller can take the word from the agent now.
  virtual bool yields() const { return true; }

  /// Whether `on_frame` is to be called.
  virtual bool wants_frames() const { return false; }

  /// 20 ms of the caller's line went by.
  virtual void on_frame(bool voiced) { static_cast<void>(voiced); }

  /// The caller pressed a key.
  virtual void press(char digit, time_point now) = 0;
  /// Say something now, in the agent's own words.
  virtual void say(std::string text) = 0;
  /// While hushed it listens, but answers nobody: only what it is told to `say` is said.
  /// What it was saying is dropped by whoever hushes it.
  virtual void hush(bool quiet) = 0;
  /// Something to know from now on. `answer`: it takes its turn now, knowing it.
  virtual void advise(std::string fact, bool answer) = 0;
  virtual void tool_answered(const std::string& tool_call_id,
                             const tool_answer& answer,
                             time_point now) = 0;

  /// The answer to `brain_host::ask_agent`.
  virtual void replied(caf::expected<spoken_reply> reply, time_point now) {
    static_cast<void>(reply);
    static_cast<void>(now);
  }

  /// `item` was heard to its end.
  virtual void played(const std::string& item) = 0;
  /// The caller has the word: what was not heard is dropped.
  virtual void interrupted(const std::vector<cut_audio>& cuts) = 0;
  /// The caller made a sound while the agent spoke, and the agent goes on.
  virtual void not_interrupted() = 0;
  /// The call is over: last chance to report what was heard of the agent's words.
  virtual void leave(const std::vector<cut_audio>& cuts) = 0;
  /// Four times a second.
  virtual void tick(time_point now) = 0;
};

/// Makes the brain of a call; both arguments outlive it.
using brain_maker =
    std::function<std::unique_ptr<brain_session>(brain_host&, boost::asio::io_context&)>;

} // namespace caly
