#pragma once

#include <caf/actor.hpp>

#include <atomic>
#include <string>

namespace caly {

/// The process ends, with 70, when `whom` does for any other reason than that `stopping`
/// is set: a node without it would look alive and do nothing. Whoever runs the processes
/// starts another, and the rows are safe at any point.
void end_process_with(const caf::actor& whom,
                      std::string name,
                      const std::atomic<bool>& stopping);

} // namespace caly
