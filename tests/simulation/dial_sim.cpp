#include "tests/simulation/dial_sim.hpp"

#include "actors/campaign/campaign.hpp"
#include "actors/model/shard.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

dial_options sim_options() {
  dial_options out;
  out.calls_per_s = 4;
  out.hold_micros = 120;
  out.extend_micros = 60;
  out.price_per_minute_micros = 60;
  return out;
}

/// An id that is the same in every run of a seed; `shard` is its last byte.
uuid fixed_uuid(std::int64_t number, std::uint8_t shard = 0) {
  uuid out;
  for (int i = 0; i < 8; ++i)
    out.bytes[static_cast<std::size_t>(7 - i)] =
        static_cast<std::uint8_t>(number >> (8 * i));
  out.bytes[6] = 0x70;
  out.bytes[15] = shard;
  return out;
}

insight_actor::behavior_type no_insight(insight_actor::pointer) {
  return {[](const analyse_call&) {}, [](const get_status&) { return status_report{}; }};
}

/// Where webhooks come in: commits the event, then says what became of it.
caf::behavior webhook_ingress(
    caf::event_based_actor* self,
    dial_store_actor store,
    std::function<void(const record_progress&, caf::expected<progress_answer>)> then) {
  return {[=](const record_progress& event) {
    self->request(store, 8s, event)
        .then([=](const progress_answer& answer) { then(event, answer); },
              [=](caf::error& failure) { then(event, std::move(failure)); });
  }};
}

