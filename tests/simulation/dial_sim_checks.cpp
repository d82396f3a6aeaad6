#include "tests/simulation/dial_sim.hpp"

#include <algorithm>
#include <set>

namespace caly::test {

namespace {

const std::set<std::string> final_rows{
    "done", "exhausted", "suppressed", "no_credit", "cancelled"};

} // namespace

/// I4 and the permits at every moment.
void dial_sim::check_books() {
  std::int32_t live_everywhere = 0;
  for (const auto& [id, who] : env_.model->accounts) {
    std::int64_t balance = 0;
    std::int64_t held = 0;
    for (const auto& [key, line] : who.ledger) {
      const auto hold = line.kind == "hold";
      if (line.kind != "charge")
        balance += hold ? -line.amount : line.amount;
      if (line.kind != "topup")
        held += hold ? line.amount : -line.amount;
    }
    if (balance != who.row.balance || held != who.row.held)
      env_.violate("I4: the ledger does not add up");
    if (who.row.balance < 0 || who.row.held < 0)
      env_.violate("I4: a balance below zero");
    const auto live = std::count_if(who.calls.begin(),
                                    who.calls.end(),
                                    [](const auto& each) { return each.second.live(); });
    if (live != who.row.used)
      env_.violate("I3: permits used are not the live calls");
    if (who.row.used > who.row.cap)
      env_.violate("I3: more permits used than there are");
    live_everywhere += who.row.used;
  }
  if (env_.model->changed_under_old_fence > 0)
    env_.violate("I9: changed under an old fence");
  if (live_everywhere != env_.model->system_used ||
      env_.model->system_used > env_.model->system_cap)
    env_.violate("I3: the system's permits are wrong");
}

bool dial_sim::rows_final() const {
  for (const auto& [id, who] : env_.model->accounts) {
    for (const auto& [key, row] : who.queue)
      if (!final_rows.contains(row.state))
        return false;
    for (const auto& [key, campaign] : who.campaigns)
      if (campaign.status != "completed")
        return false;
  }
  return env_.model->system_used == 0;
}

std::uint64_t dial_sim::alive(const std::string& kind) {
  const auto totals = env_.fx.table().totals();
  const auto found = totals.find(kind);
  return found == totals.end() ? 0 : found->second.alive;
}

bool dial_sim::all_done() {
  return rows_final() && alive("call") == 0 && alive("campaign") == 0;
}

std::string dial_sim::leftovers() {
  std::string out;
  for (const auto& [id, who] : env_.model->accounts) {
    for (const auto& [key, row] : who.queue)
      if (!final_rows.contains(row.state))
        out += " row:" + row.state + '/' + row.reason;
    for (const auto& [call_id, call] : who.calls)
      if (call.live())
        out += " call:" + call.state;
    for (const auto& [campaign, row] : who.campaigns)
      out += " campaign:" + row.status;
  }
  return out + " calls:" + std::to_string(alive("call")) +
         " campaigns:" + std::to_string(alive("campaign"));
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
        env_.violate("a call rang and was given up");
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
  if (!all_done()) {
    env_.violate("I2: not everything came to an end:" + leftovers());
    return;
  }
  if (phones_.live() != 0)
    env_.violate("a call lives on after everything was settled");
  check_charges();
  for (const auto& [id, who] : env_.model->accounts) {
    if (who.row.held != 0 || who.row.used != 0)
      env_.violate("I4: something is still held");
    for (const auto& [call_id, call] : who.calls) {
      env_.count("call " + call.state);
      if (call.overdraft)
        env_.violate("ghost: a call was revived");
    }
  }
}

} // namespace caly::test
