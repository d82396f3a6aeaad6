#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <string>

namespace caly {

/// A call ended and has a transcript that nobody has analysed yet. A hint: calls whose
/// analysis is pending are found in the rows too.
struct analyse_call {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, analyse_call& x) {
    return f(caf::meta::type_name("caly.analyse_call"), x.tenant, x.call);
  }
};

/// INSIGHT turns transcripts into sentiment, outcome, summary and fields.
using insight_actor = caf::typed_actor<caf::reacts_to<analyse_call>,
                                       caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
