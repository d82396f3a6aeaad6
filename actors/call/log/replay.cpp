#include "actors/call/log/replay.hpp"

#include "actors/call/log/logged_call.hpp"
#include "actors/call/log/message_codec.hpp"
#include "runtime/base/error.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace caly::call_logs {

namespace {

/// Somebody whose answers are in the log: hears nothing, says nothing.
class stand_in : public caf::monitorable_actor {
public:
  explicit stand_in(caf::actor_config& cfg) : caf::monitorable_actor(cfg) {}

  using caf::monitorable_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// What the log says of the step that runs.
struct moment {
  std::int64_t at_ms = 0;
  std::vector<std::int64_t> boot_ns;
  std::size_t boot_next = 0;
  bool open = false; ///< a message of the log goes in
};

/// A call's actor that only gets what the log has: what it sends itself stands there too.
class replayed_call : public call_self {
public:
  replayed_call(caf::actor_config& cfg,
                actor_label label,
                call_start start,
                call_options options,
                std::shared_ptr<const call_ports> ports,
                std::shared_ptr<call_recorder> recorder,
                std::shared_ptr<const moment> now)
      : call_self{cfg,
                  std::move(label),
                  std::move(start),
                  options,
                  std::move(ports),
                  std::move(recorder)},
        now_{std::move(now)} {}

  using call_self::enqueue;

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* host) override {
    if (now_->open)
      call_self::enqueue(std::move(x), host);
  }

private:
  const std::shared_ptr<const moment> now_;
};

caf::actor_system_config& on_one_thread(caf::actor_system_config& cfg) {
  cfg.set("scheduler.policy", caf::atom("testing"));
  cfg.set("logger.file-verbosity", caf::atom("quiet"));
  return cfg;
}

std::string joined(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out.append(out.empty() ? "" : " ").append(name).append(1, '=').append(value);
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& each : texts)
    out.append(out.empty() ? "" : "; ").append(each);
  return out;
}

/// One replay: an actor system of its own with one actor in it.
class replayer {
public:
  explicit replayer(const replay_options& options)
      : options_{options},
        sys_{on_one_thread(cfg_)},
        sched_{dynamic_cast<caf::scheduler::test_coordinator&>(sys_.scheduler())} {
    sys_.await_actors_before_shutdown(false);
  }

  ~replayer() {
    if (!call_)
      return;
    // The clock of the system holds on to whoever waits for a tick.
    now_->open = true;
    caf::anon_send_exit(call_, caf::exit_reason::kill);
    run();
  }

  replayer(const replayer&) = delete;
  replayer& operator=(const replayer&) = delete;

  caf::expected<replay_result> go(const json& log) {
    auto read = read_call(log, options_.any_build, actors());
    if (!read)
      return std::move(read.error());
    about_ = std::move(*read);
    if (auto failed = start())
      return failed;
    replay_result out;
    out.left_out = about_.left_out;
    logged_step before;
    before.at_ms = about_.began_at_ms;
    for (const auto& each : *about_.steps) {
      auto step = read_step(each, before);
      auto failed = step ? take(*step, out.steps.size()) : std::move(step.error());
      if (failed)
        return caf::make_error(errc::invalid,
                               fmt::format("the log is damaged: step {}: {}",
                                           out.steps.size(),
                                           error_text(failed)));
      out.diverged = compare(*step, out.steps.size());
      note(*step, out);
      if (out.diverged)
        break;
      before = std::move(*step);
    }
    return out;
  }

private:
  static std::string error_text(const caf::error& failure) {
    const auto& context = failure.context();
    return context.match_elements<std::string>() ? context.get_as<std::string>(0)
                                                 : to_string(failure);
  }

  actor_source actors() {
    return [this](std::uint32_t number) {
      auto& who = others_[number];
      if (!who)
        who = make_stand_in();
      return who;
    };
  }

  caf::strong_actor_ptr make_stand_in() {
    caf::actor_config cfg{nullptr};
    return caf::make_actor<stand_in, caf::strong_actor_ptr>(
        sys_.next_actor_id(), sys_.node(), &sys_, cfg);
  }

  template <class Handle>
  Handle anybody() {
    return caf::actor_cast<Handle>(make_stand_in());
  }

  caf::expected<call_voices> voices() const {
    if (!about_.voices->is_object()) {
      call_voices none;
      none.wish_of = [](const call_sheet&) { return std::nullopt; };
      return none;
    }
    return options_.voices(*about_.voices);
  }

