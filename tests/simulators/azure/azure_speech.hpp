#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <string_view>

namespace caly::sim {

/// Azure's text to speech (REST) and speech to text (WebSocket).
class azure_speech {
public:
  explicit azure_speech(world& world) : world_{world} {}

  static bool owns(std::string_view path);

  void serve(const exchange_ptr& exchange);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void speak(const exchange_ptr& exchange);
  void listen(const exchange_ptr& exchange);
  void refuse(const exchange_ptr& exchange, int status, std::string_view message);

  world& world_;
};

/// What an SSML document of one voice says; empty without a voice.
std::string text_of_ssml(std::string_view ssml);

} // namespace caly::sim
