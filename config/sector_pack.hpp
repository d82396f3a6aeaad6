#pragma once

#include "config/loader.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace caly {

/// An agent as its sector ships it.
struct pack_agent {
  std::string slug; ///< `retail.order_status`: unique over all packs.
  std::string name;
  std::string kind; ///< inbound, outbound or both
  std::vector<std::string> languages;
  /// The whole agent as JSON (`actors/model/agent_profile.hpp`), common parts included.
  std::string profile;
};

/// A line of a scripted conversation and what the agent must make of it.
struct dialog_turn {
  std::string say;
  std::string language;
  std::string intent;
  std::map<std::string, std::string> slots;
  std::vector<std::string> reply; ///< Each must occur in the reply.
  std::string tool;
  bool ends = false;
  std::string place;
};

/// A conversation that the embedded brain must hold; the pack's own test.
struct dialog_script {
  std::string agent;
  std::string title;
  std::string now; ///< Local time of the caller, `2026-11-21T10:00:00`.
  std::map<std::string, std::string> variables;
  std::vector<dialog_turn> turns;
};

struct sector_pack {
  std::string id;
  std::string name;
  std::string description;
  std::vector<pack_agent> agents;
  std::vector<dialog_script> dialogs;
};

struct sector_packs {
  std::vector<sector_pack> packs;
  std::vector<config_problem> problems; ///< Of all packs at once.

  bool ok() const noexcept { return problems.empty(); }
};

/// Reads `<folder>/common.toml` and every `<folder>/<sector>/`: sector.toml,
/// agents/*.toml, prompts/*.md and dialogs/*.toml.
sector_packs load_sector_packs(const std::filesystem::path& folder);

} // namespace caly
