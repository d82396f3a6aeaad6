#include "net/events/socket_wish.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace caly {

namespace {

constexpr std::size_t speech_bytes_max = 2'000;

} // namespace

std::optional<socket_wish> read_socket_wish(std::string_view text) {
  const auto message = json::parse(text);
  if (!message || !message->is_object())
    return std::nullopt;
  const auto type = (*message)["type"].text_or("");
  socket_wish wish;
  if (type == "stop_listening")
    return wish;
  if (type == "listen") {
    const auto call = call_id::parse((*message)["call_id"].text_or(""));
    if (!call)
      return std::nullopt;
    wish.type = socket_wish::kind::listen;
    wish.call = *call;
    return wish;
  }
  if (type != "speak")
    return std::nullopt;
  wish.type = socket_wish::kind::speak;
  if (!from_base64((*message)["audio"].text_or(""), wish.codes) || wish.codes.empty() ||
      wish.codes.size() > speech_bytes_max)
    return std::nullopt;
  return wish;
}

} // namespace caly
