#include "actors/call/answering.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/session.hpp"
#include "runtime/base/json.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

/// A call does not go on for long because its row does not answer.
constexpr auto row_timeout = 1s;

/// As the row tells it, beside what carriers say: `machine…` counts as a voicemail.
std::string row_word(answerer who) {
  switch (who) {
  case answerer::voicemail:
    return "machine_voicemail";
  case answerer::announcement:
    return "machine_announcement";
  case answerer::human:
  case answerer::menu:
  case answerer::screening:
  case answerer::unknown:
    break;
  }
  return to_string(who);
}

/// `then` runs once the row has it, or does not answer.
template <class F>
void tell_row(self_t self, answerer was, const answered& is, F then) {
  if (is.who == answerer::unknown || is.who == was)
    return then();
  const auto& state = self->state;
  // Nobody but us hears a person who picks up after the beep, or what an operator says.
  const bool knows_better = is.confidence >= answer_sure && is.by != "carrier";
  // A lost word harms nobody: the timeline has it too.
  self->request(self->ports().records,
                row_timeout,
                run_record{state.tenant,
                           "calls.answered_by",
                           {state.id.str(),
                            row_word(is.who),
                            knows_better ? record_argument{} : row_word(was)},
                           0})
      .then([then](const record_answer&) { then(); },
            [then](const caf::error&) { then(); });
}

/// Why the call ends; empty: it goes on.
std::string end_for(answerer who, const answer_plan& plan) {
  switch (who) {
  case answerer::voicemail:
    return plan.leaves_message ? "" : "voicemail";
  case answerer::menu:
    return plan.navigates ? "" : "menu";
  case answerer::screening:
    return plan.introduces ? "" : "screening";
  case answerer::announcement:
    return "not_reached";
  case answerer::human:
  case answerer::unknown:
    break;
  }
  return {};
}

} // namespace

bool is_machine(const std::string& answered_by) {
  return answered_by.starts_with("machine") || answered_by == "fax";
}

void on_machine(self_t self) {
  auto& state = self->state;
  if (state.pipe && state.answering.listens && state.answering.leaves_message)
    self->send(state.pipe, answered{answerer::voicemail, 1, "carrier"});
  else
    end(self, "voicemail");
}

void on_answered(self_t self, const answered& verdict) {
  auto& state = self->state;
  if (state.session == 0 || state.phase == call_phase::over)
    return; // from a pipe that was told to stop
  const auto was = std::exchange(state.picked_up, verdict).who;
  json_writer detail;
  detail.begin_object().field("who", to_string(verdict.who));
  detail.field("confidence", verdict.confidence).field("by", verdict.by).end_object();
  note(self, "answered_by", std::move(detail).str());
  // What the call is retried for depends on who answered: its row knows before it ends.
  tell_row(self, was, verdict, [self, verdict] {
    if (verdict.confidence < answer_sure || self->state.picked_up.who != verdict.who)
      return;
    const auto reason = end_for(verdict.who, self->state.answering);
    if (!reason.empty())
      end(self, reason);
  });
}

} // namespace caly
