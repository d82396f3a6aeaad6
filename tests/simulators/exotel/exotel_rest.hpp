#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/exotel/exotel_calls.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <string>
#include <string_view>

namespace caly::sim {

/// `/v1/Accounts/{sid}/Calls…`: connect, read and list, as JSON.
class exotel_rest {
public:
  exotel_rest(world& world, exotel_calls& calls) : world_{world}, calls_{calls} {}

  static bool owns(std::string_view path) { return path.starts_with("/v1/Accounts/"); }

  void serve(const exchange_ptr& exchange);

  /// The phone `from` rings the number `to`, whose flow asks `voicebot_url`. Answers the
  /// call's id.
  std::string ring_in(const std::string& to,
                      const std::string& from,
                      const std::string& voicebot_url,
                      const std::string& passthru_url,
                      const std::string& status_url);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void create(const exchange_ptr& exchange, const std::string& account, fault drawn);
  http_response list(const http_request& request, std::string_view account) const;
  bool is_authorized(const http_request& request) const;
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
  exotel_calls& calls_;
};

} // namespace caly::sim
