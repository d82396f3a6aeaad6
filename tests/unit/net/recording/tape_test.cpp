#include "runtime/base/error.hpp"
#include "tests/unit/net/recording/tape_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/resource.h>

namespace caly::test {

namespace {

/// Puts a tape of `records` records of one caller frame each into a file.
void write_tape(const std::filesystem::path& file, const tape_label& label, int records) {
  std::ofstream out{file, std::ios::binary};
  out << make_record(0, entries_of(label));
  for (int i = 1; i <= records; ++i) {
    std::string entries;
    append_entry(entries,
                 {entry_kind::caller,
                  static_cast<std::uint32_t>(20 * (i - 1)),
                  tone(20, static_cast<char>(i))});
    out << make_record(static_cast<std::uint32_t>(i), entries);
  }
}

/// The records that a reader finds after the label.
std::size_t good_records(const std::filesystem::path& file, bool& torn) {
  auto reader = tape_reader::open(file);
  if (!reader)
    return 0;
  std::vector<tape_entry> entries;
  std::size_t count = 0;
  while (reader->next(entries))
    ++count;
  torn = reader->torn();
  return count;
}

struct file_fixture : tape_fixture {
  file_fixture() {
    std::filesystem::create_directories(folder);
    write_tape(file, label, 10);
  }

  std::filesystem::path file = folder / "one.tape";
  bool torn = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(recording_tape)

BOOST_AUTO_TEST_CASE(the_checksum_is_crc_32c) {
  // RFC 3720, B.4, and the catalogue's check value.
  BOOST_TEST(crc32c("123456789") == 0xe3069283u);
  BOOST_TEST(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  BOOST_TEST(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
}

BOOST_FIXTURE_TEST_CASE(a_tape_tells_whose_it_is, file_fixture) {
  const auto reader = tape_reader::open(file);
  BOOST_REQUIRE(reader);
  BOOST_TEST(reader->label().tenant.str() == label.tenant.str());
  BOOST_TEST(reader->label().call.str() == label.call.str());
  BOOST_TEST(reader->label().part == 1);
  BOOST_TEST(good_records(file, torn) == 10u);
  BOOST_TEST(!torn);
}

BOOST_FIXTURE_TEST_CASE(a_torn_end_costs_its_record_and_no_more, file_fixture) {
  const auto whole = read_file(file);
  const auto record = make_record(1, std::string(entry_head_bytes + 160, 'x')).size();
  for (std::size_t cut = 1; cut < record; ++cut) {
    std::filesystem::resize_file(file, whole.size() - cut);
    BOOST_REQUIRE_EQUAL(good_records(file, torn), 9u);
    BOOST_REQUIRE(torn);
  }
}

BOOST_FIXTURE_TEST_CASE(a_damaged_byte_ends_the_tape_before_its_record, file_fixture) {
  auto bytes = read_file(file);
  bytes[bytes.size() - 400] ^= 1;
  std::ofstream{file, std::ios::binary} << bytes;
  BOOST_TEST(good_records(file, torn) == 7u);
  BOOST_TEST(torn);
}

BOOST_FIXTURE_TEST_CASE(a_record_out_of_its_order_ends_the_tape, file_fixture) {
  std::ofstream{file, std::ios::binary | std::ios::app} << make_record(12, "");
  BOOST_TEST(good_records(file, torn) == 10u);
  BOOST_TEST(torn);
}

BOOST_FIXTURE_TEST_CASE(a_length_from_nowhere_asks_for_no_memory, file_fixture) {
  std::ofstream{file, std::ios::binary | std::ios::app} << std::string(8, '\x7f');
  BOOST_TEST(good_records(file, torn) == 10u);
  BOOST_TEST(torn);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_tape_is_refused, file_fixture) {
  std::ofstream{file, std::ios::binary} << "RIFF, perhaps";
  BOOST_TEST((tape_reader::open(file).error() == errc::invalid));
  BOOST_TEST((tape_reader::open(folder / "none").error() == errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recording_deck)

BOOST_FIXTURE_TEST_CASE(what_a_killed_process_wrote_is_found_by_the_next, file_fixture) {
  const auto live = folder / "call_1-1-7-1.live";
  std::filesystem::rename(file, live);
  BOOST_TEST(left_tapes(folder).empty());
  adopt_tapes(folder);
  const auto left = left_tapes(folder);
  BOOST_REQUIRE_EQUAL(left.size(), 1u);
  BOOST_TEST(good_records(left.front(), torn) == 10u);
  BOOST_TEST(!std::filesystem::exists(live));
}

BOOST_FIXTURE_TEST_CASE(a_deck_that_ends_keeps_what_was_written, tape_fixture) {
  start();
  auto written = deck->begin(label);
  std::string entries;
  append_entry(entries, {entry_kind::caller, 0, tone(20, 'a')});
  BOOST_TEST(written->write(entries));
  deck.reset();
  const auto left = left_tapes(options.folder);
  BOOST_REQUIRE_EQUAL(left.size(), 1u);
  bool torn = true;
  BOOST_TEST(good_records(left.front(), torn) == 1u);
  BOOST_TEST(!torn);
  BOOST_TEST(!written->write(entries));
}

BOOST_FIXTURE_TEST_CASE(a_tape_begins_and_ends_once, tape_fixture) {
  start();
  auto written = deck->begin(label);
  written->close();
  written->close();
  written.reset();
  const auto end = await_end();
  BOOST_TEST(end.failure.empty());
  BOOST_TEST(end.label.call.str() == label.call.str());
  BOOST_TEST(std::filesystem::exists(end.file));
  deck.reset();
  BOOST_TEST(began == 1);
  BOOST_TEST(ends.empty());
}

BOOST_FIXTURE_TEST_CASE(two_sockets_of_one_call_have_a_tape_each, tape_fixture) {
  start();
  auto first = deck->begin(label);
  auto second = deck->begin(label);
  first->close();
  second->close();
  BOOST_TEST(await_end().file.string() != await_end().file.string());
}

BOOST_FIXTURE_TEST_CASE(a_disk_with_too_little_room_takes_no_tape, tape_fixture) {
  options.free_bytes_min = std::uintmax_t{1} << 62;
  start();
  auto written = deck->begin(label);
  const auto end = await_end();
  BOOST_TEST(end.failure == "disk_full");
  BOOST_TEST(!std::filesystem::exists(end.file));
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_fills_costs_the_recording_only, tape_fixture) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  start();
  auto written = deck->begin(label);
  std::string entries;
  append_entry(entries, {entry_kind::caller, 0, tone(20, 'a')});
  BOOST_TEST(written->write(entries));
  auto small = before;
  small.rlim_cur = 4096;
  setrlimit(RLIMIT_FSIZE, &small);
  std::string much;
  append_entry(much, {entry_kind::caller, 20, tone(1000, 'b')});
  written->write(much);
  const auto end = await_end();
  setrlimit(RLIMIT_FSIZE, &before);
  BOOST_TEST(end.failure == "disk_full");
  BOOST_TEST(!std::filesystem::exists(end.file));
  BOOST_TEST(!written->write(entries));
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_is_too_slow_costs_the_recording_only, tape_fixture) {
  options.waiting_bytes_max = 1000;
  start();
  auto written = deck->begin(label);
  BOOST_TEST(!written->write(std::string(1001, 'x')));
  BOOST_TEST(await_end().failure == "disk_slow");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
