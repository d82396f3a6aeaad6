#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly::sim {

class twilio_calls;

/// A recording of a call. It holds a tone wherever one of both sides spoke.
struct call_recording {
  std::string sid;
  std::string status = "in-progress"; ///< as Twilio calls it
  std::string callback_url;
  std::string callback_events;
  double began_at = 0; ///< Simulated time.
  double ended_at = 0;
  std::vector<std::pair<double, double>> pauses; ///< From, to; open ones end at 0.
  std::vector<spoken_stretch> spoken;            ///< Of the call, once it is over.
  wall_time created;
  timer made; ///< It becomes a file.
};

/// `/Accounts/{sid}/Calls/{sid}/Recordings…` and `/Accounts/{sid}/Recordings/{sid}…`.
class call_recordings {
public:
  call_recordings(world& world, twilio_calls& calls) : world_{world}, calls_{calls} {}

  http_response begin(const twilio_call_ptr& call, const field_list& form);
  http_response
  change(const twilio_call_ptr& call, std::string_view name, const field_list& form);
  http_response list(const twilio_call& call) const;
  /// A GET or DELETE of `{sid}.json` or `{sid}.wav`.
  http_response serve(std::string_view method, std::string_view name);

  /// The call is over, and so are its recordings, which become files a moment later.
  void call_ended(const twilio_call_ptr& call);
  void forget(const std::string& call_sid);

private:
  using entry = std::shared_ptr<call_recording>;

  struct tape {
    twilio_call_ptr call;
    std::vector<entry> all;
  };

  std::pair<twilio_call_ptr, entry> find(std::string_view sid) const;
  void finish(const twilio_call_ptr& call, const entry& recording);
  void
  tell(const twilio_call_ptr& call, const call_recording& of, std::string_view event);
  void note(const twilio_call& call, const char* kind, const call_recording& of);

  world& world_;
  twilio_calls& calls_;
  std::vector<tape> tapes_; ///< The oldest first.
};

} // namespace caly::sim
