#pragma once

#include "cluster/node/meter.hpp"

namespace caly {

/// What /metrics shows of the member, the links, the calls, recordings, the stores and a
/// carrier.
std::vector<reading> member_readings();
std::vector<reading> link_readings();
std::vector<reading> call_readings();
std::vector<reading> recording_readings();
std::vector<reading> collector_readings();
std::vector<reading> store_readings();
std::vector<reading> carrier_readings();

/// The same of the browsers' test calls.
std::vector<reading> browser_readings();

} // namespace caly
