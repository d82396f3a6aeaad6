#pragma once

#include "actors/api/answering.hpp"
#include "actors/api/call_store.hpp"
#include "actors/api/call_voices.hpp"
#include "actors/api/tenant.hpp"
#include "actors/model/brain_kind.hpp"
#include "actors/model/language_switching.hpp"

#include <set>

namespace caly {

/// Ends the conversation: what was queued is dropped and the carrier's socket closes.
struct stop_media {
  std::string reason;

  template <class Inspector>
  friend auto inspect(Inspector& f, stop_media& x) {
    return f(caf::meta::type_name("caly.stop_media"), x.reason);
  }
};

/// Lets the agent say something now, in its own words around `text`.
struct say_text {
  std::string text;

  template <class Inspector>
  friend auto inspect(Inspector& f, say_text& x) {
    return f(caf::meta::type_name("caly.say_text"), x.text);
  }
};

/// Stops the recording of a call for a while, as for a card's number, or goes on with it.
struct steer_recording {
  bool paused = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, steer_recording& x) {
    return f(caf::meta::type_name("caly.steer_recording"), x.paused);
  }
};

/// A MEDIA PIPE moves audio between a carrier's socket and a brain's socket, on one
/// strand outside the actors; this is how a call steers it.
using media_pipe_actor =
    caf::typed_actor<caf::reacts_to<stop_media>,
                     caf::reacts_to<say_text>,
                     caf::reacts_to<steer_recording>,
                     caf::reacts_to<advise_agent>,
                     caf::reacts_to<give_word>,
                     caf::reacts_to<person_speaks>,
                     caf::reacts_to<listen_in>,
                     caf::reacts_to<press_keys>,
                     // Somebody else, the carrier, knows who picked up.
                     caf::reacts_to<answered>,
                     caf::replies_to<get_status>::with<status_report>>;

/// A carrier wants to know how to connect an answered call, or one whose line broke.
struct choose_voice {
  std::string provider_call_id;
  std::set<brain_kind> possible; ///< what this carrier can be connected to

  template <class Inspector>
  friend auto inspect(Inspector& f, choose_voice& x) {
    return f(caf::meta::type_name("caly.choose_voice"), x.provider_call_id, x.possible);
  }
};

/// Who listens, thinks and speaks in the call: what its agent names, else the node's
/// usual brain, else the next one that the node and the carrier can both run.
struct voice_choice {
  brain_kind brain = brain_kind::gather;
  std::string language; ///< to begin in: en, hi, hinglish

  template <class Inspector>
  friend auto inspect(Inspector& f, voice_choice& x) {
    return f(caf::meta::type_name("caly.voice_choice"), x.brain, x.language);
  }
};

/// A carrier's media socket asks for its call; `stream_id` is the carrier's name of it.
struct attach_media {
  tenant_id tenant;
  call_id call;
  std::string stream_id;
  std::string provider_call_id;
  media_pipe_actor pipe;
  brain_kind brain = brain_kind::realtime; ///< that the socket's ticket names
  std::string ticket{};

  template <class Inspector>
  friend auto inspect(Inspector& f, attach_media& x) {
    return f(caf::meta::type_name("caly.attach_media"),
             x.tenant,
             x.call,
             x.stream_id,
             x.provider_call_id,
             x.pipe,
             x.brain,
             x.ticket);
  }
};

/// A tool as a language model is told of it.
struct tool_brief {
  std::string name;
  std::string description;
  std::string schema; ///< JSON schema of its arguments

  template <class Inspector>
  friend auto inspect(Inspector& f, tool_brief& x) {
    return f(caf::meta::type_name("caly.tool_brief"), x.name, x.description, x.schema);
  }
};

/// What every brain has to know of its agent and call.
struct agent_brief {
  std::string instructions;
  std::vector<tool_brief> tools;
  /// What the agent speaks ("en", "hi", "hinglish"), the one to begin in first.
  std::vector<std::string> languages;
  language_switching switching = language_switching::follow;
  std::vector<transcript_turn> said; ///< before this session of the call
  std::vector<done_action> done;     ///< the same
  std::string filler;                ///< said while a thought takes long
  std::string trouble;               ///< said when a thought failed; asks to repeat
  /// What the embedded brain can hear of the caller, as JSGF; empty: no words at all.
  std::string grammar;

  /// The call goes on, after a break or with another brain.
  bool goes_on() const { return !said.empty() || !done.empty(); }

  template <class Inspector>
  friend auto inspect(Inspector& f, agent_brief& x) {
    return f(caf::meta::type_name("caly.agent_brief"),
             x.instructions,
             x.tools,
             x.languages,
             x.switching,
             x.said,
             x.done,
             x.filler,
             x.trouble,
             x.grammar);
  }
};

