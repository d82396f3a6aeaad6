#include "cluster/node/own_speech.hpp"

#include "cluster/node/cascade_parts.hpp"

#include <filesystem>
#include <unistd.h>

namespace caly {

namespace {

/// Beside the program that runs.
std::string usual_program() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? std::string{} : (self.parent_path() / "caly_speech").string();
}

} // namespace

std::optional<speech_options> own_speech(const settings& chosen) {
  speech_options options;
  options.program =
      chosen.speech.program.empty() ? usual_program() : chosen.speech.program;
  options.model = chosen.speech.model;
  options.processes = chosen.speech.processes;
  options.timeout = chosen.speech.timeout;
  if (::access(options.program.c_str(), X_OK) != 0)
    return std::nullopt;
  return options;
}

std::optional<known_word> own_dictionary(const settings& chosen) {
  return own_speech(chosen) ? read_dictionary(chosen.speech.model) : std::nullopt;
}

brain_kind brain_of_sockets(const settings& chosen, bool wide) {
  std::set<brain_kind> able;
  if (!chosen.providers.openai.api_key.empty())
    able.insert(brain_kind::realtime);
  if (can_cascade(chosen))
    able.insert(brain_kind::cascade);
  if (wide && own_dictionary(chosen))
    able.insert(brain_kind::embedded);
  const auto wanted = parse_brain_kind(chosen.call.brain).value_or(brain_kind::realtime);
  return nearest_brain(wanted, able, able).value_or(brain_kind::realtime);
}

} // namespace caly
