#include "runtime/observe/actor_table.hpp"

#include "runtime/observe/error_text.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace caly {

namespace {

bool ended_well(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal ||
         reason == caf::exit_reason::user_shutdown ||
         reason == caf::exit_reason::unreachable;
}

} // namespace

actor_table& actor_table::of(caf::actor_system& sys) {
  constexpr auto key = caf::atom("calyTable");
  auto& settings = sys.runtime_settings();
  const auto known = settings.get(key);
  if (const auto* pointer = caf::get_if<void*>(&known))
    return *static_cast<actor_table*>(*pointer);
  // An actor system has no room to own things, so the tables live here. A system without
  // a table is a new one, perhaps at the address of an old one.
  static std::mutex mutex;
  static std::unordered_map<const caf::actor_system*, std::unique_ptr<actor_table>>
      tables;
  std::lock_guard guard{mutex};
  const auto meanwhile = settings.get(key);
  if (const auto* pointer = caf::get_if<void*>(&meanwhile))
    return *static_cast<actor_table*>(*pointer);
  auto& table = tables[&sys];
  table = std::make_unique<actor_table>();
  settings.set(key, static_cast<void*>(table.get()));
  return *table;
}

std::shared_ptr<actor_stats> actor_table::make(caf::actor_addr address,
                                               actor_label label,
                                               caf::actor_id parent) const {
  const auto above = parent != 0 ? find(parent) : nullptr;
  return std::make_shared<actor_stats>(std::move(address), std::move(label), above.get());
}

void actor_table::add(std::shared_ptr<actor_stats> stats) {
  {
    std::lock_guard guard{mutex_};
    ++gone_[stats->label.kind].spawned;
  }
  auto& shard = shard_of(stats->id);
  std::unique_lock guard{shard.mutex};
  shard.rows.emplace(stats->id, std::move(stats));
}

void actor_table::remove(actor_stats& stats, const caf::error& reason) {
  if (!stats.mark_dead())
    return;
  {
    auto& shard = shard_of(stats.id);
    std::unique_lock guard{shard.mutex};
    shard.rows.erase(stats.id);
  }
  stats.trace(nullptr);
  std::lock_guard guard{mutex_};
  auto& total = gone_[stats.label.kind];
  total.handled += stats.handled();
  total.busy += stats.busy();
  if (ended_well(reason))
    return;
  ++total.failed;
  obituaries_.push_back(
      {stats.id, stats.path, describe(reason), std::chrono::system_clock::now()});
  if (obituaries_.size() > obituaries_max)
    obituaries_.pop_front();
}

std::size_t actor_table::size() const {
  std::size_t count = 0;
  for (const auto& shard : shards_) {
    std::shared_lock guard{shard.mutex};
    count += shard.rows.size();
  }
  return count;
}

std::shared_ptr<actor_stats> actor_table::find(caf::actor_id id) const {
  const auto& shard = shard_of(id);
  std::shared_lock guard{shard.mutex};
  const auto found = shard.rows.find(id);
  return found != shard.rows.end() ? found->second : nullptr;
}

std::vector<std::shared_ptr<actor_stats>> actor_table::all() const {
  std::vector<row> rows;
  for (const auto& shard : shards_) {
    std::shared_lock guard{shard.mutex};
    for (const auto& [id, stats] : shard.rows)
      rows.push_back(stats);
  }
  std::sort(
      rows.begin(), rows.end(), [](const row& a, const row& b) { return a->id < b->id; });
  return rows;
}

std::vector<std::shared_ptr<actor_stats>>
actor_table::match(std::string_view target) const {
  auto number = target;
  if (number.starts_with("a:"))
    number.remove_prefix(2);
  caf::actor_id id = 0;
  const auto [stop, failure] =
      std::from_chars(number.data(), number.data() + number.size(), id);
  if (failure == std::errc{} && stop == number.data() + number.size()) {
    auto found = find(id);
    return found ? std::vector<row>{std::move(found)} : std::vector<row>{};
  }
  auto pattern = std::string{target};
  if (!target.starts_with('/'))
    pattern = "*/*" + pattern + "*";
  auto rows = all();
  std::erase_if(rows, [&](const row& each) {
    if (target.find('/') != std::string_view::npos)
      return !matches_glob(each->path, pattern);
    const auto segment = each->path.rfind('/');
    return !matches_glob(std::string_view{each->path}.substr(segment), pattern.substr(1));
  });
  return rows;
}

std::map<std::string, actor_kind_totals> actor_table::totals() const {
  std::map<std::string, actor_kind_totals> totals;
  const auto rows = all();
  {
    std::lock_guard guard{mutex_};
    totals = gone_;
  }
  for (const auto& stats : rows) {
    auto& total = totals[stats->label.kind];
    ++total.alive;
    total.waiting += stats->depth();
    total.handled += stats->handled();
    total.busy += stats->busy();
  }
  return totals;
}

std::vector<actor_obituary> actor_table::obituaries() const {
  std::lock_guard guard{mutex_};
  return {obituaries_.begin(), obituaries_.end()};
}

bool matches_glob(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  auto star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

} // namespace caly
