#pragma once

#include "tests/contract/store_world.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <array>
#include <atomic>

namespace caly::test {

/// Every promise of the dial store is kept by each of these.
constexpr std::array world_kinds{"memory", "postgres"};

/// A dial store with a tenant, an agent and a campaign, on a clock that the test moves.
/// Money: 60 micro-credits a minute, so 1 a second; 120 held for a call, 60 for each
/// further stretch.
class dial_fixture {
public:
  explicit dial_fixture(const std::string& kind, double calls_per_s = 100'000)
      : system{config}, self{system} {
    options.calls_per_s = calls_per_s;
    options.hold_micros = 120;
    options.extend_micros = 60;
    options.price_per_minute_micros = 60;
    world = make_world(kind, options, [this] { return now(); });
    store = world->start(system);
    world->set_system_cap(1000);
    world->own_shard(shard_of(tenant), "node-a", owner.fence);
  }

  ~dial_fixture() { self->send_exit(store, caf::exit_reason::user_shutdown); }

  wall_time now() const { return wall_time{std::chrono::milliseconds{now_ms.load()}}; }

  void advance(std::chrono::milliseconds by) { now_ms += by.count(); }

  template <class Answer, class Request>
  caf::expected<Answer> ask(Request request) {
    caf::expected<Answer> out{caf::error{}};
    self->request(store, std::chrono::seconds{20}, std::move(request))
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [&](caf::error& reason) { out = std::move(reason); });
    return out;
  }

  // -- rows

  void add_tenant(const tenant_plan& plan = {}) {
    world->add_tenant(tenant, plan);
    world->add_agent(tenant, agent);
  }

  campaign_id add_campaign(const campaign_plan_row& plan = {}) {
    const auto id = campaign_id::make();
    world->add_campaign(tenant, id, agent, plan);
    return id;
  }

  contact_id add_contact(const std::string& zone = "Asia/Kolkata") {
    const auto id = contact_id::make();
    world->add_contact(tenant, id, phone(++contacts), zone);
    return id;
  }

  static std::string phone(int number) {
    return "+9198" + std::to_string(10'000'000 + number);
  }

  /// A campaign with `rows` fresh people.
  campaign_id fill(int rows, const campaign_plan_row& plan = {}) {
    const auto id = add_campaign(plan);
    for (int i = 0; i < rows; ++i)
      people.push_back(enqueue(id, add_contact()));
    return id;
  }

  contact_id enqueue(const campaign_id& campaign, const contact_id& contact) {
    world->enqueue(tenant, campaign, contact, ++rows);
    return contact;
  }

  // -- the protocol

  static std::vector<call_id> new_ids(std::size_t count) {
    std::vector<call_id> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(call_id::make());
    return out;
  }

  reservation reserve(const campaign_id& campaign, std::size_t count) {
    return reserve_as(campaign, new_ids(count));
  }

  reservation reserve_as(const campaign_id& campaign, std::vector<call_id> ids) {
    auto answer =
        ask<reservation>(reserve_calls{tenant, campaign, owner, std::move(ids)});
    BOOST_REQUIRE_MESSAGE(answer, "reserve failed");
    return std::move(*answer);
  }

  std::vector<call_id> mark(std::vector<call_id> calls) {
    auto answer = ask<sendable_calls>(mark_sending{tenant, owner, std::move(calls)});
    BOOST_REQUIRE_MESSAGE(answer, "mark failed");
    return std::move(answer->calls);
  }

  std::string answered(const call_id& call,
                       create_result result,
                       const std::string& reason = {},
                       std::int32_t retry_after_s = 0) {
    const auto sid = result == create_result::placed ? "CA" + call.sql() : std::string{};
    return *ask<std::string>(
        record_answered{tenant, call, result, sid, reason, retry_after_s});
  }

  progress_effect progress(const call_id& call,
                           const std::string& status,
                           std::optional<std::int32_t> duration_s = std::nullopt,
                           const std::string& answered_by = {},
                           std::string key = {}) {
    record_progress event;
    event.tenant = tenant;
    event.call = call;
    event.key = key.empty() ? status : std::move(key);
    event.provider_call_id = "CA" + call.sql();
    event.status = status;
    event.duration_s = duration_s;
    event.answered_by = answered_by;
    event.at_ms = now_ms;
    auto answer = ask<progress_answer>(std::move(event));
    BOOST_REQUIRE_MESSAGE(answer, "progress failed");
    return answer->effect;
  }

  /// One call that is placed at the provider.
  call_id placed(const campaign_id& campaign) {
    const auto got = reserve(campaign, 1);
    BOOST_REQUIRE_EQUAL(got.calls.size(), 1u);
    const auto id = got.calls[0].id;
    BOOST_REQUIRE_EQUAL(mark({id}).size(), 1u);
    BOOST_REQUIRE_EQUAL(answered(id, create_result::placed), "placed");
    return id;
  }

  /// One call whose fate nobody knows.
  call_id unknown(const campaign_id& campaign) {
    const auto id = reserve(campaign, 1).calls.at(0).id;
    BOOST_REQUIRE_EQUAL(mark({id}).size(), 1u);
    BOOST_REQUIRE_EQUAL(answered(id, create_result::unknown, "timeout"), "unknown");
    return id;
  }

  call_seen call(const call_id& id) { return world->call(tenant, id); }

  row_seen row(const campaign_id& campaign, const contact_id& contact) {
    return world->row(tenant, campaign, contact);
  }

  /// The books: the ledger adds up and permits are the live calls.
  void check_books() {
    const auto money = world->money(tenant);
    BOOST_CHECK_GE(money.balance, 0);
    BOOST_CHECK_GE(money.held, 0);
    BOOST_CHECK_EQUAL(money.balance, money.ledger_balance);
    BOOST_CHECK_EQUAL(money.held, money.ledger_held);
    const auto lines = world->lines(tenant);
    BOOST_CHECK_EQUAL(lines.tenant_used, lines.live);
    BOOST_CHECK_EQUAL(lines.system_used, lines.live);
  }

  caf::actor_system_config config;
  caf::actor_system system;
  caf::scoped_actor self;
  dial_options options;
  std::unique_ptr<store_world> world;
  dial_store_actor store;
  std::atomic<std::int64_t> now_ms{1'795'254'245'123}; // Saturday, 21 Nov 2026
  tenant_id tenant = tenant_id::make();
  agent_id agent = agent_id::make();
  fence_token owner{shard_of(tenant), 7, "node-a"};
  std::vector<contact_id> people;
  int contacts = 0;
  int rows = 0;
};

} // namespace caly::test

/// A test case for every implementation: its body sees `dial` (a dial_fixture).
#define DIAL_PROMISE(name, ...)                                                          \
  static void name##_body(caly::test::dial_fixture& dial);                               \
  BOOST_DATA_TEST_CASE(name, boost::unit_test::data::make(caly::test::world_kinds)) {    \
    caly::test::dial_fixture dial{sample __VA_OPT__(, ) __VA_ARGS__};                    \
    name##_body(dial);                                                                   \
    dial.check_books();                                                                  \
  }                                                                                      \
  static void name##_body(caly::test::dial_fixture& dial)
