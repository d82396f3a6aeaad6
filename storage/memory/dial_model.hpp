#pragma once

#include "actors/api/dial_store.hpp"
#include "runtime/base/clock.hpp"
#include "storage/stores/options.hpp"

#include <caf/expected.hpp>

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace caly::memory {

struct tenant_row {
  std::int32_t cap = 5;
  std::int32_t used = 0;
  std::int64_t balance = 0;
  std::int64_t held = 0;
  std::int32_t contact_gap_s = 0;
  std::int32_t daily_cap = 5;
  std::string zone = "Asia/Kolkata";
};

struct contact_row {
  std::string phone;
  std::string name;
  std::string variables = "{}";
  std::string zone; ///< empty: not known
  std::string status = "new";
  bool active = true;
  std::optional<wall_time> last_dialed;
  std::optional<std::int64_t> dialed_on; ///< day number, local
  std::int32_t dialed_count = 0;
};

struct calling_window {
  std::int32_t from_minute = 9 * 60;
  std::int32_t to_minute = 20 * 60;
  std::set<int> days{1, 2, 3, 4, 5, 6, 7}; ///< ISO: Monday is 1
};

struct campaign_row {
  std::string status = "running";
  std::string from = "+12025550100";
  agent_id agent;
  std::int32_t agent_version = 1;
  std::int32_t concurrency = 10;
  std::int32_t max_attempts = 3;
  std::int32_t busy_delay_s = 1800;
  std::int32_t no_answer_delay_s = 3600;
  std::int32_t voicemail_delay_s = 14400;
  std::int32_t failed_delay_s = 900;
  bool retry_lost = false;
  std::int32_t max_call_s = 600;
  std::optional<calling_window> window;
};

struct queue_row {
  std::int32_t row_no = 0;
  std::string state = "pending";
  std::int32_t attempts = 0;
  wall_time next_at = wall_time::min();
  std::string last_outcome;
  std::string reason;
};

struct call_row {
  reserved_call sheet;
  bool inbound = false;
  std::string state;
  std::string status = "queued";
  std::string provider;
  std::string provider_call_id;
  std::string node;
  std::int64_t fence = 0;
  std::int64_t hold = 0;
  std::int64_t charged = 0;
  std::int32_t holds = 0;
  bool overdraft = false;
  std::optional<wall_time> missed_since;
  std::string answered_by;
  std::string end_reason;
  std::int32_t duration_s = 0;
  wall_time created_at;
  std::optional<wall_time> sending_at, placed_at, answered_at, ended_at;
  std::string analysis = "none";

  bool live() const { return !ended_at.has_value(); }
};

struct ledger_row {
  std::string kind;
  std::int64_t amount = 0;
};

/// Rules that a test leaves out, to see that its checks notice.
struct left_out {
  bool fence = false;              ///< anybody may act for a shard
  bool doubt_on_take_over = false; ///< a new owner gives `sending` calls up
  bool end_of_calls = false;       ///< an answer settles a call that is over
  bool event_keys = false;         ///< an event has its effect each time it comes
  bool release_of_holds = false;   ///< the hold of a call never placed stays
  bool system_cap = false;         ///< the system's lines are not counted
  bool settle_time = false;        ///< the first miss gives a call up
  bool return_of_rows = false;     ///< a row that was not dialed is not queued again
};

/// What the dial protocol works on, in memory: the same rows and rules as the database's
/// functions (`storage/migrations/0002_dial.sql`), for tests and simulations.
class dial_model {
public:
  using row_key = std::pair<campaign_id, contact_id>;

  struct account {
    tenant_row row;
    std::map<contact_id, contact_row> contacts;
    std::map<campaign_id, campaign_row> campaigns;
    std::map<row_key, queue_row> queue;
    std::map<call_id, call_row> calls;
    std::set<std::pair<call_id, std::string>> events;
    std::map<std::string, ledger_row> ledger;
    std::set<std::string> suppressions;
    std::map<agent_id, std::int32_t> agents; ///< id -> version
  };

  struct owner_row {
    std::string node;
    std::int64_t fence = 0;
  };

  explicit dial_model(dial_options options) : options_{std::move(options)} {}

  // -- the rows; whoever writes them keeps them consistent
  std::map<tenant_id, account> accounts;
  std::map<std::int32_t, owner_row> shards;
  std::map<std::string, wall_time> number_tat;
  std::int32_t system_cap = 10;
  std::int32_t system_used = 0;

  /// Whether the node's lease has not run out; empty: nobody's ever does.
  std::function<bool(const std::string& node, wall_time now)> leased;

  left_out without;
  mutable std::uint64_t changed_under_old_fence = 0; ///< must stay 0

  // -- the protocol; `now` is one moment per request
  reservation reserve(const reserve_calls& ask, wall_time now);
  caf::expected<sendable_calls> mark(const mark_sending& ask, wall_time now);
  std::string answered(const record_answered& ask, wall_time now);
  progress_effect progress(const record_progress& ask, wall_time now);
  std::string missed(const record_missed& ask, wall_time now);
  caf::expected<taken_over> take_over(const take_over_calls& ask, wall_time now);
  bool extend(const extend_hold& ask, wall_time now);
  caf::expected<reserved_call> open(const open_call& ask, wall_time now);
  doubtful_calls doubtful(const list_doubtful& ask, wall_time now);

private:
  struct verdict {
    char what = 'd'; ///< d dial, s suppress, w wait
    std::string reason;
    wall_time until{};
  };

  struct settlement {
    std::string state, status, reason, kind;
    wall_time at{};
    std::optional<std::int32_t> duration_s;
    std::int64_t delay_s = 0;
  };

  bool owns(const fence_token& token, wall_time now) const;
  verdict gate(const account& who,
               const contact_row& contact,
               const campaign_row& campaign,
               wall_time now) const;
  static bool has_live_call(const account& who, const contact_id& contact);
  std::int32_t live_of(const account& who, const campaign_id& campaign) const;
  void settle(account& who, call_row& call, settlement how, wall_time now);
  void move_row(account& who, const call_row& call, const settlement& how, wall_time at);
  void revive(account& who,
              call_row& call,
              const std::string& status,
              const std::string& provider_call_id,
              wall_time now);
  std::int32_t room(const account& who,
                    const campaign_id& id,
                    std::int32_t wanted,
                    reservation& out) const;
  void add_reserved(account& who,
                    const reserve_calls& ask,
                    const contact_id& contact,
                    queue_row& row,
                    const call_id& id,
                    wall_time now);

  dial_options options_;
};

/// Seconds east of UTC of the zones that never change their clocks and that tests use;
/// nothing for any other name.
std::optional<std::chrono::seconds> fixed_offset(const std::string& zone);

} // namespace caly::memory
