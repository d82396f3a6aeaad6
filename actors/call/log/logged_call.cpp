#include "actors/call/log/logged_call.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace caly::call_logs {

namespace {

constexpr std::int64_t time_ms_max = 1LL << 52;
constexpr std::int64_t count_max = 1LL << 31;

caf::error wrong(std::string what) {
  return caf::make_error(errc::invalid, std::move(what));
}

std::chrono::milliseconds ms(json_reader& from, const char* name) {
  return std::chrono::milliseconds{from.integer(name, 0, time_ms_max)};
}

call_options read_options(json_reader& from) {
  call_options out;
  out.fuse = ms(from, "fuse_ms");
  out.create_timeout = ms(from, "create_timeout_ms");
  out.ring_timeout = ms(from, "ring_timeout_ms");
  out.silence_before_asking = ms(from, "silence_before_asking_ms");
  out.text_silence = ms(from, "text_silence_ms");
  out.first_hold = std::chrono::seconds{from.integer("first_hold_s", 0, time_ms_max)};
  out.tool_calls_max =
      static_cast<std::uint32_t>(from.integer("tool_calls_max", 0, count_max));
  out.turns_max = static_cast<std::size_t>(from.integer("turns_max", 0, count_max));
  return out;
}

/// Says what is wrong with the version of a log, if anything is.
caf::error problem_of_version(const json& log, bool any_build) {
  if (!log.is_object() || !log["format"].as_int())
    return wrong("this is no log of a call: it has no \"format\"");
  if (log["format"].int_or(0) != log_format)
    return wrong(fmt::format("the log has format {}; this build reads {}",
                             log["format"].int_or(0),
                             log_format));
  const auto build = log["build"].text_or("?");
  if (build != build_version && !any_build)
    return wrong(fmt::format("the log was written by build {}, this is {}: what differs "
                             "may be the build; --any-build replays it all the same",
                             build,
                             build_version));
  return {};
}

bool read_start(const json& log, log_reader& reader, call_start& out) {
  if (log.has("dialed"))
    return reader.read(log["dialed"], out.emplace<start_call>());
  return reader.read(log["resumed"], out.emplace<call_sheet>());
}

std::optional<std::uint64_t> read_digest(std::string_view text) {
  std::uint64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, out, 16);
  return text.size() == 16 && result.ec == std::errc{} && result.ptr == end
             ? std::optional{out}
             : std::nullopt;
}

} // namespace

caf::expected<logged_call>
read_call(const json& log, bool any_build, const actor_source& actors) {
  if (auto problem = problem_of_version(log, any_build))
    return problem;
  json_reader head{log};
  const auto tenant = tenant_id::parse(head.text("tenant"));
  const auto call = call_id::parse(head.text("call"));
  logged_call out;
  out.node = head.text_or("node", "");
  out.correlation_id = head.text_or("correlation_id", "");
  out.began_at_ms = head.integer("began_at_ms", 0, time_ms_max);
  json_reader options{head.value("options")};
  out.options = read_options(options);
  json_reader carrier{head.value("carrier")};
  out.provider = carrier.text_or("provider", "");
  out.carrier.hosts_talk = carrier.boolean_or("hosts_talk", false);
  out.carrier.hangs_up = carrier.boolean_or("hangs_up", true);
  out.carrier.records = carrier.boolean_or("records", false);
  out.transfers = carrier.boolean_or("transfers", false);
  if (!tenant)
    head.fail("tenant", "must be the id of a tenant");
  if (!call)
    head.fail("call", "must be the id of a call");
  if (!head.value("steps").is_array() || head.value("steps").items().empty())
    head.fail("steps", "must be a list with the steps of the call");
  if (!log.has("ended"))
    head.fail("ended", "is missing: the log is not whole");
  for (const auto* each : {&head, &options, &carrier})
    if (!each->ok())
      return wrong("the log is damaged: " + each->summary());
  out.tenant = *tenant;
  out.call = *call;
  out.voices = &log["voices"];
  out.steps = &log["steps"].items();
  out.left_out = static_cast<std::uint64_t>(log["left_out"].int_or(0));
  log_reader reader{actors, tenant->value(), call->value()};
  if (!read_start(log, reader, out.start))
    return wrong(
        "the log is damaged: dialed, resumed: neither is what a call starts from");
  return out;
}

caf::expected<logged_step> read_step(const json& from, const logged_step& before) {
  if (!from.is_object() || !from["k"].is_string() || !from["t"].as_int())
    return wrong("is no step: it needs \"k\" and \"t\"");
  logged_step out;
  out.at_ms = before.at_ms + from["t"].int_or(0);
  out.kind = from["k"].text_or("");
  out.payload = from.find("p");
  out.request = static_cast<std::uint64_t>(from["r"].int_or(0));
  for (const auto& each : from["b"].items())
    out.boot_ns.push_back(each.int_or(0));
  for (const auto& each : from["e"].items())
    out.effects.emplace_back(each.text_or(""));
  out.digest = before.digest;
  out.fields = before.fields;
  if (const auto* digest = from.find("h")) {
    const auto read = read_digest(digest->text_or(""));
    if (!read)
      return wrong("\"h\" is no digest");
    out.digest = *read;
  }
  for (const auto& [name, value] : from["s"].members())
    out.fields.insert_or_assign(name, std::string{value.text_or("")});
  return out;
}

} // namespace caly::call_logs
