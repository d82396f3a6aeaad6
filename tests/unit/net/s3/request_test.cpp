#include "net/providers/s3/codec.hpp"
#include "net/providers/s3/request.hpp"
#include "runtime/base/error.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

/// The account of Amazon's examples of Signature Version 4.
s3::account example() {
  s3::account out;
  out.endpoint = "https://s3.amazonaws.com";
  out.region = "us-east-1";
  out.bucket = "examplebucket";
  out.access_key = "AKIAIOSFODNN7EXAMPLE";
  out.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  out.path_style = false;
  return out;
}

const wall_time may_24{std::chrono::seconds{1369353600}};    // 2013-05-24T00:00:00Z
const wall_time january_1{std::chrono::seconds{1767225600}}; // 2026-01-01T00:00:00Z

std::string header(const http_call& call, const std::string& name) {
  for (const auto& each : call.headers)
    if (each.starts_with(name + ": "))
      return each.substr(name.size() + 2);
  return {};
}

std::string signature(const http_call& call) {
  const auto authorization = header(call, "authorization");
  return authorization.substr(authorization.find("Signature=") + 10);
}

http_answer answered(int status, std::string body = {}) {
  http_answer out;
  out.outcome = http_outcome::answered;
  out.status = status;
  out.body = std::move(body);
  return out;
}

std::string error_body(const std::string& code) {
  return "<?xml version=\"1.0\"?><Error><Code>" + code +
         "</Code><Message>No.</Message></Error>";
}

} // namespace

BOOST_AUTO_TEST_SUITE(s3_request)

BOOST_AUTO_TEST_CASE(signs_a_get_as_amazon_shows) {
  const auto call = s3::signed_call(
      example(), {"GET", "test.txt", {}, {{"range", "bytes=0-9"}}, {}}, may_24);
  BOOST_TEST(call.url == "https://examplebucket.s3.amazonaws.com/test.txt");
  BOOST_TEST(header(call, "authorization") ==
             "AWS4-HMAC-SHA256 "
             "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
             "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
             "Signature="
             "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

BOOST_AUTO_TEST_CASE(signs_a_put_as_amazon_shows) {
  const auto call = s3::signed_call(example(),
                                    {"PUT",
                                     "test$file.text",
                                     {},
                                     {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                                      {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                                     "Welcome to Amazon S3."},
                                    may_24);
  BOOST_TEST(call.url == "https://examplebucket.s3.amazonaws.com/test%24file.text");
  BOOST_TEST(header(call, "x-amz-content-sha256") ==
             "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  BOOST_TEST(signature(call) ==
             "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

BOOST_AUTO_TEST_CASE(signs_a_url_as_amazon_shows) {
  const auto url =
      s3::presigned_url(example(), "test.txt", std::chrono::seconds{86400}, may_24);
  BOOST_TEST(url ==
             "https://examplebucket.s3.amazonaws.com/test.txt"
             "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
             "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
             "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
             "&X-Amz-SignedHeaders=host&X-Amz-Signature="
             "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

BOOST_AUTO_TEST_CASE(signs_a_url_in_the_style_of_paths) {
  auto at = example();
  at.endpoint = "https://s3.ap-southeast-1.wasabisys.com/";
  at.region = "ap-southeast-1";
  at.bucket = "caly-recordings";
  at.path_style = true;
  const auto url =
      s3::presigned_url(at, "t_42/call 1.wav", std::chrono::seconds{900}, january_1);
  BOOST_TEST(url.starts_with("https://s3.ap-southeast-1.wasabisys.com/caly-recordings/"
                             "t_42/call%201.wav?"));
  BOOST_TEST(
      url.ends_with("&X-Amz-Signature="
                    "3692cf7c2b1b22153f5b431318531e2a5b52f187d973e669dca4681170c646c9"));
}

BOOST_AUTO_TEST_CASE(another_body_or_query_is_another_signature) {
  const auto of = [](const std::string& body, const s3::text_map& query) {
    return signature(s3::signed_call(example(), {"PUT", "k", query, {}, body}, may_24));
  };
  BOOST_TEST(of("a", {}) != of("b", {}));
  BOOST_TEST(of("a", {{"partNumber", "1"}}) != of("a", {{"partNumber", "2"}}));
  BOOST_TEST(s3::signed_call(example(), {"POST", "k", {{"uploads", ""}}, {}, {}}, may_24)
                 .url.ends_with("/k?uploads="));
}

BOOST_AUTO_TEST_CASE(knows_what_may_pass_from_what_never_will) {
  using s3::verdict;
  BOOST_CHECK(s3::judge(answered(200)) == verdict::done);
  BOOST_CHECK(s3::judge(answered(204)) == verdict::done);
  BOOST_CHECK(s3::judge(answered(404, error_body("NoSuchKey"))) == verdict::absent);
  BOOST_CHECK(s3::judge(answered(404, error_body("NoSuchBucket"))) == verdict::refused);
  BOOST_CHECK(s3::judge(answered(503, error_body("SlowDown"))) == verdict::again);
  BOOST_CHECK(s3::judge(answered(400, error_body("RequestTimeout"))) == verdict::again);
  BOOST_CHECK(s3::judge(answered(400, error_body("RequestRateLimitExceeded"))) ==
              verdict::again);
  BOOST_CHECK(s3::judge(answered(403, error_body("AccessDenied"))) == verdict::refused);
  BOOST_CHECK(s3::judge(answered(301)) == verdict::refused);
  BOOST_CHECK(s3::judge({}) == verdict::again);
  // A completion is answered before it is done.
  BOOST_CHECK(s3::judge(answered(200, error_body("InternalError"))) == verdict::again);
  const auto refused = s3::failure_of(answered(403, error_body("SignatureDoesNotMatch")));
  BOOST_TEST((refused == errc::refused));
  BOOST_TEST(to_string(refused).find("SignatureDoesNotMatch") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_and_writes_the_xml_of_uploads) {
  BOOST_TEST(s3::xml_text("<R><Bucket>b</Bucket><UploadId> u-1 </UploadId></R>",
                          "UploadId") == "u-1");
  BOOST_TEST(s3::xml_text("<UploadId><b/></UploadId>", "UploadId").empty());
  BOOST_TEST(s3::xml_text("<UploadId>u", "UploadId").empty());
  BOOST_TEST(
      s3::complete_upload({"\"a\"", "b"}) ==
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;"
      "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>b</ETag></Part>"
      "</CompleteMultipartUpload>");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
