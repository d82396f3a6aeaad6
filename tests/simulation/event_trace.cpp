#include "tests/simulation/event_trace.hpp"

namespace caly::test {

void event_trace::mix(std::string_view text) noexcept {
  for (const auto c : text)
    mix(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
}

void event_trace::event(std::int64_t at_ms,
                        std::string_view node,
                        std::string_view what,
                        std::string_view detail) {
  mix(static_cast<std::uint64_t>(at_ms));
  mix(node);
  mix(what);
  mix(detail);
  entry fresh;
  if (kept_.size() == kept_max) {
    fresh = std::move(kept_.front()); // its memory is used again
    kept_.pop_front();
  }
  fresh.at_ms = at_ms;
  fresh.text.assign(node.empty() ? "--" : node).append(" ").append(what);
  if (!detail.empty())
    fresh.text.append(" ").append(detail);
  kept_.push_back(std::move(fresh));
}

std::string event_trace::last() const {
  std::string out;
  for (const auto& each : kept_) {
    auto ms = std::to_string(each.at_ms % 1000);
    ms.insert(0, 3 - ms.size(), '0');
    out +=
        "  " + std::to_string(each.at_ms / 1000) + "." + ms + " s  " + each.text + "\n";
  }
  return out;
}

} // namespace caly::test
