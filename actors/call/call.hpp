#pragma once

#include "actors/api/call.hpp"
#include "actors/api/call_control.hpp"
#include "actors/api/call_log.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/records.hpp"
#include "actors/call/call_agent.hpp"
#include "actors/call/log/noted_promise.hpp"
#include "actors/call/transcript_log.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace caly {

struct call_options {
  std::chrono::milliseconds fuse{500};
  std::chrono::milliseconds create_timeout{10'000};
  std::chrono::milliseconds ring_timeout{30'000};
  /// How long the carrier may be silent where it should have said something.
  std::chrono::milliseconds silence_before_asking{8'000};
  /// The same while the carrier speaks the agent's words itself: they take their time,
  /// and so does the answer.
  std::chrono::milliseconds text_silence{90'000};
  std::chrono::seconds first_hold{120};
  std::uint32_t tool_calls_max = 20;
  std::size_t turns_max = 1000;
};

/// What the calls of a node share.
struct call_ports {
  dial_store_actor store;
  call_store_actor rows;
  records_actor records;
  carrier_book carriers;
  insight_actor insight;
  wall_clock clock;
  call_voices voices;
  std::string node; ///< this one, as others know it
  /// What the fuse burns by; simulations pass a clock of their own.
  std::function<boot_clock::time_point()> boot_now = &boot_clock::now;
  call_log_keeper_actor logs{}; ///< null: no log is written
};

enum class call_phase : std::uint8_t {
  marking, ///< asking the store whether it may be sent
  sending, ///< the create-call is on its way, or its outcome is unknown
  placed,  ///< the carrier has it
  talking, ///< audio or text flows
  over,
};

std::string to_string(call_phase phase);

/// The conversation of a call whose carrier listens and speaks itself.
struct text_talk {
  std::optional<spoken_reply> last; ///< what the agent said last
  bool thinking = false;            ///< the next words are being made
  std::vector<call_logs::noted_promise<spoken_reply>> waiting; ///< for those words
};

/// Whether the call's carrier records it for us.
enum class carrier_recording : std::uint8_t {
  none,
  wanted,  ///< the row that says so is not written yet
  asked,   ///< the row is written, or on its way
  refused, ///< this carrier does not
};

/// The person that a call is being handed over to.
struct open_transfer {
  std::int32_t number = 0; ///< within the call; 0: its row is being written
  transfer_call order;
  std::string from;     ///< the number that the person sees
  std::string leg;      ///< the carrier's name of the call to the person
  bool leaving = false; ///< the caller is on the way to the person
  std::int64_t since_ms = 0;
};

/// What a call actor answers to: its carrier and brain, people, and who looks at it.
using live_call_actor = call_actor::extend_with<call_desk_actor, call_watch_actor>;

class call_self; // actors/call/call_self.hpp

struct call_state {
  tenant_id tenant;
  call_id id;
  campaign_id campaign;
  tenant_actor told;                     ///< empty for calls this node did not dial
  std::optional<call_sheet> sheet;       ///< as it was read, until there is an agent
  std::unique_ptr<call_agent> agent;     ///< from the first word on
  brain_kind brain = brain_kind::gather; ///< that `agent` was made for
  call_phase phase = call_phase::marking;
  std::string status = "queued";
  std::string provider; ///< the carrier that has it
  std::string provider_call_id;
  std::string ending; ///< why we end it; empty while we do not
  media_pipe_actor pipe;
  std::string stream_id;
  std::string media_end; ///< why the media ended, until the rows know
  call_speaker speaker = call_speaker::agent;
  bool said_goodbye = false; ///< its time is nearly up
  std::optional<open_transfer> transfer;
  bool recorded = false; ///< what the pipe carries
  answer_plan answering; ///< of the agent that spoke first
  answered picked_up;    ///< as far as the line told
  bool recording_paused = false;
  carrier_recording carrier_records = carrier_recording::none;
  bool carrier_pauses = false; ///< what the rows were told last
  bool pause_unsaid = false;   ///< they could not be told; tried again by the next tick
  bool pause_missed = false;   ///< and it was a pause: what came since is recorded
  /// Under which we speak in the call; 0: somebody else does, or nobody yet.
  std::int32_t session = 0;
  text_talk text;
  transcript_log transcript;
  std::vector<done_action> done; ///< what the agent did for the person, by whatever node
  std::vector<captured_slot> slots; ///< what the caller told, as the rows know it
  std::int32_t holds = 1;
  std::int64_t covered_s = 0; ///< talk time that the holds pay for
  bool extending = false;
  std::int32_t max_call_s = 600;
  std::int64_t phase_since_ms = 0;
  std::int64_t answered_at_ms = 0;
  std::int64_t asked_at_ms = 0; ///< the carrier was last asked about the call
  std::uint32_t tool_calls = 0;
  std::uint64_t events_total = 0;
};

/// Dials a call that was just reserved and stays with it to the end. Quits normally when
/// the call is over. `spawn_call` runs it.
live_call_actor::behavior_type dialed_call(call_self* self, start_call order);

/// Goes on with a call from its rows: an inbound one, or one whose node died.
live_call_actor::behavior_type resumed_call(call_self* self, call_sheet sheet);

} // namespace caly