/// How the pipe is to run.
struct media_plan {
  /// The realtime brain's `session.update` event, JSON.
  std::string session_update;
  /// What the agent says first. Where the `brief` goes on after a break, these words
  /// bridge it.
  std::string greeting;
  /// Neither side spoke for so long: the call ends.
  std::int32_t idle_s = 30;
  /// Asked after half of that; empty: nothing is asked.
  std::string still_there;
  /// The carrier sent no audio for so long: the socket is dead.
  std::int32_t no_media_s = 10;
  agent_brief brief;
  bool recorded = false;
  /// Counts the times the call's audio was connected; a recording has a part for each.
  std::int32_t session = 1;
  answer_plan answering;

  template <class Inspector>
  friend auto inspect(Inspector& f, media_plan& x) {
    return f(caf::meta::type_name("caly.media_plan"),
             x.session_update,
             x.greeting,
             x.idle_s,
             x.still_there,
             x.no_media_s,
             x.brief,
             x.recorded,
             x.session,
             x.answering);
  }
};

/// Something was said and heard. The same `item` again replaces the turn: it was cut off
/// and only `text` was heard.
struct turn_heard {
  std::string item;
  std::string role; ///< agent, caller
  std::string text;
  std::string language{}; ///< en, hi, hinglish; empty: not known

  template <class Inspector>
  friend auto inspect(Inspector& f, turn_heard& x) {
    return f(caf::meta::type_name("caly.turn_heard"), x.item, x.role, x.text, x.language);
  }
};

/// The model wants something done. Answered with JSON for the model.
struct tool_called {
  std::string tool_call_id;
  std::string name;
  std::string arguments; ///< JSON as the model wrote it; untrusted

  template <class Inspector>
  friend auto inspect(Inspector& f, tool_called& x) {
    return f(
        caf::meta::type_name("caly.tool_called"), x.tool_call_id, x.name, x.arguments);
  }
};

struct tool_answer {
  std::string output;    ///< JSON object
  bool end_call = false; ///< after the agent's last words
  bool quiet = false;    ///< the agent says nothing about it
  /// The type of slot that the agent asks for next; empty: none.
  std::string expects{};
  std::string language{}; ///< that the agent goes over to; empty: none

  template <class Inspector>
  friend auto inspect(Inspector& f, tool_answer& x) {
    return f(caf::meta::type_name("caly.tool_answer"),
             x.output,
             x.end_call,
             x.quiet,
             x.expects,
             x.language);
  }
};

/// A line for the call's timeline (barge_in, dtmf, brain_reconnected, latency, …).
struct media_event {
  std::string kind;
  std::string detail; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, media_event& x) {
    return f(caf::meta::type_name("caly.media_event"), x.kind, x.detail);
  }
};

/// The pipe is gone; with its counters for the timeline.
struct media_closed {
  std::string stream_id;
  std::string reason; ///< carrier_closed, agent_ended, idle, no_media, brain_failed, …
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, media_closed& x) {
    return f(caf::meta::type_name("caly.media_closed"),
             x.stream_id,
             x.reason,
             x.frames_in,
             x.frames_out);
  }
};

/// A hint that the rows of a call changed: a webhook was committed.
struct call_progressed {
  call_id call;
  std::string status;
  progress_effect effect = progress_effect::applied;
  /// Who picked up, in the carrier's words (human, machine…, fax); empty: not known.
  std::string answered_by;

  template <class Inspector>
  friend auto inspect(Inspector& f, call_progressed& x) {
    return f(caf::meta::type_name("caly.call_progressed"),
             x.call,
             x.status,
             x.effect,
             x.answered_by);
  }
};

/// A carrier that listens and speaks itself asks for the agent's first words. Asked
/// again by a request, it gets what the agent said last; over a new socket the agent
/// bridges the break.
struct open_text {
  std::string provider_call_id;
  brain_kind brain = brain_kind::gather; ///< gather, relay or embedded
  std::string stream_id{};               ///< of a relay's or the embedded brain's socket
  /// Of a relay's socket; empty: requests, or a socket that `attach_media` named already.
  media_pipe_actor pipe{};
  std::string ticket{}; ///< of a relay's socket

  template <class Inspector>
  friend auto inspect(Inspector& f, open_text& x) {
    return f(caf::meta::type_name("caly.open_text"),
             x.provider_call_id,
             x.brain,
             x.stream_id,
             x.pipe,
             x.ticket);
  }
};

/// What such a carrier understood after the words with the number `turn`. The same turn
/// again is answered with the same words and changes nothing.
struct hear_text {
  std::int32_t turn = 1;
  std::string text; ///< empty: nothing was heard
  std::string provider_call_id;
  brain_kind brain = brain_kind::gather; ///< gather, relay or embedded

