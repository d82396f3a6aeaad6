#include "net/media/recording/wav.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "tests/unit/net/recording/tape_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

std::string little(std::uint32_t value, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string chunk(const std::string& name, const std::string& bytes) {
  return name + little(static_cast<std::uint32_t>(bytes.size()), 4) + bytes;
}

struct fixture : tape_fixture {
  std::uint32_t form = 1;
  std::uint32_t channels = 2;
  std::uint32_t rate = 8000;
  std::uint32_t bits = 16;

  std::string file_of(const std::string& sound, const std::string& before = {}) const {
    const auto format = little(form, 2) + little(channels, 2) + little(rate, 4) +
                        little(rate * 4, 4) + little(4, 2) + little(bits, 2);
    const auto rest = "WAVE" + chunk("fmt ", format) + before + chunk("data", sound);
    return "RIFF" + little(static_cast<std::uint32_t>(rest.size()), 4) + rest;
  }

  caf::expected<mixed_tape> look(const std::string& bytes) {
    std::filesystem::create_directories(folder);
    std::ofstream{wav, std::ios::binary} << bytes;
    return look_at_wav(wav);
  }

  std::string problem(const std::string& bytes) {
    const auto found = look(bytes);
    BOOST_TEST_REQUIRE(!found);
    BOOST_CHECK(found.error() == errc::invalid);
    return to_string(found.error());
  }

  bool complains(const std::string& bytes, const std::string& of) {
    return problem(bytes).find(of) != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recording_wav, fixture)

BOOST_AUTO_TEST_CASE(a_carriers_file_is_measured) {
  std::string sound;
  for (int i = 0; i < 16'000; ++i)
    sound += little(0xffff & static_cast<std::uint32_t>(-16'384), 2) + little(128, 2);
  const auto bytes = file_of(sound, chunk("LIST", "abc") + '\0');
  const auto found = look(bytes);
  BOOST_TEST_REQUIRE(!!found);
  BOOST_TEST(found->ms == 2'000);
  BOOST_TEST(found->bytes == static_cast<std::int64_t>(bytes.size()));
  BOOST_TEST(found->sha256.size() == 64u);
  std::string peaks;
  BOOST_TEST(from_base64(found->peaks, peaks));
  BOOST_TEST_REQUIRE(peaks.size() == 2 * peaks_max);
  BOOST_TEST(static_cast<int>(static_cast<unsigned char>(peaks[0])) == 128);
  BOOST_TEST(static_cast<int>(peaks[peaks_max]) == 1);
}

BOOST_AUTO_TEST_CASE(our_own_files_are_measured_the_same_way) {
  const auto made = record([](auto& recorder) { recorder.caller(0, tone(100, 'c')); });
  const auto found = look_at_wav(wav);
  BOOST_TEST_REQUIRE(!!found);
  BOOST_TEST(found->ms == made.ms);
  BOOST_TEST(found->sha256 == made.sha256);
  BOOST_TEST(found->peaks == made.peaks);
}

BOOST_AUTO_TEST_CASE(silence_for_no_time_is_a_recording) {
  const auto found = look(file_of({}));
  BOOST_TEST_REQUIRE(!!found);
  BOOST_TEST(found->ms == 0);
}

BOOST_AUTO_TEST_CASE(whatever_else_comes_is_refused_with_what_it_is) {
  BOOST_TEST(complains("", "no RIFF/WAVE"));
  BOOST_TEST(complains("RIFF", "no RIFF/WAVE"));
  BOOST_TEST(complains("<html>no such recording</html>", "no RIFF/WAVE"));
  const auto whole = file_of(std::string(400, 'x'));
  BOOST_TEST(complains(whole.substr(0, whole.size() - 1), "cut off"));
  BOOST_TEST(complains(whole.substr(0, 40), "without any sound"));
  BOOST_TEST(complains("RIFF" + little(20, 4) + "WAVE" + chunk("data", "1234"),
                       "without a format"));
  channels = 1;
  BOOST_TEST(complains(file_of("1234"), "two channels"));
  channels = 2;
  form = 0x55; // MP3
  BOOST_TEST(complains(file_of("1234"), "neither PCM"));
  form = 1;
  rate = 0;
  BOOST_TEST(complains(file_of("1234"), "kHz"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
