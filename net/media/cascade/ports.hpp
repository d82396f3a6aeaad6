#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// The three stages of a cascade, each behind one port. Everything happens on the call's
/// media thread, nothing blocks, and no listener is called from within a call to its
/// port. A stage that failed stays failed; whoever uses it makes another one.

// -- speech to text

/// Who hears what an ear understood.
class ear_listener {
public:
  virtual ~ear_listener() = default;

  /// The words of the current utterance so far, each time from its beginning.
  virtual void on_partial_words(std::string_view text) = 0;
  /// These words are settled; the next ones begin anew. `language` is a tag such as
  /// "hi-IN", empty when the ear does not tell.
  virtual void on_final_words(std::string_view text, std::string_view language) = 0;
  virtual void on_ear_failed(std::string_view why) = 0;
};

/// Understands the speech of one caller.
class ear {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~ear() = default;

  /// µ-law, 8 kHz; any length. What comes before the connection stands is kept, ten
  /// seconds at most.
  virtual void hear(std::string_view codes) = 0;
  /// The caller has paused: settle what was heard, where the service can be asked to.
  virtual void settle() = 0;
  /// Four times a second.
  virtual void tick(time_point now) = 0;
};

/// What an ear has to know about its call.
struct ear_plan {
  /// What the caller may speak: "en", "hi" or "hinglish"; never empty.
  std::vector<std::string> languages;
  /// Words to be expected: names, products, slots. At most a hundred.
  std::vector<std::string> hints;
};

using ear_maker = std::function<std::unique_ptr<ear>(
    ear_listener&, boost::asio::io_context&, const ear_plan&)>;

// -- text to speech

class voice_listener {
public:
  virtual ~voice_listener() = default;

  /// More of what `sentence` sounds like: µ-law, 8 kHz.
  virtual void on_speech(std::uint64_t sentence, std::string_view codes) = 0;
  virtual void on_sentence_spoken(std::uint64_t sentence) = 0;
  /// Nothing more comes of it.
  virtual void on_sentence_failed(std::uint64_t sentence, std::string_view why) = 0;
};

/// Speaks sentences, several at a time where the service lets it.
class voice {
public:
  virtual ~voice() = default;

  /// `sentence` is a number of the caller's choice, never used twice. `language` is "en",
  /// "hi" or "hinglish".
  virtual void
  speak(std::uint64_t sentence, std::string_view text, std::string_view language) = 0;
  /// Nothing more is told of any sentence that was begun before.
  virtual void cancel() = 0;
};

using voice_maker =
    std::function<std::unique_ptr<voice>(voice_listener&, boost::asio::io_context&)>;

// -- language model

struct mind_message {
  /// system, caller, agent, tool_call or tool_answer.
  std::string role;
  std::string text; ///< A tool call's arguments and a tool's answer are JSON.
  std::string tool_call_id;
  std::string tool_name;
};

struct mind_tool {
  std::string name;
  std::string description;
  std::string schema; ///< JSON schema of the arguments
};

struct mind_tool_call {
  std::string id;
  std::string name;
  std::string arguments; ///< as the model wrote them; untrusted
};

struct thought_plan {
  std::vector<mind_message> messages;
  std::vector<mind_tool> tools; ///< empty: none may be called
  int words_max = 400;          ///< tokens of the answer
};

class mind_listener {
public:
  virtual ~mind_listener() = default;

  virtual void on_words(std::uint64_t thought, std::string_view text) = 0;
  /// The answer is complete; with the tools that it calls.
  virtual void on_thought(std::uint64_t thought, std::vector<mind_tool_call> tools) = 0;
  /// `worth_repeating`: the same may work in a moment, or elsewhere.
  virtual void on_thought_failed(std::uint64_t thought,
                                 std::string_view why,
                                 bool worth_repeating) = 0;
};

/// Answers, word by word.
class mind {
public:
  virtual ~mind() = default;

  /// `thought` is a number of the caller's choice, never used twice. Several may run at a
  /// time.
  virtual void think(std::uint64_t thought, const thought_plan& plan) = 0;
  /// Nothing more is told of it, and the service is told to stop.
  virtual void cancel(std::uint64_t thought) = 0;
};

using mind_maker =
    std::function<std::unique_ptr<mind>(mind_listener&, boost::asio::io_context&)>;

} // namespace caly
