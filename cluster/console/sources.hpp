#pragma once

#include "actors/api/call.hpp"
#include "actors/api/records.hpp"
#include "actors/api/region.hpp"
#include "cluster/alarms/alarm_watch.hpp"
#include "cluster/console/desk.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "runtime/console/command.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace caly {

/// What the commands of a node look at.
struct console_sources {
  std::string node;
  records_actor records;
  region_actor region;
  calls_actor calls;
  console_desk_actor desk;
  alarm_watch_actor alarms;
  wall_clock clock;
  std::function<void(bool on)> drain; ///< this node, or takes part again
};

/// What a command does; `console_args` were checked against its flags and words.
using console_run_function = void (*)(const console_sources&,
                                      const console_args&,
                                      const console_reply&);

/// Adds a command that has flags with values and up to `words_max` words.
void add_command(console_registry& registry,
                 const console_sources& sources,
                 const char* name,
                 console_level level,
                 const char* usage,
                 const char* help,
                 std::vector<std::string> flags,
                 std::size_t words_max,
                 console_run_function run);

/// Runs a statement and gives `then` its answer. Failures end the run.
void ask_rows(const console_reply& reply,
              const console_sources& sources,
              run_record ask,
              std::function<void(const json& answer)> then);

/// Asks the desk for the cluster as it is known here.
void ask_view(const console_reply& reply,
              const console_sources& sources,
              std::function<void(const peer_list&)> then);

/// Runs a line at a node's console. `then` gets the answer of the protocol, or null when
/// there was none within `limit`.
void ask_node(const console_reply& reply,
              const console_sources& sources,
              const std::string& node,
              std::chrono::milliseconds limit,
              const std::string& line,
              std::function<void(const json& answer)> then);

/// Runs a line at another node's console for whoever runs this one, with the same rights,
/// and shows its answer.
void pass_line(const console_reply& reply,
               const console_sources& sources,
               const std::string& node,
               const std::string& line);

/// The same statement for every tenant, or for that of `--tenant`, eight at a time.
struct tenant_sweep {
  run_record ask; ///< the tenant is filled in
  /// False: enough seen. A tenant without such a row is passed over.
  std::function<bool(const tenant_id&, const json& answer)> each;
  /// `failed` tenants did not answer.
  std::function<void(std::size_t tenants, std::size_t failed)> done;
};

void sweep_tenants(const console_reply& reply,
                   const console_sources& sources,
                   const console_args& args,
                   tenant_sweep sweep);

/// `2 of 7 tenants did not answer`; empty when all did.
std::string sweep_note(std::size_t tenants, std::size_t failed);

using tenant_found = std::function<void(const tenant_id&)>;

/// The tenant of `--tenant`, else the one that has the call. Failures end the run.
void find_tenant(const console_reply& reply,
                 const console_sources& sources,
                 const console_args& args,
                 const call_id& call,
                 tenant_found then);

/// The tenant of `--tenant`, else the one that has the campaign. Failures end the run.
void find_tenant(const console_reply& reply,
                 const console_sources& sources,
                 const console_args& args,
                 const campaign_id& campaign,
                 tenant_found then);

/// Ends the run because a word is no id.
void refuse_word(const console_reply& reply,
                 const std::string& word,
                 const char* what,
                 const char* prefix);

/// The id that a command got as word `place`; without one the run has ended.
template <class Tag>
std::optional<strong_id<Tag>> id_word(const console_reply& reply,
                                      const console_args& args,
                                      std::size_t place,
                                      const char* what) {
  const auto id = strong_id<Tag>::parse(args.word(place));
  if (!id)
    refuse_word(reply, args.word(place), what, Tag::prefix);
  return id;
}

} // namespace caly