/// Sends a create again whose answer it did not understand: the classic mistake.
carrier_actor::behavior_type resending_carrier(carrier_actor::pointer self,
                                               carrier_actor phones) {
  return {
      [=](const place_call& order) {
        caf::typed_response_promise<placed_call> promise =
            self->make_response_promise<placed_call>();
        const auto again = [=](const placed_call& said) mutable {
          if (said.result != create_result::unknown) {
            promise.deliver(said);
            return;
          }
          self->request(phones, caf::infinite, order)
              .then([=](const placed_call& second) mutable { promise.deliver(second); },
                    [=](caf::error& err) mutable { promise.deliver(std::move(err)); });
        };
        self->request(phones, caf::infinite, order)
            .then(again,
                  [=](caf::error& err) mutable { promise.deliver(std::move(err)); });
        return promise;
      },
      [=](const look_up_call& ask) { return self->delegate(phones, ask); },
      [=](const hang_up_call& ask) { return self->delegate(phones, ask); },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace

dial_sim::dial_sim(std::uint32_t seed, planted mistake)
    : env_{seed, sim_options()}, phones_{env_} {
  env_.model->fence_unchecked = mistake == planted::fence_unchecked;
  env_.model->released_on_take_over = mistake == planted::released_on_take_over;
  auto& sys = env_.fx.sys;
  const auto plain = spawn<dial_store_actor, memory::dial_store_state>(
      sys, {"dial_store", "", ""}, memory::dial_store, env_.model, env_.clock());
  store_ = keep(sys.spawn(shaky_dial_store, &env_, plain));
  records_ = keep(sys.spawn(sim_records, &env_));
  rows_ = keep(sys.spawn(sim_call_rows, &env_));
  carrier_ = keep(
      sys.spawn([this](carrier_actor::pointer self) { return phones_.behavior(self); }));
  if (mistake == planted::sent_again)
    carrier_ = keep(sys.spawn(resending_carrier, carrier_));
  insight_ = keep(sys.spawn(no_insight));
  phones_.deliver_to([this](const record_progress& event) { take_webhook(event, 3); });
  lay_rows();
  nodes_[0].name = "n1";
  nodes_[1].name = "n2";
  for (auto& each : nodes_)
    start_node(each);
  for (auto& owner : owners_)
    start_tenant(owner);
}

dial_sim::~dial_sim() {
  for (const auto& address : supports_)
    if (auto alive = caf::actor_cast<caf::actor>(address))
      caf::anon_send_exit(alive, caf::exit_reason::kill);
  for (const auto& each : env_.fx.table().all())
    if (auto alive = caf::actor_cast<caf::actor>(each->address))
      caf::anon_send_exit(alive, caf::exit_reason::kill);
  env_.fx.run();
}

// -- the world

void dial_sim::lay_rows() {
  auto& model = *env_.model;
  model.system_cap = static_cast<std::int32_t>(env_.between(3, 8));
  for (std::uint8_t i = 0; i < 2; ++i) {
    shard_owner owner;
    owner.id = tenant_id{fixed_uuid(++next_id_, static_cast<std::uint8_t>(10 + i))};
    owner.shard = shard_of(owner.id);
    owner.node = i;
    owners_.push_back(owner);
    auto& who = model.accounts[owner.id];
    who.row.cap = static_cast<std::int32_t>(env_.between(2, 6));
    who.row.balance = env_.one_in(3) ? 600 : 1'000'000;
    who.row.contact_gap_s = env_.one_in(2) ? 20 : 0;
    who.row.daily_cap = 100;
    who.ledger["topup:start"] = {"topup", who.row.balance};
    add_campaign(who, static_cast<std::int32_t>(env_.between(3, 10)));
    if (env_.one_in(2))
      add_campaign(who, static_cast<std::int32_t>(env_.between(1, 6)));
  }
}

void dial_sim::add_campaign(memory::dial_model::account& who, std::int32_t people) {
  const campaign_id id{fixed_uuid(++next_id_)};
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
    contact_id person{fixed_uuid(++next_id_)};
    if (!who.contacts.empty() && env_.one_in(2))
      person =
          std::next(who.contacts.begin(),
                    env_.between(0, static_cast<std::int64_t>(who.contacts.size()) - 1))
              ->first;
    auto& contact = who.contacts[person];
    if (contact.phone.empty()) {
      contact.phone = "+9198" + std::to_string(10'000'000 + next_id_);
      contact.zone = "Asia/Kolkata";
    }
    auto& queued = who.queue[{id, person}];
    if (queued.row_no == 0)
      queued.row_no = i;
  }
}

void dial_sim::start_node(node& which) {
  which.up = true;
  call_options options;
  which.calls =
      spawn<caly::calls_actor, calls_state>(env_.fx.sys,
                                            actor_label{"calls", which.name, ""},
                                            calls_of_node,
                                            options,
                                            call_ports_on());
}

call_ports dial_sim::call_ports_on() {
  call_ports out{store_, rows_, records_, carrier_, insight_, env_.clock(), {}, "n1"};
  out.make_agent = [](const call_sheet&) { return std::unique_ptr<call_agent>{}; };
  return out;
}

tenant_ports dial_sim::ports_on(const node& which) {
  tenant_ports out;
  out.store = store_;
  out.records = records_;
  out.calls = which.calls;
  out.carrier = carrier_;
  out.insight = insight_;
  out.call_rows = rows_;
  out.clock = env_.clock();
  out.start_campaign = [records = records_,
                        clock = env_.clock()](caf::local_actor& parent,
                                              const tenant_id& tenant,
                                              const campaign_id& id,
                                              const json& row,
                                              const tenant_actor& owner) {
    campaign_plan plan;
    plan.concurrency = static_cast<std::uint32_t>(row["concurrency"].int_or(1));
    return spawn<campaign_actor, campaign_state>(parent,
                                                 {"campaign", id.str(), tenant.str()},
                                                 campaign,
                                                 tenant,
                                                 id,
                                                 plan,
                                                 campaign_ports{records, owner, clock});
  };
  return out;
}

void dial_sim::start_tenant(shard_owner& owner) {
  const auto& where = nodes_.at(owner.node);
  env_.model->shards[owner.shard] = {where.name, owner.fence};
  owner.starting = false;
  owner.actor = spawn<tenant_actor, tenant_state>(
      env_.fx.sys,
      actor_label{"tenant", owner.id.str(), owner.id.str()},
      tenant,
      owner.id,
      fence_token{owner.shard, owner.fence, where.name},
      tenant_options{},
      ports_on(where));
}

void dial_sim::take_webhook(const record_progress& event, int tries) {
  const auto landed = static_cast<std::size_t>(env_.one_in(3) ? env_.between(0, 1) : 0);
  const auto& where = nodes_.at(landed);
  const auto then = [this, tries, calls = where.calls](
                        const record_progress& event,
                        caf::expected<progress_answer> answer) {
    if (!answer) {
      if (tries > 1)
        env_.after(3s, [this, event, tries] { take_webhook(event, tries - 1); });
      return;
    }
    env_.count("webhook " + to_string(answer->effect));
    if (answer->effect == progress_effect::ghost)
      env_.violate("ghost: " + event.call.str() + " was given up and rings");
    if (env_.fault(5)) {
      env_.count("hint lost");
      return;
    }
    caf::anon_send(calls, call_progressed{event.call, event.status, answer->effect, {}});
  };
  caf::anon_send(keep(env_.fx.sys.spawn(webhook_ingress, store_, then)), event);
}

// -- what happens

void dial_sim::settle_mailboxes() {
  auto& sched = env_.fx.sched;
  while (!sched.jobs.empty()) {
    if (env_.faults && env_.one_in(400))
      maybe_crash();
    std::swap(sched.jobs.front(), sched.jobs[env_.dice() % sched.jobs.size()]);
    sched.run_once();
  }
}

void dial_sim::move_time() {
  env_.fx.sched.advance_time(std::chrono::milliseconds{env_.between(50, 400)});
  env_.run_due();
}

void dial_sim::maybe_crash() {
  switch (env_.between(0, 9)) {
  case 0:
    crash_node();
    break;
  case 1:
  case 2:
    move_shard();
    break;
  case 3:
  case 4:
    crash_actor("tenant");
    break;
  case 5:
  case 6:
    crash_actor("campaign");
    break;
  default:
    crash_actor("call");
  }
}

void dial_sim::crash_actor(const std::string& kind) {
  std::vector<caf::actor> found;
  for (const auto& each : env_.fx.table().all())
    if (each->label.kind == kind)
      if (auto alive = caf::actor_cast<caf::actor>(each->address))
        found.push_back(std::move(alive));
  if (found.empty())
    return;
  env_.count("crashed " + kind);
  caf::anon_send_exit(found[env_.dice() % found.size()],
                      caf::exit_reason::unhandled_exception);
}

/// A node dies with all it has; the other one takes its shards, and it comes back.
void dial_sim::crash_node() {
  const auto which = static_cast<std::size_t>(env_.between(0, 1));
  auto& gone = nodes_.at(which);
  if (!gone.up || !nodes_.at(1 - which).up)
    return;
  env_.count("crashed node");
  gone.up = false;
  std::vector<caf::actor_addr> dead{gone.calls.address()};
  for (const auto& each : env_.fx.table().all())
    if (each->parent_id == gone.calls.id())
      dead.push_back(each->address);
  for (const auto& address : dead)
    if (auto alive = caf::actor_cast<caf::actor>(address))
      caf::anon_send_exit(alive, caf::exit_reason::kill);
  for (auto& owner : owners_) {
    if (owner.node != which)
      continue;
    caf::anon_send_exit(owner.actor, caf::exit_reason::kill);
    owner.starting = true;
    env_.after(5s, [this, &owner, which] {
      owner.node = 1 - which;
      ++owner.fence;
      start_tenant(owner);
    });
  }
  env_.after(8s, [this, &gone] { start_node(gone); });
}

/// The other node takes a shard while the old owner goes on for up to five seconds.
void dial_sim::move_shard() {
  auto& owner = owners_[env_.dice() % owners_.size()];
  if (owner.starting || !nodes_.at(1 - owner.node).up)
    return;
  env_.count("moved shard");
  env_.after(std::chrono::milliseconds{env_.between(0, 5000)},
             [old = owner.actor] { caf::anon_send_exit(old, caf::exit_reason::kill); });
  owner.node = 1 - owner.node;
  ++owner.fence;
  start_tenant(owner);
}

/// What a region does each second: tenants that ended and have work start again.
void dial_sim::look() {
  for (auto& owner : owners_) {
    if (owner.starting || env_.fx.table().find(owner.actor.id()))
      continue;
    if (env_.one_in(2))
      ++owner.fence;
    start_tenant(owner);
  }
  env_.after(1s, [this] { look(); });
}

/// What a person does: pays, resumes what paused itself, puts numbers on the list.
void dial_sim::operate() {
  for (auto& owner : owners_) {
    auto& who = env_.model->accounts.at(owner.id);
    if (env_.fault(10)) {
      auto person =
          std::next(who.contacts.begin(),
                    env_.between(0, static_cast<std::int64_t>(who.contacts.size()) - 1));
      who.suppressions.insert(person->second.phone);
    }
    for (auto& [id, campaign] : who.campaigns) {
      if (campaign.status == "paused") {
        who.ledger["topup:" + std::to_string(++next_id_)] = {"topup", 2000};
        who.row.balance += 2000;
        campaign.status = "running";
        caf::anon_send(owner.actor, wake_tenant{owner.id, "resumed"});
      } else if (campaign.status == "running" && env_.fault(5)) {
        campaign.status = "paused";
        caf::anon_send(owner.actor, wake_tenant{owner.id, "paused"});
      }
    }
  }
  env_.after(10s, [this] { operate(); });
}

void dial_sim::run() {
  env_.after(1s, [this] { look(); });
  env_.after(10s, [this] { operate(); });
  const auto begin = env_.now();
  const auto quiet = begin + std::chrono::seconds{env_.between(60, 240)};
  const auto limit = quiet + 2h;
  while (env_.now() < limit && env_.violations.empty()) {
    settle_mailboxes();
    check_books();
    if (env_.faults && env_.now() >= quiet)
      env_.faults = false;
    if (!env_.faults && all_done())
      break;
    move_time();
  }
  if (env_.violations.empty())
    check_end();
}

} // namespace caly::test
