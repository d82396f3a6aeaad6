#include "actors/model/shard.hpp"
#include "runtime/base/error.hpp"
#include "storage/memory/dial_model.hpp"

#include <algorithm>

namespace caly::memory {

namespace {

using namespace std::chrono_literals;

int status_rank(const std::string& status) {
  if (status == "queued")
    return 0;
  if (status == "dialing")
    return 1;
  if (status == "ringing")
    return 2;
  return status == "in_progress" ? 3 : 4;
}

/// Placed for longer than a call can be, or rung for longer than anybody lets it ring.
bool is_overdue(const call_row& call, wall_time now) {
  if (!call.answered_at)
    return *call.placed_at + 2min < now;
  return *call.answered_at + std::chrono::seconds{call.sheet.max_call_s + 120} < now;
}

} // namespace

void dial_model::move_row(account& who,
                          const call_row& call,
                          const settlement& how,
                          wall_time at) {
  const auto found = who.queue.find({call.sheet.campaign, call.sheet.contact});
  if (found == who.queue.end() || found->second.state != "dialing" || call.overdraft)
    return;
  auto& row = found->second;
  const auto& plan = who.campaigns.at(call.sheet.campaign);
  const auto outcome = how.kind == "ended" ? how.status : how.kind;
  const bool uncounted = how.kind == "uncounted";
  if (uncounted && without.return_of_rows)
    return;
  std::int64_t delay = plan.failed_delay_s;
  if (uncounted)
    delay = how.delay_s;
  else if (outcome == "busy")
    delay = plan.busy_delay_s;
  else if (outcome == "no_answer")
    delay = plan.no_answer_delay_s;
  else if (outcome == "voicemail")
    delay = plan.voicemail_delay_s;
  static const std::set<std::string> retried{
      "busy", "no_answer", "voicemail", "failed", "canceled"};
  const bool again =
      uncounted || (call.sheet.attempt_no < plan.max_attempts &&
                    (outcome == "lost" ? plan.retry_lost : retried.contains(outcome)));
  if (again)
    row.state = plan.status == "stopped" ? "cancelled" : "pending";
  else if (outcome == "completed")
    row.state = "done";
  else
    row.state = outcome == "suppressed" ? "suppressed" : "exhausted";
  if (again)
    row.next_at = at + std::chrono::seconds{delay};
  row.reason = again && !uncounted ? "retry_" + outcome : how.reason;
  if (uncounted)
    --row.attempts;
  else
    row.last_outcome = outcome;
}

void dial_model::settle(account& who, call_row& call, settlement how, wall_time now) {
  if (!call.live() && !without.end_of_calls && !without.event_keys)
    return;
  const auto at = std::min(how.at, now);
  const auto id = call.sheet.id.sql();
  std::int32_t duration = how.duration_s.value_or(0);
  if (how.state == "ended" && !how.duration_s && call.answered_at &&
      (how.status == "completed" || how.status == "voicemail"))
    duration = static_cast<std::int32_t>(std::max<std::int64_t>(
        0, std::chrono::ceil<std::chrono::seconds>(at - *call.answered_at).count()));
  std::int64_t charge = 0;
  if (how.state == "ended" && duration > 0 &&
      (how.status == "completed" || how.status == "voicemail" ||
       how.status == "failed")) {
    const std::int64_t pulses = (duration + options_.pulse_s - 1) / options_.pulse_s;
    charge = pulses * options_.pulse_s * options_.price_per_minute_micros / 60;
  }
  const auto extra = std::clamp<std::int64_t>(
      charge - call.hold, 0, std::max<std::int64_t>(0, who.row.balance));
  if (extra > 0) {
    who.ledger["hold:" + id + ':' + std::to_string(call.holds + 1)] = {"hold", extra};
    ++call.holds;
  }
  const auto hold = call.hold + extra;
  charge = std::min(charge, hold);
  if (charge > 0)
    who.ledger["charge:" + id] = {"charge", charge};
  if (how.state == "ended" || !without.release_of_holds) {
    if (hold > charge)
      who.ledger["release:" + id] = {"release", hold - charge};
    who.row.held -= call.hold;
    who.row.balance += call.hold - charge;
  }
  --who.row.used;
  --system_used;
  if ((how.status == "completed" || how.status == "voicemail") && duration > 0 &&
      !call.answered_at)
    call.answered_at = at - std::chrono::seconds{duration};
  call.state = how.state;
  call.status = how.status;
  call.ended_at = at;
  call.end_reason = how.reason;
  call.duration_s = how.state == "ended" ? duration : 0;
  call.charged = charge;
  call.hold = hold;
  call.analysis = how.status == "completed" ? "pending" : "none";
  move_row(who, call, how, at);
  if (const auto person = who.contacts.find(call.sheet.contact);
      person != who.contacts.end() && how.state == "ended" &&
      (person->second.status == "new" || person->second.status == "tried"))
    person->second.status = how.status == "completed" ? "reached" : "tried";
}

void dial_model::revive(account& who,
                        call_row& call,
                        const std::string& status,
                        const std::string& provider_call_id,
                        wall_time now) {
  call.state = "placed";
  call.status = status;
  call.overdraft = true;
  call.hold = 0;
  call.ended_at.reset();
  call.end_reason.clear();
  call.duration_s = 0;
  if (call.provider_call_id.empty())
    call.provider_call_id = provider_call_id;
  if (!call.placed_at)
    call.placed_at = now;
  ++who.row.used;
  ++system_used;
}

std::string dial_model::answered(const record_answered& ask, wall_time now) {
  auto& who = accounts[ask.tenant];
  const auto found = who.calls.find(ask.call);
  if (found == who.calls.end())
    return "not_found";
  auto& call = found->second;
  const bool open =
      call.state == "sending" || call.state == "unknown" || without.end_of_calls;
  if (ask.result == create_result::placed) {
    if ((call.state == "not_placed" || call.state == "lost") && !call.overdraft) {
      revive(who, call, "dialing", ask.provider_call_id, now);
      return "ghost";
    }
    if (open || (call.state == "placed" && call.provider_call_id.empty())) {
      if (call.state == "unknown")
        call.end_reason.clear();
      call.state = "placed";
      if (!call.placed_at)
        call.placed_at = now;
      if (call.provider_call_id.empty())
        call.provider_call_id = ask.provider_call_id;
    }
  } else if (ask.result == create_result::unknown) {
    if (call.state == "sending") {
      call.state = "unknown";
      call.end_reason = ask.reason;
      call.missed_since.reset();
    }
  } else if (open) {
    const bool throttled = ask.result == create_result::throttled;
    settle(who,
           call,
           {"not_placed",
            "failed",
            throttled ? "throttled" : ask.reason,
            throttled ? "uncounted" : "refused",
            now,
            std::nullopt,
            ask.retry_after_s},
           now);
  }
  return call.state;
}

progress_effect dial_model::progress(const record_progress& ask, wall_time now) {
  auto& who = accounts[ask.tenant];
  const auto found = who.calls.find(ask.call);
  if (found == who.calls.end())
    return progress_effect::unknown_call;
  auto& call = found->second;
  if (!who.events.emplace(ask.call, ask.key).second && !without.event_keys)
    return progress_effect::duplicate;
  const auto rank = status_rank(ask.status);
  const wall_time at{std::chrono::milliseconds{ask.at_ms}};
  if ((call.state == "not_placed" || call.state == "lost") && rank < 4 &&
      !call.overdraft) {
    revive(who, call, ask.status, ask.provider_call_id, now);
    return progress_effect::ghost;
  }
  if (!call.live() && !without.event_keys)
    return progress_effect::stale;
  if (call.answered_by.empty())
    call.answered_by = ask.answered_by;
  if (call.provider_call_id.empty())
    call.provider_call_id = ask.provider_call_id;
  if (rank < 4 && call.state == "placed" && rank <= status_rank(call.status))
    return progress_effect::stale;
  if (call.state == "unknown")
    call.end_reason.clear();
  if (!call.placed_at)
    call.placed_at = now;
  call.state = "placed";
  if (rank < 4) {
    if (rank > status_rank(call.status))
      call.status = ask.status;
    if (ask.status == "in_progress" && !call.answered_at)
      call.answered_at = std::min(at, now); // a node's clock may run ahead
    return progress_effect::applied;
  }
  const bool machine =
      call.answered_by.starts_with("machine") || call.answered_by == "fax";
  const auto final = ask.status == "completed" && machine ? "voicemail" : ask.status;
  settle(who,
         call,
         {"ended",
          final,
          call.end_reason.empty() ? final : call.end_reason,
          "ended",
          at,
          ask.duration_s,
          0},
         now);
  return progress_effect::ended;
}

std::string dial_model::missed(const record_missed& ask, wall_time now) {
  auto& who = accounts[ask.tenant];
  const auto found = who.calls.find(ask.call);
  if (found == who.calls.end())
    return "not_found";
  auto& call = found->second;
  if (call.state != "unknown")
    return call.state;
  if (!without.settle_time) {
    if (*call.sending_at + std::chrono::seconds{options_.settle_s} > now)
      return "unknown";
    if (!call.missed_since) {
      call.missed_since = now;
      return "unknown";
    }
    if (*call.missed_since + std::chrono::seconds{options_.apart_s} > now)
      return "unknown";
  }
  settle(who, call, {"lost", "lost", "lost", "lost", now, std::nullopt, 0}, now);
  return "lost";
}

caf::expected<taken_over> dial_model::take_over(const take_over_calls& ask,
                                                wall_time now) {
  if (!owns(ask.owner, now))
    return caf::make_error(errc::fenced, "another node owns the shard");
  taken_over out;
  auto& who = accounts[ask.tenant];
  for (auto& [id, call] : who.calls) {
    if (call.fence >= ask.owner.fence)
      continue;
    if (call.state == "sending" && without.doubt_on_take_over) {
      settle(who, call, {"lost", "lost", "lost", "lost", now, std::nullopt, 0}, now);
    } else if (call.state == "sending") {
      call.state = "unknown";
      call.end_reason = "owner_lost";
      call.missed_since.reset();
      ++out.doubtful;
    } else if (call.state == "reserved") {
      settle(who,
             call,
             {"not_placed", "canceled", "never_sent", "uncounted", now, std::nullopt, 0},
             now);
      ++out.undone;
    }
  }
  return out;
}

bool dial_model::extend(const extend_hold& ask, wall_time) {
  auto& who = accounts[ask.tenant];
  const auto found = who.calls.find(ask.call);
  if (found == who.calls.end() ||
      (found->second.state != "placed" && found->second.state != "unknown"))
    return false;
  auto& call = found->second;
  if (call.holds >= ask.number)
    return true;
  if (who.row.balance < options_.extend_micros)
    return false;
  who.row.balance -= options_.extend_micros;
  who.row.held += options_.extend_micros;
  who.ledger["hold:" + ask.call.sql() + ':' + std::to_string(ask.number)] = {
      "hold", options_.extend_micros};
  call.hold += options_.extend_micros;
  call.holds = ask.number;
  return true;
}

caf::expected<reserved_call> dial_model::open(const open_call& ask, wall_time now) {
  auto& who = accounts[ask.tenant];
  for (const auto& [id, call] : who.calls)
    if (id == ask.call.id ||
        (!ask.provider_call_id.empty() && call.provider == ask.provider &&
         call.provider_call_id == ask.provider_call_id))
      return call.sheet;
  const auto agent = who.agents.find(ask.call.agent);
  if (agent == who.agents.end())
    return caf::make_error(errc::not_found, "no such agent, or it is not enabled");
  auto sheet = ask.call;
  if (!ask.inbound) {
    if (!owns(ask.owner, now))
      return caf::make_error(errc::fenced, "another node owns the shard");
    if (who.suppressions.contains(sheet.to))
      return caf::make_error(errc::conflict, "the number is on the do-not-call list");
    for (const auto& [id, contact] : who.contacts)
      if (sheet.contact.empty() && contact.phone == sheet.to)
        sheet.contact = id; // a contact's number is that person, for campaigns, too
    for (const auto& [id, call] : who.calls)
      if (call.live() && !call.inbound &&
          ((!sheet.contact.empty() && call.sheet.contact == sheet.contact) ||
           call.sheet.to == sheet.to))
        return caf::make_error(errc::conflict, "a call to this number is under way");
  }
  if (who.row.used >= who.row.cap)
    return caf::make_error(errc::tenant_at_capacity);
  if (who.row.balance < options_.hold_micros)
    return caf::make_error(errc::no_credit, "the balance does not cover a call");
  if (system_used >= system_cap)
    return caf::make_error(errc::system_at_capacity);
  call_row call;
  call.sheet = std::move(sheet);
  call.sheet.agent_version = agent->second;
  if (call.sheet.variables.empty())
    call.sheet.variables = "{}";
  call.inbound = ask.inbound;
  call.state = ask.inbound ? "placed" : "reserved";
  call.status = ask.inbound ? "ringing" : "queued";
  call.provider = ask.provider;
  call.provider_call_id = ask.provider_call_id;
  call.node = ask.owner.node;
  call.fence = ask.owner.fence;
  call.hold = options_.hold_micros;
  call.holds = 1;
  call.created_at = now;
  if (ask.inbound)
    call.placed_at = now;
  who.ledger["hold:" + ask.call.id.sql() + ":1"] = {"hold", options_.hold_micros};
  who.row.balance -= options_.hold_micros;
  who.row.held += options_.hold_micros;
  ++who.row.used;
  ++system_used;
  return who.calls.emplace(ask.call.id, std::move(call)).first->second.sheet;
}

doubtful_calls dial_model::doubtful(const list_doubtful& ask, wall_time now) {
  doubtful_calls out;
  auto& who = accounts[ask.tenant];
  const auto shard = shards.find(shard_of(ask.tenant));
  for (auto& [id, call] : who.calls) {
    // Whoever dialed it is gone, and its callbacks may have gone to nobody.
    const auto newest_fence =
        call.inbound || shard == shards.end() ? call.fence : shard->second.fence;
    if (call.state == "reserved" &&
        call.created_at + std::chrono::seconds{options_.reserved_s} < now)
      settle(who,
             call,
             {"not_placed", "canceled", "never_sent", "uncounted", now, std::nullopt, 0},
             now);
    if (call.state == "sending" &&
        *call.sending_at + std::chrono::seconds{options_.sending_s} < now) {
      call.state = "unknown";
      call.end_reason = "answer_lost";
      call.missed_since.reset();
    }
    if (!call.live() || call.state == "reserved" || call.state == "sending")
      continue;
    if (call.state == "placed" && !is_overdue(call, now) && !(call.fence < newest_fence))
      continue;
    out.calls.push_back({id,
                         call.state,
                         call.provider,
                         call.provider_call_id,
                         call.sheet.to,
                         call.sheet.from,
                         call.sending_at ? to_unix_ms(*call.sending_at) : 0});
  }
  return out;
}

} // namespace caly::memory
