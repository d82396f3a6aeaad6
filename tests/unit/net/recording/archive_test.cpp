#include "net/media/recording/archive.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/unit/net/recording/tape_fixture.hpp"

#include <map>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// What rows and store say, and what they were told.
struct back_room {
  std::string state_after_mixed = "storing";
  std::string state_after_stored = "ready";
  std::string due = "[]";
  bool rows_down = false;
  errc store_error = errc::none;
  std::vector<std::string> told; ///< names of statements, and their last argument
  std::map<std::string, std::string> blobs;
};

records_actor::behavior_type fake_rows(records_actor::pointer, back_room* room) {
  return {[=](const run_record& ask) -> caf::result<record_answer> {
            if (room->rows_down)
              return caf::make_error(errc::unavailable);
            record_answer out;
            const auto name = ask.statement.substr(ask.statement.find('.') + 1);
            if (name == "due") {
              out.json = room->due;
              return out;
            }
            room->told.push_back(name + ' ' + ask.arguments.back().value_or(""));
            out.json = R"({"state":")" +
                       (name == "mixed"    ? room->state_after_mixed
                        : name == "stored" ? room->state_after_stored
                                           : name) +
                       R"("})";
            return out;
          },
          [](const get_status&) { return status_report{}; }};
}

blob_store_actor::behavior_type fake_blobs(blob_store_actor::pointer, back_room* room) {
  return {[=](const put_blob& ask) -> caf::result<bool> {
            if (room->store_error != errc::none)
              return caf::make_error(room->store_error);
            room->blobs[ask.key] = read_file(ask.file);
            return true;
          },
          [](const read_blob&) -> caf::result<blob_piece> {
            return caf::make_error(errc::not_found);
          },
          [=](const remove_blob& ask) -> caf::result<bool> {
            if (room->store_error != errc::none)
              return caf::make_error(room->store_error);
            return room->blobs.erase(ask.key) == 1;
          },
          [](const get_status&) { return status_report{}; }};
}

struct fixture : actor_fixture, tape_fixture {
  ~fixture() {
    stop_archive();
    stop(rows);
    stop(blobs);
  }

  void start_archive() {
    archive_options own;
    own.node = "n1";
    own.tapes = options.folder;
    own.mixed = folder / "mixed";
    own.place = "s3";
    at = spawn<archive_actor, archive_state>(
        sys, {"archive", "n1", ""}, archive, own, archive_ports{rows, blobs, [] {
                                                                  return wall_time{};
                                                                }});
    run();
  }

  void stop_archive() {
    if (at)
      stop(std::exchange(at, nullptr));
  }

  /// A tape of 100 ms that is whole; the archive hears of it.
  std::filesystem::path make_tape() {
    start();
    {
      call_recorder recorder{deck->begin(label)};
      recorder.caller(0, tone(100, 'c'));
    }
    return await_end().file;
  }

  void hand_over(const std::string& file, const std::string& failure = {}) {
    caf::anon_send(at, tape_begun{label.tenant, label.call, label.part});
    run();
    caf::anon_send(at, tape_over{label.tenant, label.call, label.part, file, failure});
    run();
  }

  std::uint64_t status(const char* key) {
    return caf::get_or(*ask<status_report>(at, get_status{}), key, std::uint64_t{99});
  }

  std::string told() const {
    std::string out;
    for (const auto& each : room.told)
      out += each.substr(0, each.find(' ')) + ' ';
    return out;
  }

  bool files_left() const {
    for (const auto& each : std::filesystem::recursive_directory_iterator{folder})
      if (each.is_regular_file())
        return true;
    return false;
  }

  std::string due_row(const std::string& place) const {
    return R"([{"tenant_id":")" + label.tenant.str() + R"(","call_id":")" +
           label.call.str() + R"(","part":1,"place":)" +
           (place.empty() ? "null" : '"' + place + '"') + R"(,"key":")" + key_of(label) +
           R"("}])";
  }

  back_room room;
  records_actor rows = sys.spawn(fake_rows, &room);
  blob_store_actor blobs = sys.spawn(fake_blobs, &room);
  archive_actor at;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recording_archive, fixture)

