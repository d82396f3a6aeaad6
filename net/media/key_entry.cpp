#include "net/media/key_entry.hpp"

#include <utility>

namespace caly {

void key_entry::press(char key, time_point now) {
  // A # ends an entry and is none of it, unless it is all of it.
  if (key == '#' && !keys_.empty()) {
    due_ = now;
    return;
  }
  if (keys_.size() < keys_max)
    keys_ += key;
  due_ = key == '#' ? now : now + pause;
}

std::optional<std::string> key_entry::take(time_point now) {
  if (keys_.empty() || now < due_)
    return std::nullopt;
  std::string apart;
  for (const auto key : std::exchange(keys_, {}))
    apart += (apart.empty() ? "" : " ") + std::string(1, key);
  if (apart.size() == 1)
    return "(The caller pressed the key " + apart + ")";
  return "(The caller pressed the keys " + apart +
         ". If you asked for a number, read it back digit by digit and ask whether it is "
         "right, unless it is a card number or a code that must stay secret.)";
}

} // namespace caly
