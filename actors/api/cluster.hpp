#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// A hint that there may be something to do for a tenant: a campaign was started, credits
/// came in, a call ended. Lost hints only cost time.
struct wake_tenant {
  tenant_id tenant;
  std::string why;
  bool passed_on = false; ///< by another node, which took this one for the owner

  template <class Inspector>
  friend auto inspect(Inspector& f, wake_tenant& x) {
    return f(caf::meta::type_name("caly.wake_tenant"), x.tenant, x.why, x.passed_on);
  }
};

} // namespace caly
