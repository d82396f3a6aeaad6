#include "runtime/console/actor_rows.hpp"

#include "runtime/base/error.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>

namespace caly::detail {

actor_table& table_of(const console_reply& reply) {
  return actor_table::of(reply.self()->system());
}

namespace {

/// Actors that serve another one and bear its key.
bool is_helper(const actor_stats& stats) {
  return stats.label.kind == "media_pipe";
}

/// The main actor to the front, if there is exactly one.
bool main_first(std::vector<stats_ptr>& found) {
  const auto same_key = std::all_of(found.begin(), found.end(), [&](const auto& each) {
    return each->label.key == found.front()->label.key;
  });
  const auto rest = std::stable_partition(
      found.begin(), found.end(), [](const auto& each) { return !is_helper(*each); });
  return same_key && rest - found.begin() == 1;
}

} // namespace

stats_ptr one_actor(const console_reply& reply,
                    const std::string& target,
                    std::vector<stats_ptr>* others) {
  if (target.empty()) {
    reply.fail(caf::make_error(errc::invalid, "which actor?"),
               "name it by id (a:17), path (/node/…) or a part of its key; ps lists all");
    return nullptr;
  }
  auto found = table_of(reply).match(target);
  if (found.size() == 1 || (found.size() > 1 && main_first(found))) {
    if (others != nullptr)
      others->assign(found.begin() + 1, found.end());
    return found.front();
  }
  if (found.empty()) {
    reply.fail(caf::make_error(errc::not_found, "no actor matches " + target),
               "crashes shows the actors that failed lately");
    return nullptr;
  }
  std::string some;
  for (std::size_t i = 0; i < found.size() && i < 5; ++i)
    some += " " + id_text(found[i]->id) + " " + found[i]->path;
  reply.fail(caf::make_error(errc::invalid,
                             std::to_string(found.size()) + " actors match " + target),
             "choose one:" + some);
  return nullptr;
}

double age_s(const actor_stats& stats, wall_time now) {
  return std::chrono::duration<double>(now - stats.started).count();
}

std::vector<stuck_actor> stuck_actors(const actor_table& table,
                                      std::chrono::steady_clock::duration over) {
  std::vector<stuck_actor> found;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& each : table.all()) {
    const auto current = each->current();
    if (current.at.time_since_epoch().count() != 0 && now - current.at >= over)
      found.push_back({each,
                       to_string_of(current.type),
                       std::chrono::duration<double>(now - current.at).count()});
  }
  return found;
}

std::string id_text(caf::actor_id id) {
  return "a:" + std::to_string(id);
}

void add_last_message(std::vector<console_cell>& row, const actor_stats& stats) {
  const auto now = std::chrono::steady_clock::now();
  auto last = stats.current();
  if (last.at.time_since_epoch().count() == 0) {
    const auto history = stats.history();
    if (history.empty()) {
      row.emplace_back("-");
      row.emplace_back("-");
      return;
    }
    last = history.back();
  }
  row.emplace_back(to_string_of(last.type));
  row.push_back(console_cell::time(std::chrono::duration<double>(now - last.at).count()));
}

} // namespace caly::detail
