#pragma once

#include "runtime/base/clock.hpp"

#include <string>
#include <string_view>

namespace caly {

/// What a log line says about its surroundings, apart from its own message.
struct log_origin {
  wall_time at;
  std::string_view level;
  std::string_view node;
  std::string_view actor;
  std::string_view tenant;
  std::string_view call;
  std::string_view correlation_id;
};

/// The area of a message that begins with one: `dial` of "dial: placed attempt=…".
std::string_view area_of(std::string_view message);

/// One JSON line, without the line feed.
///
/// The message is redacted first. Its trailing `key=value` pairs become fields of their
/// own; a value reaches up to the next pair and may contain spaces. Fields of the message
/// win over those of the origin; names that the line itself uses get a `field_` in front.
std::string to_log_line(const log_origin& origin, std::string_view message);

} // namespace caly
