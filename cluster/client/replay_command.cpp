#include "cluster/client/replay_command.hpp"

#include "actors/call/log/replay.hpp"
#include "cluster/client/sign_in.hpp"
#include "cluster/node/voices.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/error_text.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

namespace caly::client {

namespace {

using kind = out_column::kind;
using call_logs::divergence;
using call_logs::replay_result;

constexpr json_limits file_limits{64 << 20, 32, 8'000'000, 32, 3};

failure unusable(std::string what, std::string hint = {}) {
  return {exit_code::usage, "invalid", std::move(what), std::move(hint)};
}

outcome<std::string> read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  if (!in)
    return failure{exit_code::not_found, "not_found", "cannot read " + name, {}};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::string time_text(std::int64_t unix_ms) {
  return to_rfc3339(wall_time{} + std::chrono::milliseconds{unix_ms});
}

/// What the API answered, or what a file holds: logs in the order of the call.
outcome<json> logs_of(const command_context& context,
                      const std::string& id,
                      const replay_wishes& wishes) {
  if (!wishes.file.empty()) {
    if (!id.empty())
      return unusable("a call or --file, not both");
    const auto text = read_file(wishes.file);
    if (!text)
      return text.error();
    const auto parsed = json::parse(*text, file_limits);
    if (!parsed)
      return unusable(wishes.file + " is not JSON: " + describe(parsed.error()),
                      "a log is what caly calls replay CALL --save FILE writes");
    return *parsed;
  }
  if (!call_id::parse(id))
    return unusable(id.empty() ? "which call?" : id + " is not the id of a call",
                    "caly calls ls shows ids; --file FILE replays a saved log");
  auto api = open_api(context.target);
  if (!api)
    return api.error();
  return api->get("/api/calls/" + url_encode(id) + "/log");
}

/// The logs themselves; one that stands alone is one.
outcome<std::vector<const json*>> each_of(const json& logs) {
  if (logs.is_object())
    return std::vector{logs.has("log") ? &logs["log"] : &logs};
  std::vector<const json*> out;
  for (const auto& each : logs.items())
    out.push_back(each.has("log") ? &each["log"] : &each);
  if (out.empty())
    return unusable("there is no log in it");
  return out;
}

std::vector<json> rows_of(json_writer rows) {
  const auto parsed = json::parse(std::move(rows).str(), file_limits);
  return parsed ? parsed->items() : std::vector<json>{};
}

std::string steps_table(const replay_result& result) {
  json_writer out;
  out.begin_array();
  for (const auto& each : result.steps) {
    out.begin_object().field("n", each.number).field("at", time_text(each.at_ms));
    out.field("kind", each.kind).field("did", each.did);
    out.field("changed", each.changed).end_object();
  }
  out.end_array();
  return render_rows(rows_of(std::move(out)),
                     {{"EVENT", "n", kind::number},
                      {"AT", "at", kind::text},
                      {"MESSAGE", "kind", kind::text},
                      {"DID", "did", kind::text},
                      {"CHANGED", "changed", kind::text}},
                     out_format::table);
}

std::string divergence_table(const divergence& at) {
  json_writer out;
  out.begin_array();
  for (const auto& each : at.differences)
    out.begin_object()
        .field("name", each.name)
        .field("logged", each.logged)
        .field("replayed", each.replayed)
        .end_object();
  out.end_array();
  return render_rows(rows_of(std::move(out)),
                     {{"WHAT", "name", kind::text},
                      {"LOG", "logged", kind::text},
                      {"REPLAY", "replayed", kind::text}},
                     out_format::table);
}

void write_result(json_writer& out,
                  const json& log,
                  const replay_result& result,
                  std::chrono::milliseconds took) {
  out.begin_object().field("node", log["node"].text_or(""));
  out.field("began_at", time_text(log["began_at_ms"].int_or(0)));
  out.field("events", std::uint64_t{result.steps.size()});
  out.field("left_out", result.left_out).field("took_ms", std::int64_t{took.count()});
  out.field("same", !result.diverged);
  if (const auto& at = result.diverged) {
    out.key("diverged").begin_object().field("event", at->step);
    out.field("at", time_text(at->at_ms)).field("message", at->kind);
    out.field("payload", at->payload).key("differences").begin_array();
    for (const auto& each : at->differences)
      out.begin_object()
          .field("what", each.name)
          .field("log", each.logged)
          .field("replay", each.replayed)
          .end_object();
    out.end_array().end_object();
  }
  out.end_object();
}

void print_result(const json& log,
                  const replay_result& result,
                  std::chrono::milliseconds took,
                  bool verbose) {
  if (verbose)
    std::cout << steps_table(result);
  std::cout << log["node"].text_or("") << ' ' << time_text(log["began_at_ms"].int_or(0))
            << ": ";
  if (const auto& at = result.diverged) {
    std::cout << fmt::format("the replay differs from event {} on: {} at {}\n",
                             at->step,
                             at->kind,
                             time_text(at->at_ms));
    if (!at->payload.empty())
      std::cout << printable(at->payload) << '\n';
    std::cout << divergence_table(*at);
    return;
  }
  std::cout << fmt::format("replayed {} events in {} ms: same state after each",
                           result.steps.size(),
                           took.count());
  if (result.left_out > 0)
    std::cout << fmt::format("; {} more were left out of the log, which has a bound",
                             result.left_out);
  std::cout << '\n';
}

outcome<bool> save(const json& logs, const std::string& name) {
  std::ofstream out{name, std::ios::binary | std::ios::trunc};
  out << logs.dump() << '\n';
  out.close();
  if (!out)
    return failure{exit_code::error, "io", "cannot write " + name, {}};
  return true;
}

} // namespace

exit_code replay_call(const command_context& context,
                      const std::string& id,
                      const replay_wishes& wishes) {
  spdlog::set_level(spdlog::level::off); // what the call's actor logs was logged then
  const auto logs = logs_of(context, id, wishes);
  if (!logs)
    return complain(context, logs.error());
  if (!wishes.save.empty())
    if (const auto saved = save(*logs, wishes.save); !saved)
      return complain(context, saved.error());
  const auto each_log = each_of(*logs);
  if (!each_log)
    return complain(context, each_log.error());
  const bool as_json = context.out.format == out_format::json;
  bool same = true;
  json_writer all;
  all.begin_array();
  for (const auto* log : *each_log) {
    const auto began = std::chrono::steady_clock::now();
    const auto result = call_logs::replay(*log, {voices_again, wishes.any_build});
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    if (!result)
      return complain(context, unusable(describe(result.error())));
    same = same && !result->diverged;
    if (as_json)
      write_result(all, *log, *result, took);
    else
      print_result(*log, *result, took, wishes.verbose);
  }
  all.end_array();
  if (as_json)
    std::cout << all.str() << '\n';
  return same ? exit_code::ok : exit_code::error;
}

} // namespace caly::client
