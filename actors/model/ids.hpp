#pragma once

#include "runtime/base/strong_id.hpp"

namespace caly {

// clang-format off
struct tenant_tag       { static constexpr const char* prefix = "ten"; };
struct user_tag         { static constexpr const char* prefix = "usr"; };
struct contact_tag      { static constexpr const char* prefix = "ctc"; };
struct import_tag       { static constexpr const char* prefix = "imp"; };
struct campaign_tag     { static constexpr const char* prefix = "cmp"; };
struct call_tag         { static constexpr const char* prefix = "call"; };
struct agent_tag        { static constexpr const char* prefix = "agt"; };
struct api_key_tag      { static constexpr const char* prefix = "key"; };

// clang-format on

using tenant_id = strong_id<tenant_tag>;
using user_id = strong_id<user_tag>;
using contact_id = strong_id<contact_tag>;
using import_id = strong_id<import_tag>;
using campaign_id = strong_id<campaign_tag>;
/// Names an outbound attempt and the conversation that may follow, or an inbound call.
using call_id = strong_id<call_tag>;
using agent_id = strong_id<agent_tag>;
using api_key_id = strong_id<api_key_tag>;

} // namespace caly
