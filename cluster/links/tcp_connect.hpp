#pragma once

#include <chrono>
#include <string>

namespace caly {

/// Opens a TCP connection within `limit`; -1 when that fails. CAF's own connect has no
/// time-out and would block every other link of the node behind a black hole. With `from`
/// the connection leaves from that address of this machine.
int tcp_connect(const std::string& host,
                int port,
                std::chrono::milliseconds limit,
                const std::string& from = {});

} // namespace caly
