#include "runtime/base/error.hpp"
#include "runtime/console/actor_rows.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/observe/trace.hpp"

namespace caly {

using namespace std::chrono_literals;

using std::chrono::steady_clock;

namespace {

constexpr auto poll_every = 100ms;

/// Hands over what came, until the trace stops or nobody listens any more.
void follow(const std::shared_ptr<trace_buffer>& buffer,
            const detail::stats_ptr& stats,
            const console_reply& reply) {
  if (!reply.open()) {
    buffer->stop("nobody listens");
    stats->trace(nullptr);
    return;
  }
  const auto now = steady_clock::now();
  const auto stopped = buffer->stopped(now);
  for (auto& line : buffer->take(now))
    reply.line(std::move(line));
  if (stopped) {
    stats->trace(nullptr);
    reply.text("trace stopped: " + buffer->stop_reason());
    return;
  }
  reply.after(poll_every, [=] { follow(buffer, stats, reply); });
}

void trace(const console_args& args, const console_reply& reply) {
  const auto lines = args.integer("n", 50, 1, 1000);
  const auto time = args.time("for", 30s, 300s);
  const auto rate = args.integer("rate", 200, 1, 1000);
  if (!lines || !time || !rate) {
    reply.fail(!lines ? lines.error() : !time ? time.error() : rate.error());
    return;
  }
  if (args.has("payload") && reply.level() < console_level::break_glass) {
    reply.fail(caf::make_error(errc::forbidden, "--payload needs break_glass"),
               "elevate break_glass --reason \"…\"");
    return;
  }
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats)
    return;
  trace_options options;
  options.lines_max = static_cast<std::size_t>(*lines);
  options.duration_max = std::chrono::ceil<std::chrono::seconds>(*time);
  options.lines_per_second_max = static_cast<std::size_t>(*rate);
  options.in = args.has("in") || !args.has("out");
  options.out = args.has("out") || !args.has("in");
  options.payload = args.has("payload");
  options.type = args.text("type");
  const auto buffer =
      std::make_shared<trace_buffer>(std::move(options), steady_clock::now());
  stats->trace(buffer);
  reply.extend(*time + 2s);
  follow(buffer, stats, reply);
}

} // namespace

void add_trace_command(console_registry& registry) {
  registry.add({"trace",
                console_level::observe,
                "trace <target> [--in] [--out] [--type T] [-n 50] [--for 30s] "
                "[--rate 200] [--payload]",
                "Shows messages as they come and go; stops by itself.",
                {"n", "for", "rate", "type"},
                {"in", "out", "payload"},
                1,
                trace});
}

} // namespace caly
