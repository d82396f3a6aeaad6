#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <string_view>

namespace caly::sim {

/// `POST /v1/text-to-speech/{voice}/stream`.
class elevenlabs_rest {
public:
  explicit elevenlabs_rest(world& world) : world_{world} {}

  static bool owns(std::string_view path) {
    return path.starts_with("/v1/text-to-speech/");
  }

  void serve(const exchange_ptr& exchange);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void refuse(const exchange_ptr& exchange,
              int status,
              std::string_view code,
              std::string_view message);

  world& world_;
};

} // namespace caly::sim
