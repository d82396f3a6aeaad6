#include "tests/simulation/books.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// A call goes through these in rising order; the last three are its end.
int rank_of(const std::string& state) {
  if (state == "reserved")
    return 1;
  if (state == "sending")
    return 2;
  if (state == "unknown")
    return 3;
  return state == "placed" ? 4 : 5;
}

} // namespace

void books::after_commit(const tenant_id& tenant) {
  const auto& who = env_.model->accounts.at(tenant);
  check_money(who);
  check_lines(who);
  check_rows(who);
  for (const auto& [id, call] : who.calls)
    check_call(who, id, call);
  if (const auto [known, fresh] = rows_.emplace(tenant, who.queue.size());
      !fresh && known->second != who.queue.size())
    env_.violate("I2: the number of rows changed");
}

void books::check_money(const account& who) {
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
  std::int64_t wanted = 0;
  for (const auto& [id, call] : who.calls)
    wanted += call.live() ? call.hold : 0;
  if (held != wanted)
    env_.violate("I4: what is held is not what live calls hold");
}

void books::check_lines(const account& who) {
  const auto live = std::count_if(who.calls.begin(),
                                  who.calls.end(),
                                  [](const auto& each) { return each.second.live(); });
  if (live != who.row.used)
    env_.violate("I3: permits used are not the live calls");
  if (who.row.used > who.row.cap)
    env_.violate("I3: more permits used than the tenant has");
  std::int32_t everywhere = 0;
  for (const auto& [id, each] : env_.model->accounts)
    everywhere += each.row.used;
  if (everywhere != env_.model->system_used ||
      env_.model->system_used > env_.model->system_cap)
    env_.violate("I3: the system's permits are wrong");
  if (env_.model->changed_under_old_fence > 0)
    env_.violate("I9: changed under an old fence");
}

void books::check_rows(const account& who) {
  std::set<memory::dial_model::row_key> dialed;
  std::set<contact_id> people;
  for (const auto& [id, call] : who.calls) {
    if (!call.live() || call.sheet.contact.empty())
      continue;
    dialed.emplace(call.sheet.campaign, call.sheet.contact);
    if (!people.insert(call.sheet.contact).second)
      env_.violate("I1b: two live calls to one person");
  }
  for (const auto& [key, row] : who.queue)
    if (row.state == "dialing" && !dialed.contains(key))
      env_.violate("I2: a row is being dialed by no call");
}

void books::check_call(const account& who,
                       const call_id& id,
                       const memory::call_row& call) {
  auto& seen = calls_[id];
  if (seen.state == call.state)
    return;
  env_.trace.event(env_.now_ms(),
                   call.node,
                   "call",
                   short_id(id.value()) + ' ' + call.state + ' ' + call.end_reason);
  const auto rank = rank_of(call.state);
  if (rank < seen.rank || (rank == seen.rank && rank == 5))
    env_.violate("I8: a call went from " + seen.state + " to " + call.state);
  if (seen.rank == 0 && !call.sheet.campaign.empty())
    check_rate(call);
  if (seen.rank <= 1 && call.state == "sending")
    check_sending(who, call);
  seen = {rank, call.state};
}

void books::check_sending(const account& who, const memory::call_row& call) {
  if (who.suppressions.contains(call.sheet.to))
    env_.violate("I10: dialed although on the do-not-call list");
  if (call.sheet.contact.empty())
    return;
  auto& last = sent_[call.sheet.contact];
  const auto gap = std::chrono::seconds{who.row.contact_gap_s};
  if (!call.sheet.campaign.empty() && last != wall_time{} && last + gap > env_.now())
    env_.violate("I10: dialed again within the gap");
  last = env_.now();
}

void books::check_rate(const memory::call_row& call) {
  auto& times = reserved_[call.sheet.from];
  times.push_back(call.created_at);
  while (times.front() + 1s <= call.created_at)
    times.pop_front();
  const auto burst = std::max(1.0, std::ceil(options_.calls_per_s / 4));
  if (static_cast<double>(times.size()) > options_.calls_per_s + burst)
    env_.violate("I3: more calls a second than the number may make");
}

void books::event_took_effect(const call_id& call, const std::string& key) {
  if (++effects_[{call, key}] > 1)
    env_.violate("I6: an event had its effect twice");
}

} // namespace caly::test