  caf::error start() {
    auto brains = voices();
    if (!brains)
      return std::move(brains.error());
    call_ports ports;
    ports.store = anybody<dial_store_actor>();
    ports.rows = anybody<call_store_actor>();
    ports.records = anybody<records_actor>();
    ports.insight = anybody<insight_actor>();
    carrier_port carrier{anybody<carrier_actor>(), about_.carrier, {}, {}};
    if (about_.transfers)
      carrier.legs = anybody<leg_carrier_actor>();
    ports.carriers.add(about_.provider, carrier);
    ports.voices = std::move(*brains);
    ports.node = about_.node;
    ports.boot_now = [now = now_] {
      const auto ns = now->boot_next < now->boot_ns.size()
                          ? now->boot_ns[now->boot_next++]
                          : std::int64_t{0};
      return boot_clock::time_point{boot_clock::duration{ns}};
    };
    const auto clock = [now = now_] {
      return wall_time{} + std::chrono::milliseconds{now->at_ms};
    };
    now_->at_ms = about_.began_at_ms;
    ports.clock = clock;
    recorder_ = std::make_shared<call_recorder>(clock, true);
    actor_label label{
        "call", about_.call.str(), about_.tenant.str(), about_.correlation_id};
    call_ = caf::actor_cast<caf::actor>(
        sys_.spawn<replayed_call>(std::move(label),
                                  about_.start,
                                  about_.options,
                                  std::make_shared<const call_ports>(std::move(ports)),
                                  recorder_,
                                  now_));
    return {};
  }

  void run() {
    while (sched_.try_run_once()) {
    }
  }

  /// Lets the actor handle what the log says that came.
  caf::error take(const logged_step& step, std::size_t number) {
    now_->at_ms = step.at_ms;
    now_->boot_ns = step.boot_ns;
    now_->boot_next = 0;
    if (number == 0) { // its first moments: nothing came
      run();
      return {};
    }
    const auto* codec = codec_of(step.kind);
    if (codec == nullptr)
      return caf::make_error(errc::invalid, "this build knows no message " + step.kind);
    static const auto nothing = *json::parse("[]");
    log_reader reader{actors(), about_.tenant.value(), about_.call.value()};
    auto message = codec->read(step.payload ? *step.payload : nothing, reader);
    if (message.empty())
      return caf::make_error(errc::invalid, "no message " + step.kind);
    const auto id =
        step.request == 0
            ? caf::message_id{}
            : caf::message_id{caf::message_id::default_async_value |
                              caf::message_id::response_flag_mask | step.request};
    now_->open = true;
    caf::actor_cast<caf::abstract_actor*>(call_)->enqueue(
        nullptr, id, std::move(message), nullptr);
    now_->open = false;
    run();
    return {};
  }

  /// What the actor did beside what the log says of it.
  std::optional<divergence> compare(const logged_step& step, std::size_t number) {
    divergence out{number, step.at_ms, step.kind, {}, {}};
    if (step.payload)
      out.payload = step.payload->dump();
    if (recorder_->number() != number) {
      out.differences.push_back(
          {"call", "goes on", "is over: it took no message any more"});
      return out;
    }
    const auto& did = recorder_->step();
    for (const auto& [name, value] : did.fields)
      fields_.insert_or_assign(name, value);
    if (did.digest != step.digest)
      compare_fields(step, out);
    const auto count = std::max(did.effects.size(), step.effects.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::string nothing = "(nothing)";
      const auto& logged = i < step.effects.size() ? step.effects[i] : nothing;
      const auto& replayed = i < did.effects.size() ? did.effects[i] : nothing;
      if (logged != replayed)
        out.differences.push_back({"effect " + std::to_string(i + 1), logged, replayed});
    }
    return out.differences.empty() ? std::nullopt : std::optional{std::move(out)};
  }

  void compare_fields(const logged_step& step, divergence& out) const {
    for (const auto& [name, value] : fields_) {
      const auto logged = step.fields.find(name);
      if (logged == step.fields.end() || logged->second != value)
        out.differences.push_back(
            {name, logged == step.fields.end() ? "(not there)" : logged->second, value});
    }
    if (out.differences.empty())
      out.differences.push_back(
          {"digest", hex_of(step.digest), hex_of(recorder_->step().digest)});
  }

  void note(const logged_step& step, replay_result& out) const {
    const auto& did = recorder_->step();
    out.steps.push_back({out.steps.size(),
                         step.at_ms,
                         step.kind,
                         joined(did.effects),
                         joined(did.fields)});
  }

  const replay_options& options_;
  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  caf::scheduler::test_coordinator& sched_;
  logged_call about_;
  std::map<std::uint32_t, caf::strong_actor_ptr> others_;
  const std::shared_ptr<moment> now_ = std::make_shared<moment>();
  std::shared_ptr<call_recorder> recorder_;
  caf::actor call_;
  std::map<std::string, std::string> fields_; ///< of the replay
};

} // namespace

caf::expected<replay_result> replay(const json& log, const replay_options& options) {
  return replayer{options}.go(log);
}

} // namespace caly::call_logs
