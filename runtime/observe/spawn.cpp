#include "runtime/observe/spawn.hpp"

#include <caf/sec.hpp>
#include <spdlog/spdlog.h>

namespace caly::detail {

caf::error on_exception(actor_stats& stats, const std::exception_ptr& thrown) {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& failure) {
    what = failure.what();
  } catch (...) {
    // Nothing more is known about it.
  }
  const auto type = stats.current().type;
  stats.failed(what);
  spdlog::error("actor: crashed kind={} key={} tenant={} actor=a:{} message={} what={}",
                stats.label.kind,
                stats.label.key,
                stats.label.tenant,
                stats.id,
                type != 0 ? to_string_of(type) : "none",
                what);
  return caf::make_error(caf::sec::runtime_error, what);
}

caf::error on_unexpected(const actor_stats& stats) {
  const auto type = to_string_of(stats.current().type);
  spdlog::warn("actor: unexpected message kind={} key={} actor=a:{} message={}",
               stats.label.kind,
               stats.label.key,
               stats.id,
               type);
  return caf::make_error(caf::sec::unexpected_message, type);
}

} // namespace caly::detail
