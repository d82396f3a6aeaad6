#include "tests/unit/net/media_fixture.hpp"

namespace caly::test {

BOOST_AUTO_TEST_SUITE(media_session)

BOOST_AUTO_TEST_CASE(audio_goes_through_the_brain_and_back) {
  node at;
  carrier phone{at, at.ticket()};
  BOOST_REQUIRE(phone.status == 101u);
  phone.start();
  BOOST_TEST(at.book.has("attached MZ1 CA1"));
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.media(1, 0);
  const auto media = phone.read();
  BOOST_TEST(media["event"].text_or("") == "media");
  BOOST_TEST(media["streamSid"].text_or("") == "MZ1");
  BOOST_TEST(media["media"]["payload"].text_or("") == to_base64(std::string(160, 'x')));
  const auto mark = phone.read();
  BOOST_TEST(mark["event"].text_or("") == "mark");
  phone.send(R"({"event":"mark","streamSid":"MZ1","mark":{"name":")" +
             std::string{mark["mark"]["name"].text_or("")} + "\"}}");
  BOOST_TEST(at.book.has("played item_1"));
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(at.book.has("turn last words"));
  BOOST_TEST(at.book.has("closed MZ1 carrier_closed 1 1"));
}

BOOST_AUTO_TEST_CASE(doubled_and_old_frames_are_dropped) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  for (const auto chunk : {1, 2, 2, 1, 3})
    phone.media(chunk, chunk * 20);
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(at.book.has("closed MZ1 carrier_closed 3 3"));
  BOOST_TEST(at.book.has_now(R"(event line_fault {"fault":"late"})"));
  BOOST_TEST(at.book.has_now(R"(event line_faults {"late":2})"));
}

BOOST_AUTO_TEST_CASE(what_is_no_message_costs_itself_and_is_told_once) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.send("{");
  phone.send(R"({"event":"media","media":{"payload":"%%%%"}})");
  phone.media(1, 0);
  phone.media(2, 20);
  phone.media(5, 80);              // two frames of 20 ms were lost
  phone.media(6, 9'000'000'000LL); // and here the carrier's clock is mad
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(at.book.has("closed MZ1 carrier_closed 4 4"));
  BOOST_TEST(at.book.has_now(R"(event line_fault {"fault":"unreadable"})"));
  BOOST_TEST(
      at.book.has_now(R"(event line_faults {"unreadable":2,"misdated":1,"lost_ms":40})"));
}

BOOST_AUTO_TEST_CASE(a_line_without_faults_has_no_line_about_them) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.media(1, 0);
  phone.media(2, 20);
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(at.book.has("closed MZ1 carrier_closed 2 2"));
  BOOST_TEST(!at.book.has_line_now("line_fault"));
}

BOOST_AUTO_TEST_CASE(an_interruption_empties_the_carriers_queue_once) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.media(1, 0);
  phone.send(R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"1"}})");
  phone.send(R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"1"}})");
  BOOST_TEST(phone.next() == "media");
  BOOST_TEST(phone.next() == "mark");
  BOOST_TEST(phone.next() == "clear");
  phone.media(2, 20);
  BOOST_TEST(phone.next() == "media");
  BOOST_TEST(at.book.has_line_with("event dtmf"));
}

BOOST_AUTO_TEST_CASE(a_tool_is_answered_by_the_call) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.send(R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"2"}})");
  BOOST_TEST(at.book.has(R"(tool tool_1 {"ok":true})"));
  BOOST_TEST(at.book.has("closed MZ1 agent_ended 0 0"));
  BOOST_TEST(phone.next() == "nothing");
}

BOOST_AUTO_TEST_CASE(the_call_steers_its_pipe) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  caf::anon_send(at.pipe, say_text{"wait a moment"});
  BOOST_TEST(at.book.has("say wait a moment"));
  caf::anon_send(at.pipe, stop_media{"max_length"});
  BOOST_TEST(at.book.has("closed MZ1 max_length 0 0"));
  BOOST_TEST(phone.next() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_lost_socket_is_reported_with_its_counters) {
  node at;
  {
    carrier phone{at, at.ticket()};
    phone.start();
    BOOST_TEST(at.book.has("brain started: Hello"));
    phone.media(1, 0);
    BOOST_TEST(phone.next() == "media");
  }
  BOOST_TEST(at.book.has("closed MZ1 carrier_closed 1 1"));
}

