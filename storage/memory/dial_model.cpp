#include "storage/memory/dial_model.hpp"

#include "runtime/base/error.hpp"

#include <algorithm>
#include <cmath>

namespace caly::memory {

namespace {

using namespace std::chrono_literals;

std::int64_t local_day(wall_time at, std::chrono::seconds offset) {
  return std::chrono::floor<std::chrono::days>(at + offset).time_since_epoch().count();
}

/// Monday is 1; 1970-01-01 was a Thursday.
int iso_weekday(std::int64_t day) {
  return static_cast<int>((day + 3) % 7 + 1);
}

} // namespace

std::optional<std::chrono::seconds> fixed_offset(const std::string& zone) {
  static const std::map<std::string, std::chrono::seconds> known{
      {"UTC", 0s},
      {"Asia/Kolkata", 19'800s},
      {"Asia/Dubai", 14'400s},
      {"Asia/Tokyo", 32'400s}};
  const auto found = known.find(zone);
  if (found == known.end())
    return std::nullopt;
  return found->second;
}

bool dial_model::owns(const fence_token& token, wall_time now) const {
  const auto found = shards.find(token.shard);
  if (found != shards.end() && found->second.node == token.node &&
      found->second.fence == token.fence && (!leased || leased(token.node, now)))
    return true;
  if (!without.fence)
    return false;
  ++changed_under_old_fence;
  return true;
}

bool dial_model::has_live_call(const account& who, const contact_id& contact) {
  return std::any_of(who.calls.begin(), who.calls.end(), [&](const auto& each) {
    return each.second.live() && !each.second.inbound &&
           each.second.sheet.contact == contact;
  });
}

std::int32_t dial_model::live_of(const account& who, const campaign_id& campaign) const {
  return static_cast<std::int32_t>(
      std::count_if(who.calls.begin(), who.calls.end(), [&](const auto& each) {
        return each.second.live() && each.second.sheet.campaign == campaign;
      }));
}

dial_model::verdict dial_model::gate(const account& who,
                                     const contact_row& contact,
                                     const campaign_row& campaign,
                                     wall_time now) const {
  if (who.suppressions.contains(contact.phone))
    return {'s', "do_not_call", {}};
  if (!contact.active)
    return {'s', "contact_deleted", {}};
  if (contact.last_dialed) {
    const auto gap = std::chrono::seconds{who.row.contact_gap_s};
    if (gap > 0s && *contact.last_dialed + gap > now)
      return {'w', "contact_gap", *contact.last_dialed + gap};
    const auto offset =
        fixed_offset(contact.zone).value_or(fixed_offset(who.row.zone).value_or(0s));
    const auto today = local_day(now, offset);
    if (contact.dialed_on == today && contact.dialed_count >= who.row.daily_cap)
      return {'w', "daily_cap", wall_time{std::chrono::days{today + 1}} - offset};
  }
  if (!campaign.window)
    return {};
  const auto offset = fixed_offset(contact.zone);
  if (!offset)
    return {'s', "unknown_time_zone", {}};
  const auto& window = *campaign.window;
  auto day = local_day(now, *offset);
  const auto midnight = wall_time{std::chrono::days{day}} - *offset;
  const auto minute = std::chrono::floor<std::chrono::minutes>(now - midnight).count();
  if (window.days.contains(iso_weekday(day)) && minute >= window.from_minute &&
      minute < window.to_minute)
    return {};
  if (minute >= window.from_minute)
    ++day;
  for (int i = 0; i < 8 && !window.days.contains(iso_weekday(day)); ++i)
    ++day;
  return {'w',
          "calling_window",
          wall_time{std::chrono::days{day}} - *offset +
              std::chrono::minutes{window.from_minute}};
}

std::int32_t dial_model::room(const account& who,
                              const campaign_id& id,
                              std::int32_t wanted,
                              reservation& out) const {
  const auto cut = [&](std::int32_t free, reserve_stop why) {
    if (free < wanted) {
      wanted = std::max(free, 0);
      out.stop = why;
    }
  };
  cut(who.row.cap - who.row.used, reserve_stop::tenant_at_capacity);
  if (!without.system_cap)
    cut(system_cap - system_used, reserve_stop::system_at_capacity);
  cut(who.campaigns.at(id).concurrency - live_of(who, id),
      reserve_stop::campaign_at_capacity);
  return wanted;
}

void dial_model::add_reserved(account& who,
                              const reserve_calls& ask,
                              const contact_id& contact,
                              queue_row& row,
                              const call_id& id,
                              wall_time now) {
  const auto& campaign = who.campaigns.at(ask.campaign);
  const auto& person = who.contacts.at(contact);
  row.state = "dialing";
  row.reason.clear();
  ++row.attempts;
  call_row call;
  call.sheet = {id,
                ask.campaign,
                contact,
                person.phone,
                campaign.from,
                person.name,
                person.variables,
                row.attempts,
                campaign.agent,
                campaign.agent_version,
                campaign.max_call_s};
  call.state = "reserved";
  call.provider = options_.provider;
  call.node = ask.owner.node;
  call.fence = ask.owner.fence;
  call.hold = options_.hold_micros;
  call.holds = 1;
  call.created_at = now;
  who.ledger["hold:" + id.sql() + ":1"] = {"hold", options_.hold_micros};
  who.row.balance -= options_.hold_micros;
  who.row.held += options_.hold_micros;
  ++who.row.used;
  ++system_used;
  who.calls.emplace(id, std::move(call));
}

reservation dial_model::reserve(const reserve_calls& ask, wall_time now) {
  reservation out;
  auto& who = accounts[ask.tenant];
  for (const auto& id : ask.calls)
    if (const auto found = who.calls.find(id); found != who.calls.end())
      out.calls.push_back(found->second.sheet);
  if (!out.calls.empty())
    return out;
  const auto campaign = who.campaigns.find(ask.campaign);
  if (!owns(ask.owner, now)) {
    out.stop = reserve_stop::fenced;
    return out;
  }
  if (campaign == who.campaigns.end() || campaign->second.status != "running") {
    out.stop = reserve_stop::not_running;
    return out;
  }
  auto n = room(who, ask.campaign, static_cast<std::int32_t>(ask.calls.size()), out);
  const auto gap = std::chrono::duration_cast<wall_time::duration>(
      std::chrono::duration<double>{1.0 / options_.calls_per_s});
  const auto burst = std::max(1.0, std::ceil(options_.calls_per_s / 4));
  auto& kept_tat =
      number_tat.try_emplace(campaign->second.from, wall_time{}).first->second;
  const auto tat = std::max(
      kept_tat, now - std::chrono::duration_cast<wall_time::duration>(gap * burst));
  if (n > 0) {
    const auto paced = static_cast<std::int32_t>(
        std::min(1e6,
                 std::floor(std::chrono::duration<double>(now - tat) /
                                std::chrono::duration<double>(gap) +
                            1e-6)));
    if (paced < n) {
      n = std::max(paced, 0);
      out.stop = reserve_stop::number_rate;
      out.wait_until_ms = to_unix_ms(tat + gap);
    }
  }
  if (n > 0 && who.row.balance / options_.hold_micros < n) {
    n = static_cast<std::int32_t>(who.row.balance / options_.hold_micros);
    out.stop = reserve_stop::no_credit;
    out.wait_until_ms = n > 0 || who.row.held > 0 ? to_unix_ms(now + 250ms) : 0;
  }
  std::vector<std::pair<contact_id, queue_row*>> due;
  for (auto& [key, row] : who.queue)
    if (key.first == ask.campaign && row.state == "pending" && row.next_at <= now)
      due.emplace_back(key.second, &row);
  std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second->next_at, a.second->row_no) <
           std::tie(b.second->next_at, b.second->row_no);
  });
  std::int32_t got = 0;
  auto at = due.begin();
  for (; at != due.end() && got < n; ++at) {
    auto& [contact, row] = *at;
    auto judged = gate(who, who.contacts.at(contact), campaign->second, now);
    if (judged.what == 'd' && has_live_call(who, contact))
      judged = {'w', "other_call_live", now + 20s};
    if (judged.what == 's') {
      row->state = "suppressed";
      row->reason = judged.reason;
    } else if (judged.what == 'w') {
      row->next_at = std::max(judged.until, now + 1s);
      row->reason = judged.reason;
    } else {
      const auto& id = ask.calls[static_cast<std::size_t>(got++)];
      add_reserved(who, ask, contact, *row, id, now);
      out.calls.push_back(who.calls.at(id).sheet);
    }
  }
  if (got > 0)
    kept_tat = tat + gap * got;
  if (n > 0 && got < n) {
    out.stop = reserve_stop::nothing_due;
    out.wait_until_ms = 0;
    for (const auto& [key, row] : who.queue)
      if (key.first == ask.campaign && row.state == "pending") {
        const auto then = to_unix_ms(row.next_at);
        if (out.wait_until_ms == 0 || then < out.wait_until_ms)
          out.wait_until_ms = then;
      }
  }
  return out;
}

caf::expected<sendable_calls> dial_model::mark(const mark_sending& ask, wall_time now) {
  if (!owns(ask.owner, now))
    return caf::make_error(errc::fenced, "another node owns the shard");
  sendable_calls out;
  auto& who = accounts[ask.tenant];
  for (const auto& id : ask.calls) {
    const auto found = who.calls.find(id);
    if (found == who.calls.end() || found->second.fence != ask.owner.fence)
      continue;
    auto& call = found->second;
    if (call.state == "sending" && call.sending_at == now) {
      out.calls.push_back(id);
      continue;
    }
    if (call.state != "reserved")
      continue;
    verdict judged;
    const auto person = who.contacts.find(call.sheet.contact);
    if (who.suppressions.contains(call.sheet.to)) {
      judged = {'s', "do_not_call", {}};
    } else if (!call.sheet.campaign.empty()) {
      const auto& campaign = who.campaigns.at(call.sheet.campaign);
      judged = campaign.status != "running"
                   ? verdict{'w', "campaign_" + campaign.status, now}
                   : gate(who, person->second, campaign, now);
    }
    if (judged.what != 'd') {
      settlement how{"not_placed",
                     "canceled",
                     judged.reason,
                     judged.what == 's' ? "suppressed" : "uncounted",
                     now,
                     std::nullopt,
                     0};
      if (judged.what == 'w')
        how.delay_s = std::max<std::int64_t>(
            0, std::chrono::ceil<std::chrono::seconds>(judged.until - now).count());
      settle(who, call, how, now);
      continue;
    }
    call.state = "sending";
    call.status = "dialing";
    call.sending_at = now;
    if (person != who.contacts.end()) {
      auto& contact = person->second;
      const auto offset =
          fixed_offset(contact.zone).value_or(fixed_offset(who.row.zone).value_or(0s));
      const auto today = local_day(now, offset);
      contact.dialed_count = contact.dialed_on == today ? contact.dialed_count + 1 : 1;
      contact.dialed_on = today;
      contact.last_dialed = now;
    }
    out.calls.push_back(id);
  }
  return out;
}

} // namespace caly::memory
