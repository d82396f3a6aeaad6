#include "tests/simulation/dial_sim.hpp"

#include "actors/call/ended_elsewhere.hpp"
#include "actors/model/shard.hpp"
#include "runtime/supervision/exit.hpp"

#include <algorithm>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

constexpr int nodes = 3;
constexpr std::uint8_t tenants = 3;

dial_options sim_options() {
  dial_options out;
  out.calls_per_s = 4;
  out.hold_micros = 120;
  out.extend_micros = 60;
  out.price_per_minute_micros = 60;
  return out;
}

} // namespace

dial_sim::dial_sim(const sim_run& run)
    : env_{run, sim_options()},
      books_{env_, sim_options()},
      database_{env_, books_},
      phones_{env_},
      network_{env_, nodes_},
      operators_{env_, nodes_},
      nemesis_{env_, database_, network_, nodes_} {
  env_.model->without = left_out_by(run.mistake);
  provider_ = env_.fx.sys.spawn(
      [this](carrier_actor::pointer self) { return phones_.behavior(self); });
  phones_.deliver_to([this](const record_progress& event) { take_webhook(event, 3); });
  lay_rows();
  lay_shards();
  for (int i = 0; i < nodes; ++i) {
    nodes_.push_back(std::make_unique<sim_node>(env_, database_, network_, provider_, i));
    nodes_.back()->start();
  }
}

dial_sim::~dial_sim() {
  for (const auto& each : nodes_)
    each->kill();
  env_.kept.clear();
  env_.fx.run();
}

// -- the world

void dial_sim::lay_rows() {
  auto& model = *env_.model;
  model.system_cap = static_cast<std::int32_t>(env_.between(3, 8));
  for (std::uint8_t i = 0; i < tenants; ++i) {
    auto& who =
        model.accounts[tenant_id{env_.next_uuid(static_cast<std::uint8_t>(10 + i))}];
    who.row.cap = static_cast<std::int32_t>(env_.between(2, 6));
    who.row.balance = env_.one_in(3) ? 600 : 1'000'000;
    who.row.contact_gap_s = env_.one_in(2) ? 20 : 0;
    who.row.daily_cap = 100;
    who.ledger["topup:start"] = {"topup", who.row.balance};
    who.agents[agent_id{env_.next_uuid()}] = 1;
    add_campaign(who, static_cast<std::int32_t>(env_.between(2, 8)));
    if (env_.one_in(2))
      add_campaign(who, static_cast<std::int32_t>(env_.between(1, 5)));
  }
}

void dial_sim::add_campaign(memory::dial_model::account& who, std::int32_t people) {
  const campaign_id id{env_.next_uuid()};
  auto& row = who.campaigns[id];
  row.concurrency = static_cast<std::int32_t>(env_.between(1, 5));
  row.max_attempts = static_cast<std::int32_t>(env_.between(1, 3));
  row.busy_delay_s = 20;
  row.no_answer_delay_s = 40;
  row.voicemail_delay_s = 60;
  row.failed_delay_s = 10;
  row.retry_lost = env_.one_in(2);
  row.max_call_s = 60;
  for (std::int32_t i = 1; i <= people; ++i) {
    // Half of the people of a second campaign are in the first one too.
    contact_id person{env_.next_uuid()};
    if (!who.contacts.empty() && env_.one_in(2))
      person =
          std::next(who.contacts.begin(),
                    env_.between(0, static_cast<std::int64_t>(who.contacts.size()) - 1))
              ->first;
    auto& contact = who.contacts[person];
    if (contact.phone.empty()) {
      contact.phone = "+9198" + short_id(person.value()).substr(1);
      contact.zone = "Asia/Kolkata";
    }
    auto& queued = who.queue[{id, person}];
    if (queued.row_no == 0)
      queued.row_no = i;
  }
  // Ring, talk and the wait until the next attempt, one after the other at worst.
  longest_ += std::chrono::seconds{people * row.max_attempts * 150 / row.concurrency};
}

void dial_sim::lay_shards() {
  std::vector<shard_name> names{{"scheduler", 0}};
  for (const auto& [id, who] : env_.model->accounts)
    names.push_back({"tenant", shard_of(id)});
  env_.cluster = std::make_shared<memory::cluster_model>(names);
  env_.cluster->on_moved = [this](const shard_row& shard) {
    env_.saw(shard.owner.node, "shard moved", shard.kind + std::to_string(shard.id));
    if (shard.kind != "tenant")
      return;
    auto& owner = env_.model->shards[shard.id];
    if (!shard.owner.node.empty() && shard.fence <= owner.fence)
      env_.violate("I9: a shard was taken under a fence that is not newer");
    owner = {shard.owner.node, shard.fence};
  };
  env_.model->leased = [this](const std::string& node, wall_time now) {
    return env_.cluster->leased(node, now);
  };
}

