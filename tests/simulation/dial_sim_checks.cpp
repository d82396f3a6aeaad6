#include "tests/simulation/dial_sim.hpp"

#include <algorithm>
#include <set>

namespace caly::test {

namespace {

const std::set<std::string> final_rows{
    "done", "exhausted", "suppressed", "no_credit", "cancelled"};

/// Actors that stay while a node runs; all others end with what they were there for.
const std::set<std::string> permanent{"calls", "region", "member", "dial_scheduler"};

} // namespace

/// I12: what waits is bounded, but for those who cannot look.
void dial_sim::check_mailboxes() {
  constexpr std::uint64_t waiting_max = 400;
  if (!env_.one_in(50))
    return;
  for (const auto& each : env_.fx.table().all()) {
    const auto owner = env_.owner_of(each->id);
    if (owner >= 0 && !nodes_[static_cast<std::size_t>(owner)]->frozen() &&
        each->depth() > waiting_max)
      env_.violate("I12: " + std::to_string(each->depth()) + " messages wait at " +
                   each->path);
  }
  if (env_.planned() > 5000)
    env_.violate("I12: what is to come grows without end");
}

bool dial_sim::at_rest() {
  if (env_.model->system_used != 0 || phones_.live() != 0 || operators_.waiting() != 0)
    return false;
  for (const auto& [id, who] : env_.model->accounts) {
    for (const auto& [key, row] : who.queue)
      if (!final_rows.contains(row.state))
        return false;
    for (const auto& [key, campaign] : who.campaigns)
      if (campaign.status != "completed")
        return false;
  }
  for (const auto& [kind, totals] : env_.fx.table().totals())
    if (totals.alive > 0 && !permanent.contains(kind))
      return false;
  return true;
}

std::string dial_sim::leftovers() {
  std::string out;
  for (const auto& [id, who] : env_.model->accounts) {
    for (const auto& [key, row] : who.queue)
      if (!final_rows.contains(row.state))
        out += " row:" + row.state + '/' + row.reason;
    for (const auto& [call_id, call] : who.calls)
      if (call.live())
        out += " call" + short_id(call_id.value()) + ':' + call.state;
    for (const auto& [campaign, row] : who.campaigns)
      if (row.status != "completed")
        out += " campaign:" + row.status;
  }
  for (const auto& [kind, totals] : env_.fx.table().totals())
    if (totals.alive > 0 && !permanent.contains(kind))
      out += ' ' + kind + "s:" + std::to_string(totals.alive);
  return out + " single calls:" + std::to_string(operators_.waiting());
}

/// Nothing is charged that was not talked, and everything that was is charged, as far as
/// the balance went.
void dial_sim::check_charges() {
  for (const auto& [id, who] : env_.model->accounts)
    for (const auto& [call_id, call] : who.calls) {
      const auto placed = phones_.calls().find(call_id);
      const bool rang = placed != phones_.calls().end() && !placed->second.status.empty();
      const auto talked = rang ? placed->second.duration_s : 0;
      if (call.charged > talked)
        env_.violate("I4: charged more than was talked");
      if (call.state == "ended" && !rang)
        env_.violate("I4: a call ended that never rang");
      if ((call.state == "lost" || call.state == "not_placed") && rang)
        env_.violate("I2: a call rang and was given up");
      if (call.state == "ended" && call.charged < talked && call.charged != call.hold)
        env_.violate("I4: talk time was not charged");
      const auto sql = call_id.sql();
      std::int64_t held = 0;
      for (const auto& [key, line] : who.ledger)
        if (key.starts_with("hold:" + sql))
          held += line.amount;
      std::int64_t settled = 0;
      for (const auto* kind : {"charge:", "release:"})
        if (const auto line = who.ledger.find(kind + sql); line != who.ledger.end())
          settled += line->second.amount;
      if (held != settled)
        env_.violate("I4: the holds of a call are not settled once");
    }
}

void dial_sim::check_end() {
  check_charges();
  for (const auto& [id, who] : env_.model->accounts) {
    books_.after_commit(id);
    if (who.row.held != 0 || who.row.used != 0)
      env_.violate("I4: something is still held");
    for (const auto& [call_id, call] : who.calls) {
      env_.count("call " + call.state);
      if (call.overdraft)
        env_.violate("ghost: a call was revived");
    }
  }
  for (const auto& id : operators_.accepted())
    if (std::none_of(env_.model->accounts.begin(),
                     env_.model->accounts.end(),
                     [&](const auto& each) { return each.second.calls.contains(id); }))
      env_.violate("I11: an accepted call has no row");
}

} // namespace caly::test
