#pragma once

#include <chrono>

namespace caly {

/// Both sides are silent: half of the time later the caller is asked whether they are
/// there, and after the rest the call ends. Who asks is whoever looks.
class idle_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class step { none, ask, end };

  /// `asks` false: the call ends after the whole time.
  void begin(std::chrono::seconds idle, bool asks, time_point now) {
    idle_ = idle;
    asks_ = asks;
    caller_spoke(now);
  }

  /// Somebody spoke, or the agent is heard.
  void spoke(time_point now) { spoken_at_ = now; }

  void caller_spoke(time_point now) {
    asked_ = false;
    spoke(now);
  }

  step look(time_point now) {
    const auto patience = asks_ ? idle_ / 2 : idle_;
    if (now - spoken_at_ <= patience)
      return step::none;
    if (asked_ || !asks_)
      return step::end;
    asked_ = true;
    spoke(now);
    return step::ask;
  }

private:
  std::chrono::milliseconds idle_{30'000};
  bool asks_ = false;
  bool asked_ = false; ///< Since the caller last spoke.
  time_point spoken_at_{};
};

} // namespace caly
