#include "tests/bench/sandbox/easy_calls.hpp"

#include "runtime/observe/spawn.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace caly::bench {

namespace {

struct nothing {
  int unused = 0;
};

struct course {
  media_plan plan;
  bool prints = false;
};

using shared_course = std::shared_ptr<const course>;

call_actor::behavior_type easy_call(self_ptr<call_actor, nothing>,
                                    const shared_course& of) {
  return {
      [](const choose_voice&) { return voice_choice{}; },
      [of](const attach_media&) { return of->plan; },
      [of](const turn_heard& turn) {
        if (of->prints)
          spdlog::info("turn role={} text={}", turn.role, turn.text);
      },
      [](const tool_called&) {
        return tool_answer{"{}", false};
      },
      [](const open_text&) { return spoken_reply{}; },
      [](const hear_text&) { return spoken_reply{}; },
      [of](const media_event& event) {
        if (of->prints)
          spdlog::info("event kind={} detail={}", event.kind, event.detail);
      },
      [of](const media_closed& gone) {
        if (of->prints)
          spdlog::info("closed reason={} in={} out={}",
                       gone.reason,
                       gone.frames_in,
                       gone.frames_out);
      },
      [](const call_progressed&) {},
      [](const end_call&) { return false; },
      [](const steer_recording&) { return false; },
      [](const press_keys&) { return false; },
      [](const answered&) {},
      [](const call_tick&) {},
      [](const get_status&) { return status_report{}; },
  };
}

calls_actor::behavior_type any_calls(self_ptr<calls_actor, nothing> self,
                                     const shared_course& of) {
  return {
      [self, of](const find_call& ask) {
        return spawn<call_actor, nothing>(
            self, {"call", ask.call.str(), ""}, easy_call, of);
      },
      [self, of](const start_call& order) {
        return spawn<call_actor, nothing>(
            self, {"call", order.call.id.str(), ""}, easy_call, of);
      },
      [](const call_progressed&) {},
      [](const transfer_progressed&) {},
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace

calls_actor easy_calls(caf::actor_system& system, media_plan plan, bool prints) {
  return spawn<calls_actor, nothing>(
      system,
      {"calls", "", ""},
      any_calls,
      std::make_shared<const course>(course{std::move(plan), prints}));
}

} // namespace caly::bench
