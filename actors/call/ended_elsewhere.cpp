#include "actors/call/ended_elsewhere.hpp"

#include "runtime/base/json.hpp"

namespace caly {

std::optional<call_progressed> ended_elsewhere(std::string_view notification) {
  // Most notifications are about something else; looking is cheaper than parsing.
  if (notification.find("\"call:end\"") == std::string_view::npos)
    return std::nullopt;
  const auto row = json::parse(notification);
  if (!row)
    return std::nullopt;
  const auto id = parse_uuid((*row)["call"].text_or(""));
  const auto status = (*row)["status"].text_or("");
  const bool placed = status == "completed" || status == "voicemail" ||
                      status == "busy" || status == "no_answer";
  if (!id || !placed)
    return std::nullopt;
  return call_progressed{
      call_id{*id}, std::string{status}, progress_effect::duplicate, {}};
}

std::optional<transfer_progressed> transfer_news(std::string_view notification) {
  if (notification.find("\"call:transfer\"") == std::string_view::npos)
    return std::nullopt;
  const auto row = json::parse(notification);
  const auto id = row ? parse_uuid((*row)["call"].text_or("")) : std::nullopt;
  if (!id)
    return std::nullopt;
  return transfer_progressed{call_id{*id},
                             static_cast<std::int32_t>((*row)["transfer"].int_or(0)),
                             std::string{(*row)["state"].text_or("")}};
}

} // namespace caly
