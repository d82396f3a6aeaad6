#include "runtime/observe/outage_log.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/observe/log_fields.hpp"

#include <caf/sec.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace caly {

namespace {

using clock = std::chrono::steady_clock;

outage_gate& gate() {
  static outage_gate one{std::chrono::seconds{5}};
  return one;
}

bool is_outage(const caf::error& reason) {
  return reason == errc::unavailable || reason == errc::overloaded ||
         reason == errc::timed_out || reason == caf::sec::request_timeout;
}

std::string counted(std::string message, std::uint64_t left_out) {
  if (left_out > 0)
    message += " left_out=" + std::to_string(left_out);
  return message;
}

} // namespace

std::optional<std::uint64_t> outage_gate::pass(std::string_view area, time_point now) {
  const std::lock_guard guard{mutex_};
  auto& own = areas_[std::string{area}];
  if (now < own.next) {
    ++own.left_out;
    return std::nullopt;
  }
  own.next = now + interval_;
  return std::exchange(own.left_out, 0);
}

std::optional<std::uint64_t> outage_gate::close(std::string_view area) {
  const std::lock_guard guard{mutex_};
  const auto found = areas_.find(std::string{area});
  if (found == areas_.end())
    return std::nullopt;
  const auto left_out = found->second.left_out;
  areas_.erase(found);
  return left_out;
}

void warn_away(std::string message) {
  if (const auto left_out = gate().pass(area_of(message), clock::now()))
    spdlog::warn("{}", counted(std::move(message), *left_out));
}

void log_back(std::string message) {
  if (const auto left_out = gate().close(area_of(message)))
    spdlog::info("{}", counted(std::move(message), *left_out));
}

namespace detail {

void warn(const caf::error& reason, std::string message) {
  message += " reason=" + describe(reason);
  if (is_outage(reason))
    warn_away(std::move(message));
  else
    spdlog::warn("{}", message);
}

} // namespace detail

} // namespace caly
