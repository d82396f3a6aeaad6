#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/s3/s3_signature.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly::sim;

namespace {

const s3_key example{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
constexpr std::int64_t may_24 = 1369353600; // 2013-05-24T00:00:00Z
constexpr const char* nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Amazon's example of a signed GET.
http_request signed_get() {
  http_request out;
  out.method = "GET";
  out.path = "/test.txt";
  out.headers = {{"Host", "examplebucket.s3.amazonaws.com"},
                 {"Range", "bytes=0-9"},
                 {"x-amz-content-sha256", nothing},
                 {"x-amz-date", "20130524T000000Z"},
                 {"Authorization",
                  "AWS4-HMAC-SHA256 "
                  "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                  "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature="
                  "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"}};
  return out;
}

/// Amazon's example of a presigned address, good for a day.
http_request presigned_get() {
  http_request out;
  out.method = "GET";
  out.path = "/test.txt";
  out.headers = {{"Host", "examplebucket.s3.amazonaws.com"}};
  out.query = parse_form(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
      "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
      "&X-Amz-SignedHeaders=host&X-Amz-Signature="
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(s3_sandbox)

BOOST_AUTO_TEST_CASE(amazons_own_examples_are_let_in) {
  BOOST_TEST(is_s3(signed_get()));
  BOOST_TEST(is_s3(presigned_get()));
  BOOST_TEST(s3_fault_of(signed_get(), example, may_24 + 60) == "");
  BOOST_TEST(s3_fault_of(presigned_get(), example, may_24 + 86'000) == "");
  BOOST_TEST(!is_s3({}));
}

BOOST_AUTO_TEST_CASE(what_was_changed_on_the_way_is_not) {
  auto other = signed_get();
  other.path = "/test.tx";
  BOOST_TEST(s3_fault_of(other, example, may_24) == "SignatureDoesNotMatch");
  other = signed_get();
  other.body = "x";
  BOOST_TEST(s3_fault_of(other, example, may_24) == "XAmzContentSHA256Mismatch");
  other = presigned_get();
  other.query.emplace_back("versionId", "2");
  BOOST_TEST(s3_fault_of(other, example, may_24) == "SignatureDoesNotMatch");
  other = presigned_get();
  other.method = "DELETE";
  BOOST_TEST(s3_fault_of(other, example, may_24) == "SignatureDoesNotMatch");
}

BOOST_AUTO_TEST_CASE(an_address_ends_with_its_time_and_a_request_within_minutes) {
  BOOST_TEST(s3_fault_of(presigned_get(), example, may_24 + 86'401) == "AccessDenied");
  BOOST_TEST(s3_fault_of(signed_get(), example, may_24 + 901) == "RequestTimeTooSkewed");
}

BOOST_AUTO_TEST_CASE(another_account_is_not_known) {
  BOOST_TEST(s3_fault_of(signed_get(), {"other", "secret"}, may_24) ==
             "InvalidAccessKeyId");
  BOOST_TEST(s3_fault_of(signed_get(), {example.access_key, "secret"}, may_24) ==
             "SignatureDoesNotMatch");
}

BOOST_AUTO_TEST_SUITE_END()
