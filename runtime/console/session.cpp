#include "runtime/console/session.hpp"

#include "runtime/base/error.hpp"
#include "runtime/console/session_core.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly {

namespace {

using detail::session_core;

struct session_state {
  std::unique_ptr<session_core> core;
};

/// An answer that another node asked for goes over a link, which ends with a message
/// beyond its bound.
constexpr std::size_t carried_bytes_max = std::size_t{192} << 10;

using session_self = self_ptr<caf::actor, session_state>;

/// A session answers lines of its client, or a single line of another node.
caf::behavior session(session_self self,
                      console_options settings,
                      std::string user,
                      console_level level_max,
                      std::function<void(std::string)> out) {
  if (out)
    out(console_greeting(settings.node, console_level::observe));
  self->state.core =
      std::make_unique<session_core>(self, std::move(settings), std::move(user));
  auto& core = *self->state.core;
  core.level_max(level_max);
  return {
      [&core, out](const console_input& input) {
        if (out)
          core.handle(input.request, out);
      },
      [self, &core](const console_run& ask) -> caf::result<std::string> {
        auto promise = self->make_response_promise<std::string>();
        if (ask.level > console_level::observe)
          core.elevate(ask.level, ask.reason);
        core.handle(
            ask.request,
            [self, promise](std::string answer) mutable {
              if (answer.size() > carried_bytes_max)
                promise.deliver(
                    caf::make_error(errc::too_large,
                                    "the answer is too long to be carried; use "
                                    "--limit or ask at that node"));
              else
                promise.deliver(std::move(answer));
              self->quit();
            },
            false);
        return promise;
      },
      [&core](const detail::console_timer& due) { core.on_timer(due); },
      [&core](detail::console_audited& audited) { core.on_audited(audited); },
      [&core](detail::console_forwarded& forwarded) { core.on_forwarded(forwarded); },
      [self, &core](const get_status&) {
        status_report report;
        caf::put(report, "user", core.user());
        caf::put(report, "level", to_string(core.level()));
        return report;
      },
  };
}

template <class Spawner>
caf::actor spawn_session_at(Spawner& at,
                            console_options settings,
                            std::string user,
                            console_level level_max,
                            std::function<void(std::string)> out) {
  return spawn<caf::actor, session_state>(at,
                                          {"console_session", user, ""},
                                          session,
                                          std::move(settings),
                                          user,
                                          level_max,
                                          std::move(out));
}

struct console_state {
  std::uint64_t lines_total = 0;
};

console_actor::behavior_type console(self_ptr<console_actor, console_state> self,
                                     console_options settings) {
  return {
      [self, settings](console_run& ask) -> caf::result<std::string> {
        ++self->state.lines_total;
        const auto one =
            spawn_session_at(*self, settings, ask.user, console_level::observe, nullptr);
        self->delegate(one, std::move(ask));
        return caf::delegated<std::string>{};
      },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "lines_total", self->state.lines_total);
        return report;
      },
  };
}

} // namespace

caf::actor spawn_console_session(caf::local_actor* parent,
                                 console_options settings,
                                 std::string user,
                                 console_level level_max,
                                 std::function<void(std::string)> out) {
  return spawn_session_at(
      *parent, std::move(settings), std::move(user), level_max, std::move(out));
}

caf::actor spawn_console_session(caf::actor_system& sys,
                                 console_options settings,
                                 std::string user,
                                 console_level level_max,
                                 std::function<void(std::string)> out) {
  return spawn_session_at(
      sys, std::move(settings), std::move(user), level_max, std::move(out));
}

console_actor spawn_console(caf::local_actor* parent, console_options settings) {
  return spawn<console_actor, console_state>(
      parent, {"console", settings.node, ""}, console, std::move(settings));
}

console_actor spawn_console(caf::actor_system& sys, console_options settings) {
  return spawn<console_actor, console_state>(
      sys, {"console", settings.node, ""}, console, std::move(settings));
}

} // namespace caly
