#include "net/providers/s3/blobs.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/uuid.hpp"
#include "tests/support/actor_fixture.hpp"

#include <deque>
#include <filesystem>
#include <fstream>

namespace caly::test {

namespace {

/// A bucket of one object whose answers the test may bend.
struct bucket {
  std::vector<http_call> calls;
  std::deque<http_answer> first; ///< answered before the bucket works
  std::map<int, std::string> parts;
  std::string object;
  bool lose_completion = false;

  static http_answer answer(int status, std::string body = {}) {
    http_answer out;
    out.outcome = http_outcome::answered;
    out.status = status;
    out.body = std::move(body);
    return out;
  }

  static std::string value(const std::string& url, const std::string& name) {
    const auto at = url.find(name + '=');
    return at == std::string::npos ? std::string{}
                                   : url.substr(at + name.size() + 1,
                                                url.find('&', at) - at - name.size() - 1);
  }

  http_answer serve(const http_call& call) {
    calls.push_back(call);
    if (!first.empty()) {
      auto out = std::move(first.front());
      first.pop_front();
      return out;
    }
    if (call.method == "GET" || call.method == "DELETE")
      return answer(
          object.empty() && call.url.find("uploadId") == std::string::npos ? 404 : 204,
          call.method == "GET" ? object.substr(0, 1) : "");
    if (call.url.find("uploads=") != std::string::npos)
      return answer(200, "<UploadId>u1</UploadId>");
    if (const auto part = value(call.url, "partNumber"); !part.empty()) {
      parts[std::stoi(part)] = call.body;
      auto out = answer(200);
      out.etag = "\"e" + part + '"';
      return out;
    }
    if (call.url.find("uploadId=") != std::string::npos) {
      if (!object.empty())
        return answer(404, "<Error><Code>NoSuchUpload</Code></Error>");
      for (const auto& [number, bytes] : parts)
        object += bytes;
      return lose_completion ? http_answer{} : answer(200, "<ETag>x</ETag>");
    }
    object = call.body;
    return answer(200);
  }
};

http_requests_actor::behavior_type fake_http(http_requests_actor::pointer, bucket* to) {
  return {[=](const http_call& call) { return to->serve(call); },
          [](const http_finished&) {},
          [](const get_status&) { return status_report{}; }};
}

struct fixture : actor_fixture {
  fixture() {
    options.at = {"http://127.0.0.1:9", "us-east-1", "b", "key", "secret", true};
    options.multipart_from = 100;
    options.part_bytes = 40;
    std::filesystem::create_directories(folder);
    store = spawn<s3::blobs_self_actor, s3::blobs_state>(
        sys, {"provider", "s3", ""}, s3::blobs, options, http, [] {
          return wall_time{std::chrono::hours{24 * 365 * 56}};
        });
  }

  ~fixture() {
    stop(store);
    stop(http);
    std::filesystem::remove_all(folder);
  }

  /// Puts a file of so many bytes; pauses between tries pass by themselves.
  caf::expected<bool> put(std::size_t bytes) {
    content.clear();
    for (std::size_t i = 0; i < bytes; ++i)
      content += static_cast<char>('a' + i % 26);
    const auto file = folder / "call.wav";
    std::ofstream{file, std::ios::binary} << content;
    return finish<bool>(put_blob{"ten_1/call.wav", file.string(), "audio/wav"});
  }

  template <class Result, class Message>
  caf::expected<Result> finish(Message message) {
    auto answer = self->request(store, caf::infinite, std::move(message));
    run();
    for (int i = 0; i < 20; ++i)
      advance(std::chrono::seconds{31});
    caf::expected<Result> out{caf::none};
    answer.receive([&](Result& x) { out = std::move(x); },
                   [&](caf::error& x) { out = std::move(x); });
    return out;
  }

  std::string methods() const {
    std::string out;
    for (const auto& each : at.calls)
      out += each.method + ' ';
    return out;
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("caly-s3-" + to_string(make_uuid()));
  bucket at;
  s3::blobs_options options;
  http_requests_actor http = sys.spawn(fake_http, &at);
  s3::blobs_self_actor store;
  std::string content;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(s3_blobs, fixture)

BOOST_AUTO_TEST_CASE(a_small_file_goes_in_one_request) {
  BOOST_TEST(!!put(99));
  BOOST_TEST(methods() == "PUT ");
  BOOST_TEST(at.object == content);
  BOOST_TEST(at.calls[0].url == "http://127.0.0.1:9/b/ten_1/call.wav");
}

BOOST_AUTO_TEST_CASE(a_large_file_goes_in_parts) {
  BOOST_TEST(!!put(110));
  BOOST_TEST(methods() == "POST PUT PUT PUT POST ");
  BOOST_TEST(at.parts.size() == 3u);
  BOOST_TEST(at.object == content);
  BOOST_TEST(at.calls.back().body.find("<PartNumber>3</PartNumber><ETag>&quot;e3") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_passes_is_tried_again_with_a_signature_of_its_own) {
  at.first = {bucket::answer(503, "<Error><Code>SlowDown</Code></Error>"), http_answer{}};
  BOOST_TEST(!!put(10));
  BOOST_TEST(methods() == "PUT PUT PUT ");
  BOOST_TEST(at.object == content);
}

BOOST_AUTO_TEST_CASE(a_service_that_stays_away_is_given_up_after_four_tries) {
  at.first.assign(10, http_answer{});
  const auto answer = put(10);
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error() == errc::unavailable));
  BOOST_TEST(at.calls.size() == 4u);
}

BOOST_AUTO_TEST_CASE(what_never_will_be_is_not_tried_again) {
  at.first = {bucket::answer(403, "<Error><Code>AccessDenied</Code></Error>")};
  const auto answer = put(10);
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error() == errc::refused));
  BOOST_TEST(at.calls.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_upload_that_fails_leaves_no_parts_behind) {
  at.first = {bucket::answer(200, "<UploadId>u1</UploadId>"),
              bucket::answer(403, "<Error><Code>AccessDenied</Code></Error>")};
  BOOST_TEST(!put(110));
  BOOST_TEST(methods() == "POST PUT DELETE ");
  BOOST_TEST(at.calls.back().url.find("uploadId=u1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_completion_whose_answer_got_lost_is_found_by_its_object) {
  at.lose_completion = true;
  BOOST_TEST(!!put(110));
  BOOST_TEST(methods() == "POST PUT PUT PUT POST POST GET ");
  BOOST_TEST(at.object == content);
}

BOOST_AUTO_TEST_CASE(what_is_gone_already_may_be_removed_again) {
  put(10);
  BOOST_TEST(*finish<bool>(remove_blob{"ten_1/call.wav"}));
  at.object.clear();
  BOOST_TEST(!*finish<bool>(remove_blob{"ten_1/call.wav"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
