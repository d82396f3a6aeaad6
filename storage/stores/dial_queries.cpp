#include "storage/stores/dial_queries.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/array_text.hpp"
#include "storage/pg/times.hpp"
#include "storage/stores/dial_statements.hpp"
#include "storage/stores/fields.hpp"

#include <algorithm>

namespace caly::pg::dial {

namespace {

parameter or_null(const std::string& text) {
  return text.empty() ? parameter{} : parameter{text};
}

template <class Id>
parameter or_null(const strong_id<Id>& id) {
  return id.empty() ? parameter{} : parameter{id.sql()};
}

/// The tenants of a batch, each once, as the statement enters them.
template <class Batch>
std::string tenants_of(const Batch& all, std::size_t from, std::size_t to) {
  std::vector<tenant_id> tenants;
  for (auto i = from; i < to; ++i)
    tenants.push_back(all.entries[i].request.tenant);
  std::sort(tenants.begin(), tenants.end());
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  std::string out;
  for (const auto& each : tenants) {
    if (!out.empty())
      out += ',';
    out += each.sql();
  }
  return out;
}

reserved_call reserved_of(const pqxx::row& row, const campaign_id& campaign) {
  reserved_call out;
  out.id = id_of<call_id>(row[1]);
  out.campaign = campaign;
  out.contact = id_of<contact_id>(row[2]);
  out.to = text_of(row[3]);
  out.from = text_of(row[4]);
  out.name = text_of(row[5]);
  out.variables = text_of(row[6]);
  out.attempt_no = number_of<std::int32_t>(row[7]);
  out.agent = id_of<agent_id>(row[8]);
  out.agent_version = number_of<std::int32_t>(row[9]);
  out.max_call_s = number_of<std::int32_t>(row[10]);
  return out;
}

} // namespace

void reserve_rows(tenant_txn& txn,
                  reserve_batch& all,
                  std::size_t from,
                  std::size_t to,
                  const dial_options& options,
                  const std::string& now) {
  array_text tenants, shards, fences, campaigns, counts, first, calls, of;
  std::size_t place = 1;
  for (auto i = from; i < to; ++i) {
    auto& entry = all.entries[i];
    entry.answer = {};
    const auto& ask = entry.request;
    const auto number = std::to_string(i - from + 1);
    tenants.add_plain(ask.tenant.sql());
    shards.add_plain(std::to_string(ask.owner.shard));
    fences.add_plain(std::to_string(ask.owner.fence));
    campaigns.add_plain(ask.campaign.sql());
    counts.add_plain(std::to_string(ask.calls.size()));
    first.add_plain(std::to_string(place));
    place += ask.calls.size();
    for (const auto& each : ask.calls) {
      calls.add_plain(each.sql());
      of.add_plain(number);
    }
  }
  const auto rows = txn.run(reserve,
                            {tenants_of(all, from, to),
                             all.entries[from].request.owner.node,
                             std::move(tenants).text(),
                             std::move(shards).text(),
                             std::move(fences).text(),
                             std::move(campaigns).text(),
                             std::move(counts).text(),
                             std::move(first).text(),
                             std::move(calls).text(),
                             std::move(of).text(),
                             now,
                             std::to_string(options.hold_micros),
                             std::to_string(options.calls_per_s),
                             options.provider});
  for (const auto& row : rows) {
    auto& entry = all.entries[from + number_of<std::size_t>(row[0]) - 1];
    auto& answer = entry.answer;
    if (!row[1].is_null()) {
      answer.calls.push_back(reserved_of(row, entry.request.campaign));
      continue;
    }
    from_string(row[11].c_str(), answer.stop);
    answer.wait_until_ms = number_of(row[12]);
  }
}

void mark_rows(tenant_txn& txn,
               mark_batch& all,
               std::size_t from,
               std::size_t to,
               const std::string& now) {
  array_text tenants, shards, fences, calls;
  std::vector<std::pair<mark_batch::entry*, call_id>> places;
  for (auto i = from; i < to; ++i) {
    auto& entry = all.entries[i];
    entry.answer = {};
    entry.problem = {};
    const auto& ask = entry.request;
    for (const auto& each : ask.calls) {
      tenants.add_plain(ask.tenant.sql());
      shards.add_plain(std::to_string(ask.owner.shard));
      fences.add_plain(std::to_string(ask.owner.fence));
      calls.add_plain(each.sql());
      places.emplace_back(&entry, each);
    }
  }
  const auto rows = txn.run(mark_sending,
                            {tenants_of(all, from, to),
                             all.entries[from].request.owner.node,
                             std::move(tenants).text(),
                             std::move(shards).text(),
                             std::move(fences).text(),
                             std::move(calls).text(),
                             now});
  for (const auto& row : rows) {
    auto& [entry, call] = places.at(number_of<std::size_t>(row[0]) - 1);
    if (flag_of(row[1]))
      entry->answer.calls.push_back(call);
    else
      entry->problem = caf::make_error(errc::fenced, "another node owns the shard");
  }
}

void answer_rows(tenant_txn& txn,
                 answered_batch& all,
                 std::size_t from,
                 std::size_t to,
                 const std::string& now) {
  array_text tenants, calls, results, provider_ids, reasons, delays;
  for (auto i = from; i < to; ++i) {
    const auto& ask = all.entries[i].request;
    tenants.add_plain(ask.tenant.sql());
    calls.add_plain(ask.call.sql());
    results.add_plain(to_string(ask.result));
    provider_ids.add_optional(or_null(ask.provider_call_id));
    reasons.add_optional(or_null(ask.reason));
    delays.add_plain(std::to_string(ask.retry_after_s));
  }
  const auto rows = txn.run(answered,
                            {tenants_of(all, from, to),
                             std::move(tenants).text(),
                             std::move(calls).text(),
                             std::move(results).text(),
                             std::move(provider_ids).text(),
                             std::move(reasons).text(),
                             std::move(delays).text(),
                             now});
  for (auto i = from; i < to; ++i)
    all.entries[i].answer = text_of(rows.at(i - from)[0]);
}

void progress_rows(tenant_txn& txn,
                   progress_batch& all,
                   std::size_t from,
                   std::size_t to,
                   const dial_options& options,
                   const std::string& now) {
  array_text tenants, calls, keys, provider_ids, status, durations, answered_by, times;
  for (auto i = from; i < to; ++i) {
    const auto& ask = all.entries[i].request;
    tenants.add_plain(ask.tenant.sql());
    calls.add_plain(ask.call.sql());
    keys.add(ask.key);
    provider_ids.add_optional(or_null(ask.provider_call_id));
    status.add(ask.status);
    if (ask.duration_s)
      durations.add_plain(std::to_string(*ask.duration_s));
    else
      durations.add_null();
    answered_by.add_optional(or_null(ask.answered_by));
    times.add_plain('"' + sql_time(wall_time{std::chrono::milliseconds{ask.at_ms}}) +
                    '"');
  }
  const auto rows = txn.run(progress,
                            {tenants_of(all, from, to),
                             std::move(tenants).text(),
                             std::move(calls).text(),
                             std::move(keys).text(),
                             std::move(provider_ids).text(),
                             std::move(status).text(),
                             std::move(durations).text(),
                             std::move(answered_by).text(),
                             std::move(times).text(),
                             now,
                             std::to_string(options.price_per_minute_micros),
                             std::to_string(options.pulse_s)});
  for (auto i = from; i < to; ++i)
    from_string(rows.at(i - from)[0].c_str(), all.entries[i].answer.effect);
}

std::string miss_row(tenant_txn& txn,
                     const record_missed& ask,
                     const dial_options& options,
                     const std::string& now) {
  const auto rows = txn.run(missed,
                            {ask.tenant.sql(),
                             ask.call.sql(),
                             std::to_string(options.settle_s),
                             std::to_string(options.apart_s),
                             now});
  return text_of(rows.at(0)[0]);
}

taken_over
take_over_rows(tenant_txn& txn, const take_over_calls& ask, const std::string& now) {
  const auto rows = txn.run(take_over,
                            {ask.tenant.sql(),
                             std::to_string(ask.owner.shard),
                             ask.owner.node,
                             std::to_string(ask.owner.fence),
                             now});
  return {number_of<std::int32_t>(rows.at(0)[0]), number_of<std::int32_t>(rows.at(0)[1])};
}

doubtful_calls doubtful_rows(tenant_txn& txn,
                             const list_doubtful& ask,
                             const dial_options& options,
                             const std::string& now) {
  doubtful_calls out;
  for (const auto& row : txn.run(doubtful,
                                 {ask.tenant.sql(),
                                  std::to_string(options.reserved_s),
                                  std::to_string(options.sending_s),
                                  now})) {
    auto& call = out.calls.emplace_back();
    call.id = id_of<call_id>(row[0]);
    call.state = text_of(row[1]);
    call.provider = text_of(row[2]);
    call.provider_call_id = text_of(row[3]);
    call.to = text_of(row[4]);
    call.from = text_of(row[5]);
    call.sending_at_ms = number_of(row[6]);
  }
  return out;
}

bool extend_row(tenant_txn& txn,
                const extend_hold& ask,
                const dial_options& options,
                const std::string& now) {
  const auto rows = txn.run(extend,
                            {ask.tenant.sql(),
                             ask.call.sql(),
                             std::to_string(ask.number),
                             std::to_string(options.extend_micros),
                             now});
  return flag_of(rows.at(0)[0]);
}

namespace {

caf::error open_error(const std::string& answer) {
  if (answer == "tenant_at_capacity")
    return caf::make_error(errc::tenant_at_capacity);
  if (answer == "system_at_capacity")
    return caf::make_error(errc::system_at_capacity);
  if (answer == "no_credit")
    return caf::make_error(errc::no_credit, "the balance does not cover a call");
  if (answer == "fenced")
    return caf::make_error(errc::fenced, "another node owns the shard");
  if (answer == "no_agent")
    return caf::make_error(errc::not_found, "no such agent, or it is not enabled");
  if (answer == "do_not_call")
    return caf::make_error(errc::conflict, "the number is on the do-not-call list");
  return caf::make_error(errc::conflict, "a call to this number is under way");
}

} // namespace

caf::expected<reserved_call> open_row(tenant_txn& txn,
                                      const open_call& ask,
                                      const dial_options& options,
                                      const std::string& now) {
  const auto& call = ask.call;
  const auto rows = txn.run(open,
                            {ask.tenant.sql(),
                             call.id.sql(),
                             ask.inbound ? "inbound" : "outbound",
                             call.agent.sql(),
                             or_null(call.contact),
                             call.to,
                             call.from,
                             call.name,
                             ask.provider,
                             or_null(ask.provider_call_id),
                             call.variables.empty() ? std::string{"{}"} : call.variables,
                             std::to_string(ask.owner.shard),
                             ask.owner.node,
                             std::to_string(ask.owner.fence),
                             std::to_string(call.max_call_s),
                             std::to_string(options.hold_micros),
                             now});
  const auto row = rows.at(0);
  if (const auto answer = text_of(row[0]); answer != "ok")
    return open_error(answer);
  auto out = call;
  out.id = id_of<call_id>(row[1]);
  out.contact = id_of<contact_id>(row[2]);
  out.to = text_of(row[3]);
  out.from = text_of(row[4]);
  out.name = text_of(row[5]);
  out.variables = text_of(row[6]);
  out.agent = id_of<agent_id>(row[7]);
  out.agent_version = number_of<std::int32_t>(row[8]);
  out.max_call_s = number_of<std::int32_t>(row[9]);
  return out;
}

} // namespace caly::pg::dial
