#include "actors/call/call_self.hpp"

#include "runtime/observe/error_text.hpp"

namespace caly {

call_self::call_self(caf::actor_config& cfg,
                     actor_label label,
                     call_start start,
                     call_options options,
                     std::shared_ptr<const call_ports> ports,
                     std::shared_ptr<call_logs::call_recorder> recorder)
    : super{cfg, std::move(label)},
      recorder_{std::move(recorder)},
      keeper_{ports->logs},
      start_{std::move(start)},
      options_{options},
      ports_{std::move(ports)} {}

live_call_actor::behavior_type call_self::make_behavior() {
  if (auto* order = std::get_if<start_call>(&start_))
    return dialed_call(this, std::move(*order));
  return resumed_call(this, std::move(std::get<call_sheet>(start_)));
}

void call_self::initialize() {
  recorder_->begin();
  if (recorder_->writes())
    log_ = std::make_unique<call_logs::log_text>(
        call_logs::log_header{start_,
                              options_,
                              *ports_,
                              recorder_->step().at_ms,
                              stats().label.correlation_id},
        recorder_->names());
  super::initialize();
  end_step();
}

caf::invoke_message_result call_self::consume(caf::mailbox_element& x) {
  // The last one comes after the last step: it has more of them than any before.
  if (log_ && log_->grown())
    caf::anon_send(keeper_, log_->finish("not yet"));
  if (!recorder_->begin(x))
    return super::consume(x);
  try {
    const auto result = super::consume(x);
    end_step();
    return result;
  } catch (...) {
    recorder_->crash();
    if (log_)
      log_->add(recorder_->step());
    throw;
  }
}

void call_self::end_step() {
  recorder_->end(state);
  if (log_)
    log_->add(recorder_->step());
}

bool call_self::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // A pending tick keeps the actor's memory for a while; nothing else stays for that.
  start_ = call_start{};
  ports_.reset();
  const auto keeper = std::exchange(keeper_, call_log_keeper_actor{});
  if (const auto log = std::move(log_); log && keeper)
    caf::anon_send(keeper, log->finish(reason ? describe(reason) : "done"));
  const auto over = super::cleanup(std::move(reason), host);
  recorder_.reset();
  return over;
}

} // namespace caly
