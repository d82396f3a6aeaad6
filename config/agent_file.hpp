#pragma once

#include "config/sector_pack.hpp"

#include <map>
#include <string>
#include <vector>

namespace caly {

using text_by_language = std::map<std::string, std::string>;

struct tool_file {
  std::string name, description, risk, effect, action;
  std::string parameters; ///< JSON schema
};

struct slot_file {
  std::string name, type;
  text_by_language prompt;
  std::vector<std::string> choices;
};

struct intent_file {
  std::string name, tool, end_reason;
  double weight = 1.0;
  bool negatable = false;
  std::vector<std::string> patterns, slots;
  text_by_language reply, unavailable;
};

/// What every agent has unless it brings its own under the same name.
struct common_agent_parts {
  text_by_language goodbye, fallback;
  std::vector<std::string> guardrails;
  std::vector<tool_file> tools;
  std::vector<slot_file> slots;
  std::vector<intent_file> intents;
};

common_agent_parts read_common_parts(const std::filesystem::path& file,
                                     std::vector<config_problem>& problems);

/// Reads one agent; its prompt is `<sector>/prompts/<agent>.md`.
pack_agent read_agent_file(const std::filesystem::path& file,
                           const std::string& sector,
                           const common_agent_parts& common,
                           std::vector<config_problem>& problems);

} // namespace caly