/// A webhook goes to any node that takes connections; the provider sends it again when
/// nobody says that it is committed.
void dial_sim::take_webhook(record_progress event, int tries) {
  if (tries == 0) {
    env_.saw("provider", "webhook given up", short_id(event.call.value()));
    return;
  }
  auto& where = *nodes_[env_.dice() % nodes_.size()];
  const auto settled = std::make_shared<bool>(false);
  const auto again = [this, event, tries, settled] {
    if (!std::exchange(*settled, true))
      take_webhook(event, tries - 1);
  };
  if (!where.up()) {
    env_.after(3s, again);
    return;
  }
  env_.after(15s, again); // it waits no longer
  event.at_ms = to_unix_ms(where.now());
  outcome<progress_answer> then = [this, &where, event, settled, again](
                                      const caf::expected<progress_answer>& answer) {
    if (!answer) {
      env_.after(3s, again);
      return;
    }
    *settled = true;
    const auto effect = answer->effect;
    env_.count("webhook " + to_string(effect));
    if (effect == progress_effect::ghost)
      env_.violate("ghost: " + short_id(event.call.value()) + " was given up and rings");
    if (effect == progress_effect::applied || effect == progress_effect::ended)
      books_.event_took_effect(event.call, event.key);
    if (effect == progress_effect::ended)
      tell_all(event);
    if (env_.fault(50))
      env_.saw(where.name(), "hint lost");
    else
      caf::anon_send(
          where.calls(),
          call_progressed{event.call, event.status, effect, event.answered_by});
  };
  caf::anon_send(where.webhooks(), event, std::move(then));
}

/// The database notifies every node that listens.
void dial_sim::tell_all(const record_progress& event) {
  const auto over = ended_elsewhere(R"({"type":"call:end","call":")" + event.call.sql() +
                                    R"(","status":")" + event.status + "\"}");
  for (const auto& each : nodes_)
    if (over && each->up() && !each->cut_off() && !env_.fault(200))
      env_.after(env_.ms_between(0, 200), [this, &node = *each, hint = *over] {
        if (node.up())
          caf::anon_send(node.calls(), hint);
      });
}

// -- what happens

void dial_sim::bury() {
  if (const auto which = std::exchange(env_.doomed, -1); which >= 0)
    nemesis_.kill(which);
}

void dial_sim::after_step(int owner) {
  if (owner >= 0)
    nodes_[static_cast<std::size_t>(owner)]->stepped();
  nemesis_.stepped();
  bury();
}

void dial_sim::handle_messages() {
  auto& jobs = env_.fx.sched.jobs;
  while (!jobs.empty() && env_.violations.empty()) {
    std::swap(jobs.front(), jobs[env_.dice() % jobs.size()]);
    const auto* next = dynamic_cast<caf::scheduled_actor*>(jobs.front());
    const auto id = next == nullptr ? caf::actor_id{0} : next->id();
    const auto owner = env_.owner_of(id);
    if (owner >= 0 && nodes_[static_cast<std::size_t>(owner)]->frozen()) {
      nodes_[static_cast<std::size_t>(owner)]->park(jobs.front());
      jobs.pop_front();
      continue;
    }
    env_.trace.step(id);
    env_.fx.sched.run_once();
    after_step(owner);
  }
}

void dial_sim::pass_time() {
  env_.fx.sched.advance_time(env_.ms_between(20, 300));
  handle_messages();
  while (env_.violations.empty() && env_.run_one_due()) {
    bury();
    handle_messages();
  }
  nemesis_.now_or_never();
  bury();
  handle_messages();
}

void dial_sim::run_safety() {
  const auto end = env_.now() + std::chrono::seconds{env_.between(120, 480)};
  while (env_.now() < end && env_.violations.empty()) {
    pass_time();
    check_mailboxes();
  }
}

void dial_sim::run_liveness() {
  const auto quiet = env_.now() + std::chrono::seconds{env_.between(60, 240)};
  while (env_.now() < quiet && env_.violations.empty()) {
    pass_time();
    check_mailboxes();
  }
  env_.saw({}, "faults over");
  nemesis_.heal();
  const auto limit = env_.now() + longest_ + 10min;
  while (env_.violations.empty() && !at_rest()) {
    if (env_.now() > limit) {
      env_.violate("liveness: not at rest:" + leftovers());
      return;
    }
    pass_time();
  }
  if (env_.violations.empty())
    check_end();
}

void dial_sim::run() {
  nemesis_.start();
  operators_.start();
  env_.run.mode == sim_mode::safety ? run_safety() : run_liveness();
}

} // namespace caly::test
