#pragma once

#include "actors/model/ids.hpp"
#include "runtime/base/caf_optional.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace caly {

/// The right to act for a shard: checked by the database in the same transaction as every
/// change an owner makes.
struct fence_token {
  std::int32_t shard = 0;
  std::int64_t fence = 0;
  std::string node;

  template <class Inspector>
  friend auto inspect(Inspector& f, fence_token& x) {
    return f(caf::meta::type_name("caly.fence_token"), x.shard, x.fence, x.node);
  }
};

/// Step 1 of the dial protocol: slot, credit hold and attempt for up to `calls.size()`
/// rows of a campaign, in one transaction. The ids are made by the caller, so that asking
/// again after a lost answer returns the same attempts.
struct reserve_calls {
  tenant_id tenant;
  campaign_id campaign;
  fence_token owner;
  std::vector<call_id> calls;

  template <class Inspector>
  friend auto inspect(Inspector& f, reserve_calls& x) {
    return f(caf::meta::type_name("caly.reserve_calls"),
             x.tenant,
             x.campaign,
             x.owner,
             x.calls);
  }
};

struct reserved_call {
  call_id id;
  campaign_id campaign;
  contact_id contact;
  std::string to;
  std::string from;
  std::string name;
  std::string variables; ///< JSON object
  std::int32_t attempt_no = 1;
  agent_id agent;
  std::int32_t agent_version = 1;
  std::int32_t max_call_s = 600;

  template <class Inspector>
  friend auto inspect(Inspector& f, reserved_call& x) {
    return f(caf::meta::type_name("caly.reserved_call"),
             x.id,
             x.campaign,
             x.contact,
             x.to,
             x.from,
             x.name,
             x.variables,
             x.attempt_no,
             x.agent,
             x.agent_version,
             x.max_call_s);
  }
};

/// Why no more calls were reserved.
enum class reserve_stop : std::uint8_t {
  none,                 ///< As many as asked.
  fenced,               ///< Another node owns the shard.
  not_running,          ///< The campaign is not running.
  campaign_at_capacity, ///< The campaign's own concurrency.
  system_at_capacity,
  tenant_at_capacity,
  no_credit,   ///< `wait_until_ms`: 0 = nothing is held that could come back and suffice.
  number_rate, ///< Calls per second of the calling number; `wait_until_ms` says when.
  nothing_due, ///< No row is due; `wait_until_ms` says when one is, 0 = no row left.
};

std::string to_string(reserve_stop reason);
bool from_string(std::string_view text, reserve_stop& reason);

struct reservation {
  std::vector<reserved_call> calls;
  reserve_stop stop = reserve_stop::none;
  std::int64_t wait_until_ms = 0; ///< Unix time

  template <class Inspector>
  friend auto inspect(Inspector& f, reservation& x) {
    return f(caf::meta::type_name("caly.reservation"), x.calls, x.stop, x.wait_until_ms);
  }
};

/// Step 2: reserved -> sending. Answers the calls that may be sent now; every other one
/// of `calls` must not be sent (it was settled, or its owner changed).
struct mark_sending {
  tenant_id tenant;
  fence_token owner;
  std::vector<call_id> calls;

  template <class Inspector>
  friend auto inspect(Inspector& f, mark_sending& x) {
    return f(caf::meta::type_name("caly.mark_sending"), x.tenant, x.owner, x.calls);
  }
};

struct sendable_calls {
  std::vector<call_id> calls;

  template <class Inspector>
  friend auto inspect(Inspector& f, sendable_calls& x) {
    return f(caf::meta::type_name("caly.sendable_calls"), x.calls);
  }
};

/// What a provider answered to create-call.
enum class create_result : std::uint8_t {
  placed,    ///< It has the call; `provider_call_id` names it.
  refused,   ///< A definite no: nothing happened and nothing will.
  throttled, ///< A definite no for now: nothing happened, later is fine.
  unknown,   ///< Anything else. Never sent again.
};

std::string to_string(create_result result);

/// Step 5.
struct record_answered {
  tenant_id tenant;
  call_id call;
  create_result result = create_result::unknown;
  std::string provider_call_id;
  std::string reason;
  std::int32_t retry_after_s = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, record_answered& x) {
    return f(caf::meta::type_name("caly.record_answered"),
             x.tenant,
             x.call,
             x.result,
             x.provider_call_id,
             x.reason,
             x.retry_after_s);
  }
};

/// Steps 6 and 9: one event of a provider about a call. Applied at most once per `key`,
/// only forward, in any order; a terminal one settles the call.
struct record_progress {
  tenant_id tenant;
  call_id call;
  std::string key;
  std::string provider_call_id;
  std::string status; ///< normalised: ringing, in_progress, completed, busy, …
  std::optional<std::int32_t> duration_s;
  std::string answered_by; ///< human, machine…, fax; empty when not known
  std::int64_t at_ms = 0;  ///< Unix time

