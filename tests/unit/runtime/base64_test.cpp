#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace caly::test {
namespace {

BOOST_AUTO_TEST_SUITE(base64)

// RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(the_standards_vectors) {
  const std::pair<std::string, std::string> vectors[]{{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(to_base64(bytes) == text);
    std::string back = "before";
    BOOST_TEST(from_base64(text, back));
    BOOST_TEST(back == bytes);
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_come_back) {
  std::mt19937 random{7};
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes += static_cast<char>(random());
    std::string back;
    BOOST_TEST(from_base64(to_base64(bytes), back));
    BOOST_TEST((back == bytes));
    BOOST_TEST(from_base64url(to_base64url(bytes), back));
    BOOST_TEST((back == bytes));
    BOOST_TEST(to_base64url(bytes).find('=') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(only_the_canonical_text_is_taken) {
  std::string out;
  for (const auto* text : {"Z",
                           "Zg",
                           "Zg=",
                           "Zg===",
                           "Zh==",
                           "Zm9=",
                           "Zm8",
                           "Zm9v Zm9v",
                           "Zm9v\n",
                           "Zm-v",
                           "====",
                           "Zg==Zg==",
                           "Z\xffgv"})
    BOOST_TEST(!from_base64(text, out), text);
  for (const auto* text : {"Z", "Zh", "Zm9", "Zg==", "Zm+v"})
    BOOST_TEST(!from_base64url(text, out), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
