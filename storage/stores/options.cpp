#include "storage/stores/options.hpp"

#include "config/units.hpp"

#include <algorithm>

namespace caly {

namespace {

std::int32_t seconds_of(std::chrono::milliseconds time) {
  return static_cast<std::int32_t>(whole_seconds(time).count());
}

} // namespace

store_options store_options_of(const settings& all) {
  store_options out;
  const auto& db = all.database;
  out.database.url = db.url;
  out.database.role = "caly_app";
  out.database.connect_timeout = db.connect_timeout;
  out.database.tcp_user_timeout = db.tcp_user_timeout;
  out.database.statement_timeout = db.statement_timeout;
  out.database.lock_timeout = db.lock_timeout;
  out.database.idle_in_transaction_timeout = db.idle_in_transaction_timeout;
  out.owner = out.database;
  out.owner.role.clear();
  if (!db.owner_url.empty())
    out.owner.url = db.owner_url;
  const auto pool = static_cast<std::uint32_t>(std::max(4, db.pool_size));
  out.dial_workers = 1;
  out.call_workers = std::max(1u, pool / 8);
  out.import_workers = std::max(1u, pool / 8);
  out.record_workers = pool - out.dial_workers - out.call_workers - out.import_workers;
  out.batch_max = static_cast<std::uint32_t>(db.batch_max);
  out.waiting_max = static_cast<std::uint32_t>(db.queue_max);
  out.system_calls_max = all.dial.system_concurrent_calls_limit;
  auto& dial = out.dial;
  dial.provider = all.dial.provider;
  dial.calls_per_s = all.dial.calls_per_second_per_number;
  dial.price_per_minute_micros = all.billing.price_per_minute_micros;
  dial.hold_micros = all.billing.price_per_minute_micros * all.billing.hold_minutes;
  dial.extend_micros = all.billing.price_per_minute_micros;
  dial.pulse_s = seconds_of(all.billing.pulse);
  dial.settle_s = seconds_of(all.dial.settle);
  dial.sending_s = seconds_of(all.dial.fuse + all.dial.create_timeout) + 10;
  return out;
}

} // namespace caly
