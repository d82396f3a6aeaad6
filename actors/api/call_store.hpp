#pragma once

#include "actors/model/ids.hpp"
#include "actors/model/slots/captured_slot.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// One utterance as it was heard. `seq` counts from 1 within the call.
struct transcript_turn {
  std::int32_t seq = 0;
  std::string role; ///< agent, caller, tool
  std::string text;
  std::string language;
  std::int64_t at_ms = 0; ///< Unix time

  template <class Inspector>
  friend auto inspect(Inspector& f, transcript_turn& x) {
    return f(caf::meta::type_name("caly.transcript_turn"),
             x.seq,
             x.role,
             x.text,
             x.language,
             x.at_ms);
  }
};

/// Adds or replaces turns by `seq`: a turn that was cut short is written again.
struct save_turns {
  tenant_id tenant;
  call_id call;
  std::vector<transcript_turn> turns;
  std::int32_t session = 0; ///< of the writer; 0: the carrier holds the talk itself

  template <class Inspector>
  friend auto inspect(Inspector& f, save_turns& x) {
    return f(
        caf::meta::type_name("caly.save_turns"), x.tenant, x.call, x.turns, x.session);
  }
};

/// Makes the asker the one who speaks in a live call: what earlier sessions write from
/// now on is refused.
struct take_call {
  tenant_id tenant;
  call_id call;
  std::string node; ///< for people
  /// Of the media socket that comes with the asker, which takes the call over once;
  /// empty: there is none.
  std::string ticket{};

  template <class Inspector>
  friend auto inspect(Inspector& f, take_call& x) {
    return f(caf::meta::type_name("caly.take_call"), x.tenant, x.call, x.node, x.ticket);
  }
};

/// Something an agent did for the person.
struct done_action {
  std::string kind;
  std::string arguments; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, done_action& x) {
    return f(caf::meta::type_name("caly.done_action"), x.kind, x.arguments);
  }
};

/// Who speaks in a call, and what was said and done before.
struct call_session {
  std::int32_t number = 1; ///< counts from 1 within the call
  std::vector<transcript_turn> turns;
  std::vector<done_action> actions;
  std::vector<captured_slot> slots{};

  template <class Inspector>
  friend auto inspect(Inspector& f, call_session& x) {
    return f(
        caf::meta::type_name("caly.call_session"), x.number, x.turns, x.actions, x.slots);
  }
};

/// The media of `session` is gone and its call should end for `reason`. The first reason
/// stays.
struct end_session {
  tenant_id tenant;
  call_id call;
  std::int32_t session = 0;
  std::string reason;

  template <class Inspector>
  friend auto inspect(Inspector& f, end_session& x) {
    return f(
        caf::meta::type_name("caly.end_session"), x.tenant, x.call, x.session, x.reason);
  }
};

struct load_turns {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, load_turns& x) {
    return f(caf::meta::type_name("caly.load_turns"), x.tenant, x.call);
  }
};

/// Records what an agent did for the person; once per tool call, and once per kind and
/// arguments: a model that took the call over may want it again under another id. `kind`
/// `do_not_call` also puts the number on the suppression list, in the same transaction.
struct save_action {
  tenant_id tenant;
  call_id call;
  std::string tool_call_id;
  std::string kind;
  std::string arguments; ///< JSON object
  std::int32_t session = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, save_action& x) {
    return f(caf::meta::type_name("caly.save_action"),
             x.tenant,
             x.call,
             x.tool_call_id,
             x.kind,
             x.arguments,
             x.session);
  }
};

/// A line of the call's timeline. Once per `key`.
struct save_event {
  tenant_id tenant;
  call_id call;
  std::string key;
  std::string kind;
  std::string detail; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, save_event& x) {
    return f(caf::meta::type_name("caly.save_event"),
             x.tenant,
             x.call,
             x.key,
             x.kind,
             x.detail);
  }
};

/// Everything a node needs to speak in a call, whether it dialed it or not.
struct load_call {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, load_call& x) {
    return f(caf::meta::type_name("caly.load_call"), x.tenant, x.call);
  }
};

struct call_sheet {
  call_id id;
  tenant_id tenant;
  campaign_id campaign; ///< empty: none
  contact_id contact;   ///< empty: none
  std::string direction;
  std::string state;
  std::string status;
  std::string to;
  std::string from;
  std::string name;
  std::string variables; ///< JSON object
  std::string provider;
  std::string provider_call_id;
  agent_id agent;
  std::int32_t agent_version = 1;
  std::string profile; ///< the agent version, JSON (actors/model/agent_profile.hpp)
  std::int32_t max_call_s = 600;
  std::int32_t holds = 1;
  std::int64_t answered_at_ms = 0; ///< Unix time; 0: not yet
  std::int64_t ended_at_ms = 0;    ///< Unix time; 0: it lives
  std::string recording = "agent"; ///< what the tenant wants: off, on, agent

  template <class Inspector>
  friend auto inspect(Inspector& f, call_sheet& x) {
    return f(caf::meta::type_name("caly.call_sheet"),
             x.id,
             x.tenant,
             x.campaign,
             x.contact,
             x.direction,
             x.state,
             x.status,
             x.to,
             x.from,
             x.name,
             x.variables,
             x.provider,
             x.provider_call_id,
             x.agent,
             x.agent_version,
             x.profile,
             x.max_call_s,
             x.holds,
             x.answered_at_ms,
             x.ended_at_ms,
             x.recording);
  }
};

/// Calls whose transcript still waits for its analysis.
struct list_unanalysed {
  tenant_id tenant;
  std::uint32_t limit = 20;

  template <class Inspector>
  friend auto inspect(Inspector& f, list_unanalysed& x) {
    return f(caf::meta::type_name("caly.list_unanalysed"), x.tenant, x.limit);
  }
};

/// The result of the analysis of one call; also moves the contact's tags and status.
struct save_analysis {
  tenant_id tenant;
  call_id call;
  /// False: failed, see `error`; shown, never lost. False without an error: there was too
  /// little to analyse.
  bool done = false;
  std::string sentiment;
  std::string outcome;
  std::string summary;
  std::string extracted; ///< JSON object
  std::string grade;
  std::string model;
  std::string error;

  template <class Inspector>
  friend auto inspect(Inspector& f, save_analysis& x) {
    return f(caf::meta::type_name("caly.save_analysis"),
             x.tenant,
             x.call,
             x.done,
             x.sentiment,
             x.outcome,
             x.summary,
             x.extracted,
             x.grade,
             x.model,
             x.error);
  }
};

/// The CALL STORE keeps what was said and done in calls. Requests may be repeated.
/// Errors of all: `unavailable`, `not_found`; of those with a session also `fenced`:
/// another one speaks in the call by now.
using call_store_actor =
    caf::typed_actor<caf::replies_to<load_call>::with<call_sheet>,
                     // Errors: `conflict` (the call is over, or is being ended).
                     caf::replies_to<take_call>::with<call_session>,
                     // False: somebody gave a reason before.
                     caf::replies_to<end_session>::with<bool>,
                     // Answers the number of turns kept.
                     caf::replies_to<save_turns>::with<std::uint32_t>,
                     caf::replies_to<load_turns>::with<std::vector<transcript_turn>>,
                     // False: it had its effect already.
                     caf::replies_to<save_action>::with<bool>,
                     caf::replies_to<save_event>::with<bool>,
                     caf::replies_to<list_unanalysed>::with<std::vector<call_id>>,
                     caf::replies_to<save_analysis>::with<bool>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
