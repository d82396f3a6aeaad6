#pragma once

#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/callee/persona.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace caly::sim {

class utterance_index;

/// A text and how it sounds on a phone line.
struct utterance {
  std::uint32_t id = 0;
  std::string text;
  std::string mulaw; ///< Whole frames of 20 ms, without silence around it.
};

using utterance_ptr = std::shared_ptr<const utterance>;

/// Speaks texts with espeak-ng, or with tones that differ by text when it is missing.
/// Each text is rendered once, on a thread of its own; the last 1,024 stay cached.
class speech {
public:
  using done = std::function<void(utterance_ptr)>;

  speech(scheduler& time, utterance_index& index);
  ~speech();
  speech(const speech&) = delete;
  speech& operator=(const speech&) = delete;

  /// `on_done` runs later on the sandbox's thread. While 512 texts wait for espeak-ng,
  /// further ones become tones.
  void say(std::string_view text, voice speaks, done on_done);

  bool has_espeak() const noexcept { return has_espeak_; }

private:
  struct entry {
    utterance_ptr ready;
    std::vector<done> waiting;
  };

  struct order {
    std::string key;
    std::string text;
    voice speaks;
  };

  void work();
  void finish(const std::string& key, const std::string& text, std::string mulaw);
  void forget_oldest();

  scheduler& time_;
  utterance_index& index_;
  bool has_espeak_;
  std::uint32_t next_id_ = 1;
  std::unordered_map<std::string, entry> cache_;
  std::deque<std::string> cached_; ///< Keys in the order of rendering.

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<order> orders_;
  bool stopping_ = false;
  std::thread worker_;
};

} // namespace caly::sim