  template <class Inspector>
  friend auto inspect(Inspector& f, record_progress& x) {
    return f(caf::meta::type_name("caly.record_progress"),
             x.tenant,
             x.call,
             x.key,
             x.provider_call_id,
             x.status,
             x.duration_s,
             x.answered_by,
             x.at_ms);
  }
};

/// What became of it.
enum class progress_effect : std::uint8_t {
  applied,
  duplicate,
  stale,
  unknown_call,
  ended, ///< This event settled the call.
  ghost, ///< The call had been given up; it holds permits by force: hang it up.
};

std::string to_string(progress_effect effect);
bool from_string(std::string_view text, progress_effect& effect);

struct progress_answer {
  progress_effect effect = progress_effect::applied;

  template <class Inspector>
  friend auto inspect(Inspector& f, progress_answer& x) {
    return f(caf::meta::type_name("caly.progress_answer"), x.effect);
  }
};

/// Step 8d: the provider was asked and does not know the call.
struct record_missed {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, record_missed& x) {
    return f(caf::meta::type_name("caly.record_missed"), x.tenant, x.call);
  }
};

/// Step 7: a new owner cleans up after the previous one.
struct take_over_calls {
  tenant_id tenant;
  fence_token owner;

  template <class Inspector>
  friend auto inspect(Inspector& f, take_over_calls& x) {
    return f(caf::meta::type_name("caly.take_over_calls"), x.tenant, x.owner);
  }
};

struct taken_over {
  std::int32_t undone = 0;   ///< reserved, never sent, back in the queue
  std::int32_t doubtful = 0; ///< sending, now unknown

  template <class Inspector>
  friend auto inspect(Inspector& f, taken_over& x) {
    return f(caf::meta::type_name("caly.taken_over"), x.undone, x.doubtful);
  }
};

/// Covers another stretch of talk time before it is used. `number` counts the call's
/// holds.
struct extend_hold {
  tenant_id tenant;
  call_id call;
  std::int32_t number = 2;

  template <class Inspector>
  friend auto inspect(Inspector& f, extend_hold& x) {
    return f(caf::meta::type_name("caly.extend_hold"), x.tenant, x.call, x.number);
  }
};

/// A call that belongs to no campaign: an inbound one, or a single outbound one.
struct open_call {
  tenant_id tenant;
  reserved_call call;
  bool inbound = false;
  std::string provider;
  std::string provider_call_id; ///< inbound only
  fence_token owner;            ///< outbound only; the shard is not checked for inbound

  template <class Inspector>
  friend auto inspect(Inspector& f, open_call& x) {
    return f(caf::meta::type_name("caly.open_call"),
             x.tenant,
             x.call,
             x.inbound,
             x.provider,
             x.provider_call_id,
             x.owner);
  }
};

/// Live calls that someone should ask the provider about: unknown ones, and placed ones
/// that are older than they can be.
struct list_doubtful {
  tenant_id tenant;

  template <class Inspector>
  friend auto inspect(Inspector& f, list_doubtful& x) {
    return f(caf::meta::type_name("caly.list_doubtful"), x.tenant);
  }
};

struct doubtful_call {
  call_id id;
  std::string state;
  std::string provider;
  std::string provider_call_id;
  std::string to;
  std::string from;
  std::int64_t sending_at_ms = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, doubtful_call& x) {
    return f(caf::meta::type_name("caly.doubtful_call"),
             x.id,
             x.state,
             x.provider,
             x.provider_call_id,
             x.to,
             x.from,
             x.sending_at_ms);
  }
};

struct doubtful_calls {
  std::vector<doubtful_call> calls;

  template <class Inspector>
  friend auto inspect(Inspector& f, doubtful_calls& x) {
    return f(caf::meta::type_name("caly.doubtful_calls"), x.calls);
  }
};

/// The DIAL STORE keeps calls, permits and credits: the dial protocol's only truth.
///
/// Every request may be repeated: a second one changes nothing and answers the same.
/// Errors of all: `unavailable` (the database does not answer; the outcome of a change is
/// settled by repeating it), `invalid`.
using dial_store_actor =
    caf::typed_actor<caf::replies_to<reserve_calls>::with<reservation>,
                     // Errors: `fenced`.
                     caf::replies_to<mark_sending>::with<sendable_calls>,
                     // Answers the state of the call after it.
                     caf::replies_to<record_answered>::with<std::string>,
                     caf::replies_to<record_progress>::with<progress_answer>,
                     // Answers the state of the call after it: unknown or lost.
                     caf::replies_to<record_missed>::with<std::string>,
                     // Errors: `fenced`.
                     caf::replies_to<take_over_calls>::with<taken_over>,
                     // False: the balance does not cover it; end the call within the paid
                     // time.
                     caf::replies_to<extend_hold>::with<bool>,
                     // Answers the call as it was opened. Errors: `tenant_at_capacity`,
                     // `system_at_capacity`, `no_credit`, `conflict` (suppressed, or a
                     // live call to the same person), `not_found` (agent).
                     caf::replies_to<open_call>::with<reserved_call>,
                     caf::replies_to<list_doubtful>::with<doubtful_calls>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
