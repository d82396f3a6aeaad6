#pragma once

#include "actors/api/call.hpp"
#include "actors/model/brain_kind.hpp"
#include "net/media/brain.hpp"
#include "net/media/carrier_wire.hpp"
#include "net/media/recording/call_recorder.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace caly {

/// How a talk goes whose carrier listens and speaks.
struct relay_options {
  /// Neither side said anything for so long: the agent is told that nothing was heard.
  std::chrono::milliseconds silence{10'000};
  /// Keys that are pressed no further apart are one answer.
  std::chrono::milliseconds digit_pause{2'000};
  /// What the carrier calls the agent's languages (en, hi, hinglish).
  std::map<std::string, std::string> language_codes;
};

struct media_options {
  int threads = 1;
  /// From `coalesce_from` calls on a thread handles everything that arrived in passes of
  /// this length: half the processor time for that much more delay. 0: never.
  std::chrono::milliseconds tick{1};
  std::size_t coalesce_from = 100;
  std::size_t calls_max = 2000; ///< A thread; more are refused with 503.
  /// The carrier gets the agent's audio so long before it is heard.
  std::chrono::milliseconds lead{300};
  std::size_t message_bytes_max = 32 << 10;
  std::size_t queue_bytes_max = 1 << 20;
  std::chrono::milliseconds start_timeout{5'000}; ///< Until the carrier's `start`.
  std::chrono::milliseconds tool_timeout{30'000};
  std::chrono::milliseconds attach_timeout{10'000};
  relay_options relay;
};

/// A path under which a carrier's media sockets come in.
struct media_entrance {
  std::string path; ///< With `:session`, which is a ticket.
  carrier_wire_maker make_wire;
};

struct websocket_upgrade;

/// A path under which sockets of carriers come in that listen and speak themselves.
struct relay_entrance {
  std::string path; ///< With `:session`, which is a ticket.
  /// Whether the carrier itself asks for the upgrade.
  std::function<bool(const websocket_upgrade&)> is_genuine;
};

struct media_ports {
  calls_actor calls;
  std::map<brain_kind, brain_maker> brains;
  std::vector<media_entrance> entrances;
  /// Begins the recording of a call; empty: none is recorded.
  std::function<std::unique_ptr<recording::call_recorder>(const recording::tape_label&)>
      record{};
  std::vector<relay_entrance> relays{};
};

} // namespace caly