  template <class Inspector>
  friend auto inspect(Inspector& f, hear_text& x) {
    return f(caf::meta::type_name("caly.hear_text"),
             x.turn,
             x.text,
             x.provider_call_id,
             x.brain);
  }
};

/// What the agent says now.
struct spoken_reply {
  std::int32_t turn = 1; ///< counts the agent's words in this call, from 1
  std::string text;
  std::string language;  ///< en, hi, hinglish
  bool end_call = false; ///< hang up after these words
  bool leaving = false;  ///< a person has the caller after these words
  std::string expects{}; ///< the type of slot that they ask for; empty: none

  template <class Inspector>
  friend auto inspect(Inspector& f, spoken_reply& x) {
    return f(caf::meta::type_name("caly.spoken_reply"),
             x.turn,
             x.text,
             x.language,
             x.end_call,
             x.leaving,
             x.expects);
  }
};

/// The `turn_heard::item` of the agent's words with the number `turn`: a carrier that
/// was interrupted tells so what was heard of them.
inline std::string agent_item(std::int32_t turn) {
  return "text:agent:" + std::to_string(turn);
}

/// The rows say that a transfer got so far.
struct transfer_progressed {
  call_id call;
  std::int32_t number = 0;
  std::string state;

  template <class Inspector>
  friend auto inspect(Inspector& f, transfer_progressed& x) {
    return f(caf::meta::type_name("caly.transfer_progressed"), x.call, x.number, x.state);
  }
};

struct end_call {
  std::string reason;

  template <class Inspector>
  friend auto inspect(Inspector& f, end_call& x) {
    return f(caf::meta::type_name("caly.end_call"), x.reason);
  }
};

/// A second passed: the call looks at its timers.
struct call_tick {
  template <class Inspector>
  friend auto inspect(Inspector& f, call_tick&) {
    return f(caf::meta::type_name("caly.call_tick"));
  }
};

/// A CALL dials, listens, acts and ends; one actor a live call, on the node that holds
/// its media socket.
using call_actor = caf::typed_actor<
    // Errors: `not_found` (no usable agent, or no brain that works): hang up;
    // `unavailable`: ask again.
    caf::replies_to<choose_voice>::with<voice_choice>,
    // Errors: `not_found`, `conflict` (the call is over) and `forbidden` (the ticket
    // took it over before): close the socket.
    caf::replies_to<attach_media>::with<media_plan>,
    caf::reacts_to<turn_heard>,
    // Never an error: what fails is told to the model in the output.
    caf::replies_to<tool_called>::with<tool_answer>,
    // Errors of both: `conflict` (the call is over) and `not_found` (no usable agent):
    // hang up; `unavailable`: ask again.
    caf::replies_to<open_text>::with<spoken_reply>,
    caf::replies_to<hear_text>::with<spoken_reply>,
    caf::reacts_to<media_event>,
    caf::reacts_to<answered>,
    caf::reacts_to<media_closed>,
    caf::reacts_to<call_progressed>,
    // Hangs up; true when there was something to hang up.
    caf::replies_to<end_call>::with<bool>,
    // False: nothing is recorded.
    caf::replies_to<steer_recording>::with<bool>,
    // False: nothing carries them. Errors: `invalid` (no keys).
    caf::replies_to<press_keys>::with<bool>,
    caf::reacts_to<call_tick>,
    caf::replies_to<get_status>::with<status_report>>;

/// Asks for the actor of a live call of any tenant on this node.
struct find_call {
  tenant_id tenant;
  call_id call;
  /// Start one from the call's rows when this node has none.
  bool start = false;
  std::string node{}; ///< that the region is to ask; empty: this one

  template <class Inspector>
  friend auto inspect(Inspector& f, find_call& x) {
    return f(caf::meta::type_name("caly.find_call"), x.tenant, x.call, x.start, x.node);
  }
};

/// Starts the actor of a call that was just reserved: it marks, sends and goes on.
struct start_call {
  tenant_id tenant;
  reserved_call call;
  fence_token owner;
  std::string provider;
  tenant_actor told; ///< gets `call_finished`
  std::string
      correlation_id{}; ///< of the request that wants it; empty: the call's own id

  template <class Inspector>
  friend auto inspect(Inspector& f, start_call& x) {
    return f(caf::meta::type_name("caly.start_call"),
             x.tenant,
             x.call,
             x.owner,
             x.provider,
             x.told,
             x.correlation_id);
  }
};

/// CALLS keeps this node's live call actors by id.
using calls_actor = caf::typed_actor<
    // Errors: `not_found`, `conflict` (the call is over).
    caf::replies_to<find_call>::with<call_actor>,
    caf::replies_to<start_call>::with<call_actor>,
    // Both are passed on to the call's actor when it lives here.
    caf::reacts_to<call_progressed>,
    caf::reacts_to<transfer_progressed>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
