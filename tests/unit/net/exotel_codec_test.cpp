#include "net/providers/exotel/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace caly::test {

namespace {

using namespace exotel;

const std::string secret = "tenant-secret-1";
const call_reference about{tenant_id::make(), call_id::make()};
/// 2026-01-02 15:04:05 in India.
constexpr std::int64_t noon_ms = 1'767'346'445'000;

std::string call_body(const std::string& status, const std::string& more = "") {
  return R"({"Call":{"Sid":"0123456789abcdef0123456789abcdef","From":"+919876543210",)"
         R"("To":null,"PhoneNumberSid":"08047000000","Direction":"outbound-api",)"
         R"("DateCreated":"2026-01-02 15:04:05","StartTime":"2026-01-02 15:04:05",)"
         R"("EndTime":"1970-01-01 05:30:00","Status":")" +
         status + "\"" + more + "}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(exotel_codec)

BOOST_AUTO_TEST_CASE(signs_as_the_worked_example_does) {
  BOOST_TEST(sign(secret, "c_01HZX") == "c_01HZX.-Ts5COBW_6ZA_BhkzlOdbg");
  BOOST_TEST(*signed_text(secret, "c_01HZX.-Ts5COBW_6ZA_BhkzlOdbg") == "c_01HZX");
}

BOOST_AUTO_TEST_CASE(a_reference_comes_back_and_no_other_passes_for_it) {
  const auto text = write_reference(secret, about);
  BOOST_TEST(text.size() <= 128u);
  const auto read = read_reference(secret, text);
  BOOST_REQUIRE(read);
  BOOST_TEST((read->call == about.call));
  BOOST_TEST((read->tenant == about.tenant));
  BOOST_TEST(!read_reference("another secret", text));
  BOOST_TEST(!read_reference("", sign("", about.call.str() + '.' + about.tenant.str())));
  auto forged = text;
  forged[8] = forged[8] == '0' ? '1' : '0';
  BOOST_TEST(!read_reference(secret, forged));
  BOOST_TEST(!read_reference(secret, text.substr(0, text.rfind('.'))));
  BOOST_TEST(!read_reference(secret, ""));
  BOOST_TEST(!read_reference(secret, sign(secret, "neither.id")));
}

BOOST_AUTO_TEST_CASE(a_create_connects_the_person_with_our_socket) {
  place_call order;
  order.to = "+919876543210";
  order.from = "+918047000000";
  order.ring_timeout_s = 25;
  order.max_call_s = 20'000;
  const auto fields = create_fields(order, {"wss://x/y", "https://x/z", "c.t.s"});
  BOOST_TEST(field(fields, "From") == "+919876543210");
  BOOST_TEST(field(fields, "CallerId") == "+918047000000");
  BOOST_TEST(field(fields, "StreamUrl") == "wss://x/y");
  BOOST_TEST(field(fields, "StreamType") == "bidirectional");
  BOOST_TEST(field(fields, "CustomField") == "c.t.s");
  BOOST_TEST(field(fields, "StatusCallback") == "https://x/z");
  BOOST_TEST(field(fields, "TimeOut") == "25");
  BOOST_TEST(field(fields, "TimeLimit") == "14400");
  // Either would make it another kind of call.
  BOOST_TEST(field(fields, "To").empty());
  BOOST_TEST(field(fields, "Url").empty());
}

BOOST_AUTO_TEST_CASE(only_a_definite_no_counts_as_no) {
  const auto read = [](int status, const std::string& body = "") {
    return read_create(status, body, 7);
  };
  const auto placed = read(200, call_body("in-progress"));
  BOOST_TEST((placed.result == create_result::placed));
  BOOST_TEST(placed.provider_call_id == "0123456789abcdef0123456789abcdef");
  for (const auto status : {400, 401, 403, 404})
    BOOST_TEST((read(status).result == create_result::refused), status);
  BOOST_TEST((read(429).result == create_result::throttled));
  BOOST_TEST(read(429).retry_after_s == 7);
  BOOST_TEST((read(402).result == create_result::throttled));
  BOOST_TEST(read(402).retry_after_s >= 60);
  for (const auto status : {200, 302, 408, 500, 503})
    BOOST_TEST((read(status, "?").result == create_result::unknown), status);
  BOOST_TEST(
      read(400, R"({"RestException":{"Status":400,"Message":"bad From"}})").reason ==
      "exotel 400 bad From");
}

BOOST_AUTO_TEST_CASE(every_status_has_its_place) {
  const std::map<std::string, std::pair<std::string, bool>> table{
      {"queued", {"queued", false}},
      {"in-progress", {"dialing", false}},
      {"ringing", {"ringing", false}},
      {"completed", {"completed", true}},
      {"busy", {"busy", true}},
      {"no-answer", {"no_answer", true}},
      {"failed", {"failed", true}},
      {"canceled", {"canceled", true}},
      {"brand-new", {"", false}}};
  for (const auto& [theirs, ours] : table) {
    const auto call = read_call(call_body(theirs));
    BOOST_REQUIRE(call);
    BOOST_TEST(call->status == ours.first);
    BOOST_TEST(call->terminal == ours.second);
  }
  BOOST_TEST(!read_call("{}"));
  BOOST_TEST(!read_call("<xml/>"));
}

BOOST_AUTO_TEST_CASE(times_are_indias_and_1970_means_not_yet) {
  BOOST_TEST(india_ms("2026-01-02 15:04:05") == noon_ms);
  BOOST_TEST(india_time(noon_ms) == "2026-01-02 15:04:05");
  BOOST_TEST(india_ms("1970-01-01 05:30:00") == 0);
  BOOST_TEST(india_ms("2026-01-02T15:04:05") == 0);
  BOOST_TEST(india_ms("") == 0);
  const auto call = read_call(call_body("in-progress"));
  BOOST_TEST(call->created_at_ms == noon_ms);
  BOOST_TEST(call->ended_at_ms == 0);
}

BOOST_AUTO_TEST_CASE(the_length_of_a_talk_is_not_that_of_the_call) {
  BOOST_TEST(
      *read_call(call_body("completed",
                           R"(,"Duration":"40","Details":{"ConversationDuration":31})"))
           ->duration_s == 31);
  BOOST_TEST(
      *read_call(call_body("completed",
                           R"(,"Duration":40,"Details":{"ConversationDuration":null,)"
                           R"("Legs":[{"Leg":{"Id":1,"OnCallDuration":"30"}}]})"))
           ->duration_s == 30);
  BOOST_TEST(*read_call(call_body("completed", R"(,"Duration":"40")"))->duration_s == 40);
  BOOST_TEST(!read_call(call_body("completed", R"(,"Duration":null)"))->duration_s);
  BOOST_TEST(!read_call(call_body("in-progress", R"(,"Duration":"5")"))->duration_s);
}

BOOST_AUTO_TEST_CASE(an_end_counts_once_its_length_is_known) {
  BOOST_TEST(as_looked_up(*read_call(call_body("completed"))).status == "dialing");
  const auto known =
      as_looked_up(*read_call(call_body("completed", R"(,"Duration":"9")")));
  BOOST_TEST(known.status == "completed");
  BOOST_TEST(*known.duration_s == 9);
  BOOST_TEST(as_looked_up(*read_call(call_body("busy"))).status == "busy");
}

BOOST_AUTO_TEST_CASE(both_shapes_of_a_callback_are_read) {
  const auto modern = read_callback({{"CallSid", "s1"},
                                     {"EventType", "terminal"},
                                     {"Status", "completed"},
                                     {"ConversationDuration", "31"},
                                     {"Legs[0][AnsweredBy]", "MACHINE"},
                                     {"CustomField", "c.t.s"}});
  BOOST_REQUIRE(modern);
  BOOST_TEST(modern->status == "completed");
  BOOST_TEST(modern->terminal);
  BOOST_TEST(*modern->duration_s == 31);
  BOOST_TEST(modern->answered_by == "machine");
  BOOST_TEST(modern->custom_field == "c.t.s");
  const auto old = read_callback({{"CallSid", "s1"},
                                  {"CallFrom", "09876543210"},
                                  {"CallTo", "08047000000"},
                                  {"Direction", "incoming"},
                                  {"Status", "no-answer"}});
  BOOST_REQUIRE(old);
  BOOST_TEST(old->status == "no_answer");
  BOOST_TEST(e164(old->person) == "+919876543210");
  BOOST_TEST(e164(old->exophone) == "+918047000000");
  const auto picked = read_callback(
      {{"CallSid", "s1"}, {"EventType", "answered"}, {"Status", "in-progress"}});
  BOOST_TEST(picked->status == "in_progress");
  BOOST_TEST(!read_callback({{"Status", "completed"}}));
}

BOOST_AUTO_TEST_CASE(a_callbacks_length_is_believed_only_as_long_as_the_call_lived) {
  auto told = *read_callback({{"CallSid", "s1"},
                              {"EventType", "terminal"},
                              {"Status", "completed"},
                              {"ConversationDuration", "31"}});
  const auto confirmed = *read_call(call_body("completed"));
  BOOST_TEST(*as_progress(about, told, confirmed, noon_ms + 60'000).duration_s == 31);
  BOOST_TEST(*as_progress(about, told, confirmed, noon_ms + 10'000).duration_s == 12);
  const auto later = *read_call(call_body("completed", R"(,"Duration":"20")"));
  BOOST_TEST(*as_progress(about, told, later, noon_ms + 60'000).duration_s == 20);
  const auto other = *read_call(call_body("busy"));
  BOOST_TEST(as_progress(about, told, other, noon_ms).status == "busy");
}

BOOST_AUTO_TEST_CASE(a_list_is_searched_by_our_reference_before_number_and_time) {
  doubtful_call wanted;
  wanted.id = about.call;
  wanted.to = "+919876543210";
  wanted.sending_at_ms = noon_ms;
  const auto ours = write_reference(secret, about);
  const auto row =
      [](const std::string& sid, const std::string& at, const std::string& more) {
        return R"({"Sid":")" + sid + R"(","From":"09876543210","Status":"in-progress",)" +
               R"("DateCreated":")" + at + "\"" + more + "}";
      };
  const auto list = [](const std::string& rows) { return R"({"Calls":[)" + rows + "]}"; };
  const auto plain = row("plain", "2026-01-02 15:04:06", "");
  const auto named =
      row("named", "2026-01-02 15:04:09", R"(,"CustomField":")" + ours + "\"");
  const auto foreign = row("foreign", "2026-01-02 15:04:05", R"(,"CustomField":"else")");
  const auto old = row("old", "2026-01-02 15:03:00", "");
  BOOST_TEST(find_in_list(list(plain + "," + named), wanted, ours).provider_call_id ==
             "named");
  BOOST_TEST(find_in_list(list(old + "," + foreign + "," + plain), wanted, ours)
                 .provider_call_id == "plain");
  BOOST_TEST(!find_in_list(list(old + "," + foreign), wanted, ours).found);
  BOOST_TEST(!find_in_list("?", wanted, ours).found);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