BOOST_AUTO_TEST_CASE(a_tape_becomes_a_recording_under_its_tenants_name) {
  start_archive();
  hand_over(make_tape());
  BOOST_TEST(told() == "begin mixed stored ");
  BOOST_TEST(room.told.back() == "stored s3");
  const auto key = label.tenant.str() + '/' + label.call.str() + ".wav";
  BOOST_REQUIRE(room.blobs.contains(key));
  BOOST_TEST(room.blobs[key].size() == wav_head_bytes + 1600);
  BOOST_TEST(status("ready_total") == 1u);
  BOOST_TEST(status("bytes_total") == wav_head_bytes + 1600);
  BOOST_TEST(!files_left());
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_is_recorded_after_all) {
  const auto file = make_tape();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) + 3); // torn
  start_archive();
  BOOST_TEST(told() == "mixed stored ");
  BOOST_TEST(status("torn_total") == 1u);
  BOOST_TEST(status("ready_total") == 1u);
  BOOST_TEST(!files_left());
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_is_waited_for) {
  start_archive();
  room.store_error = errc::unavailable;
  hand_over(make_tape());
  advance(10s);
  BOOST_TEST(status("waiting") == 1u);
  BOOST_TEST(files_left());
  // The process ends meanwhile.
  stop_archive();
  room.store_error = errc::none;
  start_archive();
  BOOST_TEST(room.blobs.size() == 1u);
  BOOST_TEST(!files_left());
}

BOOST_AUTO_TEST_CASE(it_is_tried_again_with_longer_and_longer_pauses) {
  start_archive();
  room.store_error = errc::refused;
  hand_over(make_tape());
  for (int i = 0; i < 60; ++i)
    advance(1s);
  BOOST_TEST(status("retries_total") == 5u); // after 2, 4, 8, 16 and 32 s
  room.store_error = errc::none;
  advance(300s);
  BOOST_TEST(status("ready_total") == 1u);
}

BOOST_AUTO_TEST_CASE(rows_that_are_away_cost_nothing) {
  start_archive();
  room.rows_down = true;
  hand_over(make_tape());
  BOOST_TEST(room.blobs.empty());
  room.rows_down = false;
  advance(3s);
  BOOST_TEST(told() == "mixed stored ");
  BOOST_TEST(status("ready_total") == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_waits_does_not_hold_up_the_others) {
  start_archive();
  room.store_error = errc::unavailable;
  hand_over(make_tape());
  room.store_error = errc::none;
  label.call = call_id::make();
  hand_over(make_tape());
  BOOST_TEST(status("ready_total") == 1u);
  BOOST_TEST(status("waiting") == 1u);
}

BOOST_AUTO_TEST_CASE(a_recording_that_failed_is_told_with_its_reason) {
  start_archive();
  hand_over((options.folder / "gone.tape").string(), "disk_full");
  BOOST_TEST(room.told.back() == "failed disk_full");
  BOOST_TEST(status("failed_total") == 1u);
  BOOST_TEST(status("waiting") == 0u);
}

BOOST_AUTO_TEST_CASE(a_tape_that_cannot_be_read_is_a_failed_recording) {
  start_archive();
  const auto file = make_tape();
  std::filesystem::resize_file(file, 5);
  hand_over(file);
  BOOST_TEST(room.told.back() == "failed damaged");
  BOOST_TEST(!files_left());
}

BOOST_AUTO_TEST_CASE(one_that_was_erased_meanwhile_is_never_stored) {
  room.state_after_mixed = "erasing";
  start_archive();
  hand_over(make_tape());
  BOOST_TEST(room.blobs.empty());
  BOOST_TEST(!files_left());
  BOOST_TEST(status("ready_total") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_due_is_deleted_and_noted) {
  room.blobs[key_of(label)] = "RIFF";
  room.due = due_row("s3");
  start_archive();
  BOOST_TEST(room.blobs.empty());
  BOOST_TEST(told() == "erased ");
  BOOST_TEST(status("erased_total") == 1u);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_deleted_is_not_noted_and_comes_again) {
  room.blobs[key_of(label)] = "RIFF";
  room.due = due_row("s3");
  room.store_error = errc::unavailable;
  start_archive();
  BOOST_TEST(room.told.empty());
  room.store_error = errc::none;
  advance(60s);
  BOOST_TEST(room.blobs.empty());
  BOOST_TEST(told() == "erased ");
}

BOOST_AUTO_TEST_CASE(a_live_calls_recording_is_erased_at_its_end) {
  start_archive();
  caf::anon_send(at, tape_begun{label.tenant, label.call, label.part});
  room.due = due_row("");
  room.state_after_mixed = "erasing";
  advance(60s);
  BOOST_TEST(told() == "begin ");
  caf::anon_send(
      at, tape_over{label.tenant, label.call, label.part, make_tape().string(), ""});
  advance(60s);
  BOOST_TEST(told() == "begin mixed erased ");
  BOOST_TEST(!files_left());
}

BOOST_AUTO_TEST_CASE(later_parts_of_a_call_have_names_of_their_own) {
  label.part = 3;
  BOOST_TEST(key_of(label).ends_with(label.call.str() + "-3.wav"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
