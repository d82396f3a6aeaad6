#include "storage/stores/dial_queries.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/array_text.hpp"
#include "storage/pg/times.hpp"
#include "storage/stores/dial_statements.hpp"
#include "storage/stores/fields.hpp"

#include <algorithm>

namespace caly::pg::dial {

namespace {

std::string ids(const std::vector<call_id>& calls) {
  array_text out;
  for (const auto& each : calls)
    out.add_plain(each.sql());
  return std::move(out).text();
}

parameter or_null(const std::string& text) {
  return text.empty() ? parameter{} : parameter{text};
}

template <class Id>
parameter or_null(const strong_id<Id>& id) {
  return id.empty() ? parameter{} : parameter{id.sql()};
}

} // namespace

reservation reserve_rows(tenant_txn& txn,
                         const reserve_calls& ask,
                         const dial_options& options,
                         const std::string& now) {
  const auto rows = txn.run(reserve,
                            {ask.tenant.sql(),
                             std::to_string(ask.owner.shard),
                             ask.owner.node,
                             std::to_string(ask.owner.fence),
                             ask.campaign.sql(),
                             ids(ask.calls),
                             now,
                             std::to_string(options.hold_micros),
                             std::to_string(options.calls_per_s),
                             options.provider});
  reservation out;
  out.calls.reserve(rows.size());
  for (const auto& row : rows) {
    if (row[0].is_null()) {
      from_string(row[10].c_str(), out.stop);
      out.wait_until_ms = number_of(row[11]);
      continue;
    }
    auto& call = out.calls.emplace_back();
    call.id = id_of<call_id>(row[0]);
    call.campaign = ask.campaign;
    call.contact = id_of<contact_id>(row[1]);
    call.to = text_of(row[2]);
    call.from = text_of(row[3]);
    call.name = text_of(row[4]);
    call.variables = text_of(row[5]);
    call.attempt_no = number_of<std::int32_t>(row[6]);
    call.agent = id_of<agent_id>(row[7]);
    call.agent_version = number_of<std::int32_t>(row[8]);
    call.max_call_s = number_of<std::int32_t>(row[9]);
  }
  return out;
}

void mark_rows(tenant_txn& txn,
               mark_batch& all,
               std::size_t from,
               std::size_t to,
               const std::string& now) {
  const auto& first = all.entries[from].request;
  array_text wanted;
  for (auto i = from; i < to; ++i)
    for (const auto& each : all.entries[i].request.calls)
      wanted.add_plain(each.sql());
  const auto rows = txn.run(mark_sending,
                            {first.tenant.sql(),
                             std::to_string(first.owner.shard),
                             first.owner.node,
                             std::to_string(first.owner.fence),
                             std::move(wanted).text(),
                             now});
  std::vector<call_id> marked;
  marked.reserve(rows.size());
  for (const auto& row : rows)
    marked.push_back(id_of<call_id>(row[0]));
  std::sort(marked.begin(), marked.end());
  for (auto i = from; i < to; ++i) {
    auto& entry = all.entries[i];
    entry.answer.calls.clear();
    for (const auto& each : entry.request.calls)
      if (std::binary_search(marked.begin(), marked.end(), each))
        entry.answer.calls.push_back(each);
  }
}

void answer_rows(tenant_txn& txn,
                 answered_batch& all,
                 std::size_t from,
                 std::size_t to,
                 const std::string& now) {
  array_text calls, results, provider_ids, reasons, delays;
  for (auto i = from; i < to; ++i) {
    const auto& ask = all.entries[i].request;
    calls.add_plain(ask.call.sql());
    results.add_plain(to_string(ask.result));
    provider_ids.add_optional(or_null(ask.provider_call_id));
    reasons.add_optional(or_null(ask.reason));
    delays.add_plain(std::to_string(ask.retry_after_s));
  }
  const auto rows = txn.run(answered,
                            {all.entries[from].request.tenant.sql(),
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
  array_text calls, keys, provider_ids, status, durations, answered_by, times;
  for (auto i = from; i < to; ++i) {
    const auto& ask = all.entries[i].request;
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
                            {all.entries[from].request.tenant.sql(),
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
