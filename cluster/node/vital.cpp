#include "cluster/node/vital.hpp"

#include "runtime/observe/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <unistd.h>

namespace caly {

void end_process_with(const caf::actor& whom,
                      std::string name,
                      const std::atomic<bool>& stopping) {
  caf::actor_cast<caf::abstract_actor*>(whom)->attach_functor(
      [name = std::move(name), &stopping](const caf::error& reason) {
        if (stopping)
          return;
        spdlog::critical(
            "node: ends, as it has lost actor={} reason={}", name, to_string(reason));
        stop_logging();
        _exit(70);
      });
}

} // namespace caly
