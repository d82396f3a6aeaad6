#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/speech/dictation.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

/// One connection to Azure's speech to text, the server's side of what Microsoft's SDK
/// speaks. A turn begins with a `speech.context` and ends with the end of its audio.
class recognition_session : public std::enable_shared_from_this<recognition_session> {
public:
  recognition_session(world& world, std::shared_ptr<web_socket> socket);

  void start();

private:
  using filler = std::function<void(json_writer&)>;

  void read_text(std::string_view text);
  void read_binary(std::string_view bytes);
  void begin_turn(std::string_view request, std::string_view context);
  void hear(std::string_view payload);
  void end_turn();
  void phrase(int from_ms, int to_ms, const std::string& words);
  void hypothesis(int from_ms, int to_ms, const std::string& words);
  void emit(std::string_view path, const filler& fill);
  void write_language(const std::string& words, json_writer& out) const;
  void refuse(std::string_view why);

  world& world_;
  std::shared_ptr<web_socket> socket_;
  bool configured_ = false;
  bool identifies_language_ = false;
  bool riff_came_ = false;
  std::string request_;
  int cut_at_ms_ = 0; ///< The connection breaks there; 0: it does not.
  std::optional<dictation> dictation_;
};

} // namespace caly::sim
