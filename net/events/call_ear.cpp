#include "net/events/call_ear.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;

/// What it says goes through the actor, which knows where the call is.
using ear_actor = call_listener_actor::extend<caf::reacts_to<person_speaks>>;

/// Pieces of speech on their way to the call's node, a few seconds of it.
constexpr std::uint32_t speech_ahead_max = 50;

struct ear_state {
  std::uint64_t pieces_total = 0;
  call_desk_actor call; ///< empty until it was found
  std::uint32_t speech_ahead = 0;
  std::uint64_t unsaid_total = 0; ///< pieces of speech that were too many
};

struct ear_parts {
  tenant_id tenant;
  call_id call;
  records_actor records;
  region_actor region;
  call_ear_sink sink;
};

using self_t = self_ptr<ear_actor, ear_state>;

void listen(self_t self, const ear_parts& parts, const call_desk_actor& call) {
  self->monitor(call);
  self->state.call = call;
  self->request(call, 5s, listen_in{ear_actor{self}})
      .then(
          [parts](bool heard) {
            if (!heard)
              parts.sink.failed(caf::make_error(errc::conflict, "nobody talks in it"));
          },
          [parts](const caf::error& why) { parts.sink.failed(why); });
}

void find(self_t self, const ear_parts& parts, const std::string& node) {
  self->request(parts.region, 5s, find_call{parts.tenant, parts.call, false, node})
      .then(
          [self, parts](const call_actor& call) {
            listen(self, parts, caf::actor_cast<call_desk_actor>(call));
          },
          [parts](const caf::error& why) { parts.sink.failed(why); });
}

/// The call takes pieces at its own pace, on its node: what is too far ahead is dropped.
void speak(self_t self, const person_speaks& words) {
  auto& state = self->state;
  if (!state.call)
    return;
  if (state.speech_ahead == speech_ahead_max) {
    ++state.unsaid_total;
    return;
  }
  ++state.speech_ahead;
  const auto taken = [self] { --self->state.speech_ahead; };
  self->request(state.call, 10s, words).then(taken, [taken](const caf::error&) {
    taken();
  });
}

ear_actor::behavior_type ear(self_t self, ear_parts parts) {
  self->set_down_handler([parts](const caf::down_msg&) {
    parts.sink.failed(caf::make_error(errc::conflict, "the call is over"));
  });
  self->request(parts.records,
                5s,
                run_record{parts.tenant, "calls.speaker", {parts.call.str()}, 0})
      .then(
          [self, parts](const record_answer& answer) {
            const auto row = json::parse(answer.json);
            const auto node = row ? (*row)["node"].text_or("") : "";
            if (node.empty())
              return parts.sink.failed(
                  caf::make_error(errc::conflict, "nobody talks in it"));
            find(self, parts, std::string{node});
          },
          [parts](const caf::error& why) { parts.sink.failed(why); });
  return {
      [self, parts](const call_audio& piece) {
        ++self->state.pieces_total;
        parts.sink.heard(piece);
      },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "pieces_total", self->state.pieces_total);
        caf::put(report, "unsaid_total", self->state.unsaid_total);
        return report;
      },
      [self](const person_speaks& words) { speak(self, words); },
  };
}

class actor_ear : public call_ear {
public:
  explicit actor_ear(ear_actor actor) : actor_{std::move(actor)} {}

  ~actor_ear() override { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  void speak(std::string codes) override {
    caf::anon_send(actor_, person_speaks{std::move(codes)});
  }

private:
  ear_actor actor_;
};

} // namespace

call_ear_maker
call_ears(caf::actor_system& sys, records_actor records, region_actor region) {
  return [&sys, records, region](const tenant_id& tenant,
                                 const call_id& call,
                                 call_ear_sink sink) -> std::shared_ptr<call_ear> {
    return std::make_shared<actor_ear>(
        spawn<ear_actor, ear_state>(sys,
                                    {"call_ear", call.str(), tenant.str()},
                                    ear,
                                    ear_parts{tenant, call, records, region, sink}));
  };
}

} // namespace caly
