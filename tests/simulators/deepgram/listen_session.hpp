#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/speech/dictation.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace caly::sim {

/// What the query of a connection asks for.
struct listen_wishes {
  bool interim = false;
  bool tells_language = false;
  int endpointing_ms = 10;
};

/// One connection to Deepgram's `/v1/listen`, the server's side of it.
class listen_session : public std::enable_shared_from_this<listen_session> {
public:
  listen_session(world& world, std::shared_ptr<web_socket> socket, listen_wishes wishes);

  void start();

private:
  void hear(std::string_view audio);
  void obey(std::string_view text);
  void tell(int from_ms, int to_ms, const std::string& words, bool final);
  void end();
  void break_off(std::string_view reason);
  void wait_for_audio();

  world& world_;
  std::shared_ptr<web_socket> socket_;
  listen_wishes wishes_;
  std::string id_;
  bool finalizing_ = false;
  int cut_at_ms_ = 0; ///< The connection breaks there; 0: it does not.
  timer patience_;
  dictation dictation_;
};

} // namespace caly::sim
