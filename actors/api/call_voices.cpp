#include "actors/api/call_voices.hpp"

namespace caly {

std::string to_string(call_speaker speaker) {
  switch (speaker) {
  case call_speaker::agent:
    return "agent";
  case call_speaker::nobody:
    return "nobody";
  case call_speaker::person:
    return "person";
  }
  return "unknown";
}

} // namespace caly
