#pragma once

#include "actors/model/agent_profile.hpp"
#include "actors/model/profile_reader.hpp"

namespace caly {

// The parts of a profile that are lists, as they are read, and what follows from them.

agent_transfer read_transfer(profile_reader& in, const json& x);
agent_tool read_tool(profile_reader& in, const json& x);
agent_slot read_slot(profile_reader& in, const json& x);
extraction_field read_field(profile_reader& in, const json& x);

/// `languages` and `language_policy {begin, switch}`: the one to begin in comes first.
void read_languages(profile_reader& in, const json& root, agent_profile& out);

void write(json_writer& out, const agent_slot& x);
void write_language_policy(json_writer& out, const agent_profile& x);

/// Values that callers tell are checked by tools, which know the slots' names.
void add_slot_tools(agent_profile& out);

/// Whoever speaks several languages is told when to go over to another one.
void add_language_tool(agent_profile& out);

} // namespace caly
