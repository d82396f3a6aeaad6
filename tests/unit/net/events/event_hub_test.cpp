#include "net/events/event_hub.hpp"
#include "net/events/event_socket.hpp"
#include "net/events/outbox.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

struct fixture {
  void publish(const char* type, const std::string& data = "{}") {
    hub.publish(tenant, type, data);
  }

  static live_event_ptr event(const char* type, const char* subject) {
    auto made = std::make_shared<live_event>();
    made->type = type;
    made->subject = subject;
    return made;
  }

  wall_time now{std::chrono::seconds{1'760'000'000}};
  event_hub hub{[this] { return now; }};
  tenant_id tenant = tenant_id::make();
};

std::string types(event_outbox& outbox) {
  std::string all;
  while (const auto next = outbox.take())
    all += next->type + next->subject + " ";
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(live_events, fixture)

BOOST_AUTO_TEST_CASE(numbers_events_of_a_tenant_upwards) {
  publish("call:start", R"({"call_id":"a"})");
  publish("call:end");
  now -= std::chrono::seconds{60}; // a clock that is set back
  publish("call:start");
  const auto all = hub.after(tenant, 0);
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0]->seq < all[1]->seq);
  BOOST_TEST(all[1]->seq < all[2]->seq);
  const auto text = json::parse(all[0]->text);
  BOOST_REQUIRE(text);
  BOOST_TEST((*text)["type"].text_or("") == "call:start");
  BOOST_TEST((*text)["at"].text_or("") == "2025-10-09T08:53:20.000Z");
  BOOST_TEST((*text)["data"]["call_id"].text_or("") == "a");
  BOOST_TEST(hub.after(tenant, all[1]->seq).size() == 1u);
  BOOST_TEST(hub.after(tenant, 0, 2).size() == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_the_last_thousand) {
  for (int i = 0; i < 1'500; ++i)
    publish("call:start");
  BOOST_TEST(hub.after(tenant, 0, 5'000).size() == 1'000u);
}

BOOST_AUTO_TEST_CASE(tells_listeners_of_the_same_tenant_until_they_leave) {
  int heard = 0;
  auto mine = hub.subscribe(tenant, [&](const live_event_ptr&) { ++heard; });
  auto other =
      hub.subscribe(tenant_id::make(), [&](const live_event_ptr&) { heard = 99; });
  publish("call:start");
  publish("broken", "not json");
  publish("broken", "[]");
  BOOST_TEST(heard == 1);
  mine.reset();
  publish("call:end");
  BOOST_TEST(heard == 1);
}

BOOST_AUTO_TEST_CASE(reads_notifications_of_the_database) {
  const call_id call = call_id::make();
  hub.publish_notification(R"({"type":"call:end","tenant":")" + tenant.sql() +
                           R"(","call":")" + call.sql() +
                           R"(","campaign":null,"status":"busy"})");
  hub.publish_notification("{}");
  hub.publish_notification("nonsense");
  hub.publish_notification(R"({"type":"x","tenant":"1"})");
  const auto all = hub.after(tenant, 0);
  BOOST_REQUIRE(all.size() == 1u);
  const auto text = json::parse(all[0]->text);
  BOOST_TEST((*text)["data"]["call_id"].text_or("") == call.str());
  BOOST_TEST((*text)["data"]["status"].text_or("") == "busy");
  BOOST_TEST(!(*text)["data"].has("campaign_id"));
}

BOOST_AUTO_TEST_CASE(forgets_silent_tenants_rather_than_growing) {
  publish("call:start");
  for (std::size_t i = 0; i < event_hub::tenants_max; ++i) {
    now += std::chrono::milliseconds{1};
    hub.publish(tenant_id::make(), "call:start", "{}");
  }
  BOOST_TEST(hub.after(tenant, 0).empty());
}

BOOST_AUTO_TEST_CASE(sends_only_the_last_progress_of_a_beat) {
  event_outbox outbox;
  outbox.add(event("campaign:progress", "a"));
  outbox.add(event("call:end", ""));
  outbox.add(event("campaign:progress", "b"));
  outbox.add(event("campaign:progress", "a"));
  BOOST_TEST(types(outbox) == "call:end ");
  BOOST_TEST(outbox.holds_back());
  outbox.beat();
  BOOST_TEST(types(outbox) == "campaign:progressb campaign:progressa ");
  BOOST_TEST(!outbox.holds_back());
}

BOOST_AUTO_TEST_CASE(gives_up_on_browsers_that_do_not_keep_up) {
  event_outbox outbox;
  for (std::size_t i = 0; i < event_outbox::waiting_max; ++i)
    BOOST_REQUIRE(outbox.add(event("call:end", "")));
  BOOST_TEST(!outbox.add(event("call:end", "")));
}

BOOST_AUTO_TEST_CASE(lets_only_known_pages_connect) {
  const std::vector<std::string> allowed{"https://app.caly.test"};
  BOOST_TEST(is_allowed_origin("", "127.0.0.1:8080", allowed));
  BOOST_TEST(is_allowed_origin("http://127.0.0.1:8080", "127.0.0.1:8080", allowed));
  BOOST_TEST(is_allowed_origin("https://app.caly.test", "api.caly.test", allowed));
  for (const auto* origin : {"null",
                             "https://evil.test",
                             "http://app.caly.test",
                             "https://app.caly.test.evil.test",
                             "http://127.0.0.1:80"})
    BOOST_TEST(!is_allowed_origin(origin, "127.0.0.1:8080", allowed), origin);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
