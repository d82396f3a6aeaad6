#include "actors/api/call_control.hpp"
#include "actors/api/cluster.hpp"
#include "actors/api/dial_scheduler.hpp"
#include "actors/api/tenant.hpp"
#include "actors/api/wire.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/session.hpp"

#include <caf/type_id.hpp>

// CAF 0.17 sends the names spelled here over the wire: renaming a type is a protocol
// change.
CAF_BEGIN_TYPE_ID_BLOCK(caly_wire, caf::first_custom_type_id)
  CAF_ADD_TYPE_ID(caly_wire, (caly::hello))
  CAF_ADD_TYPE_ID(caly_wire, (caly::hello_answer))
  CAF_ADD_TYPE_ID(caly_wire, (caly::wake_tenant))
  CAF_ADD_TYPE_ID(caly_wire, (caly::place_single_call))
  CAF_ADD_TYPE_ID(caly_wire, (caly::call_id))
  CAF_ADD_TYPE_ID(caly_wire, (caly::console_run))
  CAF_ADD_TYPE_ID(caly_wire, (caly::get_status))
  CAF_ADD_TYPE_ID(caly_wire, (caly::errc))
  CAF_ADD_TYPE_ID(caly_wire, (caly::line_demand))
  CAF_ADD_TYPE_ID(caly_wire, (caly::line_limit))
  CAF_ADD_TYPE_ID(caly_wire, (caly::get_line_shares))
  CAF_ADD_TYPE_ID(caly_wire, (caly::line_share_list))
  CAF_ADD_TYPE_ID(caly_wire, (caly::probe))
  CAF_ADD_TYPE_ID(caly_wire, (caly::node_identity))
  CAF_ADD_TYPE_ID(caly_wire, (caly::find_call))
  CAF_ADD_TYPE_ID(caly_wire, (caly::call_actor))
  CAF_ADD_TYPE_ID(caly_wire, (caly::transfer_call))
  CAF_ADD_TYPE_ID(caly_wire, (caly::say_text))
  CAF_ADD_TYPE_ID(caly_wire, (caly::advise_agent))
  CAF_ADD_TYPE_ID(caly_wire, (caly::give_word))
  CAF_ADD_TYPE_ID(caly_wire, (caly::person_speaks))
  CAF_ADD_TYPE_ID(caly_wire, (caly::listen_in))
  CAF_ADD_TYPE_ID(caly_wire, (caly::call_audio))
  CAF_ADD_TYPE_ID(caly_wire, (caly::steer_recording))
  CAF_ADD_TYPE_ID(caly_wire, (caly::press_keys))
CAF_END_TYPE_ID_BLOCK(caly_wire)

namespace caly {

void register_wire_types(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::caly_wire>();
}

} // namespace caly
