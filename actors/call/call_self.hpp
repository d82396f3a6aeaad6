#pragma once

#include "actors/call/call.hpp"
#include "actors/call/log/call_recorder.hpp"
#include "actors/call/log/log_text.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace caly {

namespace call_logs {

template <class T>
void noted_promise<T>::deliver(T answer) {
  recorder_->answer(step_, answer);
  super::deliver(std::move(answer));
}

template <class T>
void noted_promise<T>::deliver(caf::error failure) {
  recorder_->answer(step_, failure);
  super::deliver(std::move(failure));
}

// What the log calls those whom a call speaks to.

constexpr std::string_view target_of(const dial_store_actor&) {
  return "store";
}

constexpr std::string_view target_of(const call_store_actor&) {
  return "rows";
}

constexpr std::string_view target_of(const records_actor&) {
  return "records";
}

constexpr std::string_view target_of(const carrier_actor&) {
  return "carrier";
}

constexpr std::string_view target_of(const leg_carrier_actor&) {
  return "legs";
}

constexpr std::string_view target_of(const insight_actor&) {
  return "insight";
}

constexpr std::string_view target_of(const tenant_actor&) {
  return "tenant";
}

constexpr std::string_view target_of(const media_pipe_actor&) {
  return "pipe";
}

constexpr std::string_view target_of(const call_actor&) {
  return "self";
}

} // namespace call_logs

/// What a call's actor starts from: an order to dial, or the rows.
using call_start = std::variant<start_call, call_sheet>;

/// The actor of a call. Whatever it sends, asks and answers goes through here and stands
/// in the call's log (actors/call/log/README.md), which is handed over when it ends.
class call_self : public caf::stateful_actor<call_state, observed<live_call_actor>> {
public:
  using super = caf::stateful_actor<call_state, observed<live_call_actor>>;

  call_self(caf::actor_config& cfg,
            actor_label label,
            call_start start,
            call_options options,
            std::shared_ptr<const call_ports> ports,
            std::shared_ptr<call_logs::call_recorder> recorder);

  live_call_actor::behavior_type make_behavior() override;
  void initialize() override;
  caf::invoke_message_result consume(caf::mailbox_element& x) override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

  const call_options& options() const noexcept { return options_; }

  /// What it shares with the other calls of its node.
  const call_ports& ports() const noexcept { return *ports_; }

  /// Stands still while a message is handled.
  wall_time now() const { return recorder_->now(); }

  boot_clock::time_point boot_now() { return recorder_->boot_now(ports_->boot_now); }

  template <class Dest, class T>
  void send(const Dest& dest, T&& what) {
    recorder_->out(call_logs::target_of(dest), what);
    super::send(dest, std::forward<T>(what));
  }

  template <class Dest, class Rep, class Period, class T>
  auto request(const Dest& dest, std::chrono::duration<Rep, Period> timeout, T&& what) {
    recorder_->out(call_logs::target_of(dest), what);
    return super::request(dest, timeout, std::forward<T>(what));
  }

  template <class T>
  call_logs::noted_promise<T> make_response_promise() {
    return {super::template make_response_promise<T>(), *recorder_, recorder_->number()};
  }

  /// Notes what a handler answers at once.
  template <class T>
  caf::result<T> answered_with(caf::result<T> answer) {
    if (answer.flag == caf::rt_value)
      recorder_->answer(recorder_->number(), answer.value.template get_as<T>(0));
    else if (answer.flag == caf::rt_error)
      recorder_->answer(recorder_->number(), answer.err);
    return answer;
  }

  void quit() {
    recorder_->word("quit");
    super::quit();
  }

  const call_logs::call_recorder& recorder() const { return *recorder_; }

private:
  void end_step();

  std::shared_ptr<call_logs::call_recorder> recorder_; ///< null: the actor is over
  call_log_keeper_actor keeper_;
  std::unique_ptr<call_logs::log_text> log_;
  call_start start_;
  const call_options options_;
  std::shared_ptr<const call_ports> ports_;
};

/// Starts the actor of a call. `at` is the actor system or the `self` of its parent.
template <class Spawner>
live_call_actor spawn_call(Spawner&& at,
                           actor_label label,
                           call_start start,
                           const call_options& options,
                           std::shared_ptr<const call_ports> ports) {
  auto recorder = std::make_shared<call_logs::call_recorder>(
      ports->clock, static_cast<bool>(ports->logs));
  return caf::actor_cast<live_call_actor>(
      detail::as_spawner(at).template spawn<call_self>(std::move(label),
                                                       std::move(start),
                                                       options,
                                                       std::move(ports),
                                                       std::move(recorder)));
}

} // namespace caly
