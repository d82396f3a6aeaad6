#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/bolna/bolna_calls.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// `/call…`, `/executions/{id}`, `/v2/agent…` and `/user/me`.
class bolna_rest {
public:
  bolna_rest(world& world, bolna_calls& calls) : world_{world}, calls_{calls} {}

  static bool owns(std::string_view path);
  void serve(const exchange_ptr& exchange);

private:
  using path_list = std::vector<std::string_view>;

  void route(const exchange_ptr& exchange, fault drawn);
  void create(const exchange_ptr& exchange, fault drawn, bool authorized);
  http_response read(const http_request& request, const path_list& parts) const;
  http_response list(const http_request& request, std::string_view agent_id) const;
  http_response stop(std::string_view id);
  http_response serve_agent(const http_request& request, const path_list& parts);
  http_response put_agent(const http_request& request, std::string id, bool merge);
  http_response account() const;
  bool is_authorized(const http_request& request) const;
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
  bolna_calls& calls_;
  std::map<std::string, bolna_agent, std::less<>> agents_;
};

} // namespace caly::sim
