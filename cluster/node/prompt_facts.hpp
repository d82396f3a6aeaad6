#pragma once

#include "actors/api/call_store.hpp"
#include "config/prompt_template.hpp"

namespace caly {

/// What an agent's prompt and templates may name in this call: the columns of the import,
/// the person's name and phone number.
prompt_variables prompt_facts_of(const call_sheet& sheet);

/// The IANA name of the zone where the person lives, as far as the number tells.
std::string zone_of(const call_sheet& sheet);

} // namespace caly