BOOST_AUTO_TEST_CASE(another_brain_goes_on_for_one_that_failed) {
  node at{true, {}, true};
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.press('5');
  phone.press('4');
  BOOST_TEST(at.book.has("stand-in started: Once more, please?"));
  BOOST_TEST(at.book.has("stand-in knows: I want a refund"));
  BOOST_TEST(at.book.has("left with 0 cut"));
  BOOST_TEST(at.book.has(R"(event brain_stand_in {"from":"realtime","to":"cascade"})"));
  phone.media(1, 0);
  BOOST_TEST(phone.next() == "media");
  phone.press('4'); // nobody is left
  BOOST_TEST(at.book.has("closed MZ1 brain_failed 1 1"));
}

BOOST_AUTO_TEST_CASE(without_another_brain_a_failed_one_ends_the_line) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.press('4');
  BOOST_TEST(at.book.has("closed MZ1 brain_failed 0 0"));
}

BOOST_AUTO_TEST_CASE(a_dead_call_ends_its_media) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  caf::anon_send_exit(at.call, caf::exit_reason::kill);
  BOOST_TEST(phone.next() == "nothing");
}

BOOST_AUTO_TEST_CASE(an_unknown_call_gets_no_audio) {
  node at{false};
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(phone.next() == "nothing");
  BOOST_TEST(!at.book.has_now("brain started: Hello"));
}

BOOST_AUTO_TEST_CASE(
    a_socket_that_ends_before_its_call_is_found_is_told_of_all_the_same) {
  node at;
  at.slow = true;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("asked for the call"));
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(phone.next() == "nothing");
  at.slow = false;
  caf::anon_send(at.calls, call_progressed{});
  BOOST_TEST(at.book.has(R"(event socket_ended {"reason":"carrier_closed"})"));
  BOOST_TEST(!at.book.has_line_now("attached"));
}

BOOST_AUTO_TEST_CASE(a_ticket_opens_one_socket_only) {
  node at;
  const auto ticket = at.ticket();
  carrier first{at, ticket};
  BOOST_TEST(first.status == 101u);
  carrier second{at, ticket};
  BOOST_TEST(second.status == 403u);
  carrier third{at, "0.0.0.0.0"};
  BOOST_TEST(third.status == 403u);
}

BOOST_AUTO_TEST_CASE(another_ticket_in_the_start_message_ends_the_socket) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start(R"("customParameters":{"ticket":"another"})");
  BOOST_TEST(phone.next() == "nothing");
  BOOST_TEST(!at.book.has_now("attached MZ1 CA1"));
}

BOOST_AUTO_TEST_CASE(audio_of_another_rate_ends_the_socket) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start(R"("mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000})");
  BOOST_TEST(phone.next() == "nothing");
}

BOOST_AUTO_TEST_CASE(binary_and_oversize_messages_end_the_socket) {
  node at;
  {
    carrier phone{at, at.ticket()};
    phone.start();
    BOOST_TEST(at.book.has("brain started: Hello"));
    phone.socket.binary(true);
    phone.socket.write(asio::buffer(std::string(160, 'x')));
    BOOST_TEST(phone.next() == "nothing");
  }
  carrier phone{at, at.ticket()};
  phone.start();
  phone.send(std::string(40'000, ' '));
  BOOST_TEST(phone.next() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_flood_of_messages_ends_the_socket) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  // Before that there is nobody to tell.
  BOOST_TEST(at.book.has("attached MZ1 CA1"));
  // As fast as it goes: on a busy machine a few hundred may be no flood.
  for (int i = 0; i < 100'000 && !at.book.has_now("closed MZ1 carrier_flood 0 0"); ++i)
    phone.send(R"({"event":"other"})");
  BOOST_TEST(at.book.has("closed MZ1 carrier_flood 0 0"));
}

BOOST_AUTO_TEST_CASE(a_full_node_refuses_more_sockets) {
  media_options options;
  options.calls_max = 0;
  node at{true, options};
  carrier phone{at, at.ticket()};
  BOOST_TEST(phone.status == 503u);
}

BOOST_AUTO_TEST_CASE(frames_pass_in_passes_too) {
  media_options options;
  options.coalesce_from = 0;
  node at{true, options};
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  phone.media(1, 0);
  BOOST_TEST(phone.next() == "media");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
