#include "tests/simulators/base/call_board.hpp"

#include <algorithm>

namespace caly::sim {

void call_board::raise(gauge& gauge) {
  ++gauge.live;
  gauge.live_max = std::max(gauge.live_max, gauge.live);
}

void call_board::began(const call_facts& facts) {
  ++created_total_;
  raise(all_);
  if (!facts.tenant.empty())
    raise(by_tenant_[facts.tenant]);
  ++live_by_number_[facts.to];
}

void call_board::ended(const call_facts& facts, std::string_view status) {
  --all_.live;
  if (!facts.tenant.empty())
    --by_tenant_[facts.tenant].live;
  const auto number = live_by_number_.find(facts.to);
  if (number != live_by_number_.end() && --number->second == 0)
    live_by_number_.erase(number);
  const auto found = ended_by_status_.find(status);
  if (found != ended_by_status_.end())
    ++found->second;
  else
    ended_by_status_.emplace(status, 1);
}

void call_board::describe(json_writer& out) const {
  out.begin_object()
      .field("live", all_.live)
      .field("live_max", all_.live_max)
      .field("created_total", created_total_)
      .field("answered_total", answered_total_);
  out.key("ended_total").begin_object();
  for (const auto& [status, count] : ended_by_status_)
    out.field(status, count);
  out.end_object().key("tenants").begin_object();
  for (const auto& [tenant, gauge] : by_tenant_) {
    out.key(tenant).begin_object();
    out.field("live", gauge.live).field("live_max", gauge.live_max).end_object();
  }
  out.end_object().key("numbers").begin_object();
  for (const auto& [number, count] : live_by_number_)
    out.field(number, count);
  out.end_object().end_object();
}

} // namespace caly::sim
