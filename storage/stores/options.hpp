#pragma once

#include "config/settings.hpp"
#include "runtime/base/clock.hpp"
#include "storage/pg/connection.hpp"

#include <cstdint>
#include <string>

namespace caly {

/// The money and patience of the dial protocol.
struct dial_options {
  std::string provider = "twilio"; ///< the carrier that campaigns dial through
  double calls_per_s = 1.0;        ///< per calling number, where its row says nothing
  std::int64_t hold_micros = 2'000'000;
  std::int64_t extend_micros = 1'000'000; ///< each further hold
  std::int64_t price_per_minute_micros = 1'000'000;
  std::int32_t pulse_s = 1;
  std::int32_t settle_s = 30;   ///< after sending, before a miss counts
  std::int32_t apart_s = 30;    ///< between the two misses that give a call up
  std::int32_t reserved_s = 60; ///< reserved for longer was never sent
  std::int32_t sending_s = 20;  ///< sending for longer without an answer is unknown
};

struct store_options {
  pg::connection_options database;
  pg::connection_options owner; ///< runs the migrations
  /// What waits for one goes together, and more would queue on the system's pool row.
  std::uint32_t dial_workers = 1;
  std::uint32_t record_workers = 2;
  std::uint32_t call_workers = 1;
  std::uint32_t import_workers = 1;
  std::uint32_t batch_max = 256;             ///< requests in one transaction
  std::size_t batch_bytes_max = 4 << 20;     ///< of their content
  std::uint32_t waiting_max = 10'000;        ///< requests per worker; then `overloaded`
  std::chrono::milliseconds deadline{8'000}; ///< of a request, reconnects included
  std::int32_t system_calls_max = 10;        ///< cap of the system's pool
  dial_options dial;
  wall_clock clock = system_wall_clock();
  /// This run of the program, as the nodes' rows name it.
  std::string process;
};

store_options store_options_of(const settings& all);

} // namespace caly
