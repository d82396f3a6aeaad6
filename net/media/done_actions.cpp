#include "net/media/done_actions.hpp"

namespace caly {

std::string words_of(const std::vector<done_action>& done) {
  std::string text = "Already done and recorded in this call; do not do it again:";
  for (const auto& action : done)
    text += "\n- " + action.kind + ' ' + action.arguments;
  return text;
}

} // namespace caly
