#include "net/media/g711.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/sha.h>

namespace caly::test {

namespace {

std::string sha256(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()),
         bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return to_hex(digest);
}

template <class Decode>
std::string table_bytes(Decode decode) {
  std::string bytes;
  for (int code = 0; code < 256; ++code) {
    const auto sample =
        static_cast<std::uint16_t>(decode(static_cast<std::uint8_t>(code)));
    bytes += static_cast<char>(sample & 0xff);
    bytes += static_cast<char>(sample >> 8);
  }
  return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(g711)

// The hashes come from an independent implementation of the recommendation.
BOOST_AUTO_TEST_CASE(all_codes_decode_as_the_recommendation_says) {
  BOOST_TEST(sha256(table_bytes(from_mulaw)) ==
             "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827");
  BOOST_TEST(sha256(table_bytes(from_alaw)) ==
             "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174");
}

BOOST_AUTO_TEST_CASE(all_samples_encode_to_a_law_as_the_recommendation_says) {
  std::string codes;
  for (int sample = -32'768; sample <= 32'767; ++sample)
    codes += static_cast<char>(to_alaw(static_cast<std::int16_t>(sample)));
  BOOST_TEST(sha256(codes) ==
             "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b");
}

BOOST_AUTO_TEST_CASE(samples_encode_to_the_known_mu_law_codes) {
  const std::pair<int, int> known[] = {{0, 0xff},
                                       {8, 0xfe},
                                       {-8, 0x7e},
                                       {100, 0xf2},
                                       {-100, 0x72},
                                       {1000, 0xce},
                                       {-1000, 0x4e},
                                       {8031, 0xa0},
                                       {16'000, 0x90},
                                       {32'124, 0x80},
                                       {-32'768, 0x00}};
  for (const auto& [sample, code] : known)
    BOOST_TEST(int{to_mulaw(static_cast<std::int16_t>(sample))} == code);
}

BOOST_AUTO_TEST_CASE(every_code_survives_the_way_through_a_sample) {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    BOOST_TEST(int{from_mulaw(to_mulaw(from_mulaw(byte)))} == int{from_mulaw(byte)});
    BOOST_TEST(int{to_alaw(from_alaw(byte))} == code);
  }
}

BOOST_AUTO_TEST_CASE(a_line_of_codes_decodes_and_encodes_as_a_whole) {
  pcm_samples samples;
  decode_mulaw("\x80\xce\xff", samples);
  BOOST_TEST((samples == pcm_samples{32'124, 988, 0}));
  BOOST_TEST(encode_mulaw(samples) == "\x80\xce\xff");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
