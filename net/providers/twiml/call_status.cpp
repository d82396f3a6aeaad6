#include "net/providers/twiml/call_status.hpp"

#include <ctime>

namespace caly::twiml_api {

std::optional<std::string> normal_status(std::string_view call_status) {
  if (call_status == "queued")
    return "queued";
  if (call_status == "initiated")
    return "dialing";
  if (call_status == "ringing" || call_status == "completed" || call_status == "busy" ||
      call_status == "failed" || call_status == "canceled")
    return std::string{call_status};
  if (call_status == "in-progress" || call_status == "answered")
    return "in_progress";
  if (call_status == "no-answer")
    return "no_answer";
  return std::nullopt;
}

std::optional<std::int64_t> rfc2822_ms(std::string_view text) {
  std::tm parts{};
  const std::string copy{text};
  if (strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S %z", &parts) == nullptr)
    return std::nullopt;
  const auto offset = parts.tm_gmtoff;
  return (static_cast<std::int64_t>(timegm(&parts)) - offset) * 1000;
}

} // namespace caly::twiml_api
