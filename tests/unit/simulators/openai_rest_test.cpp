#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "tests/simulators/http/http_client.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>

using namespace caly;
using namespace caly::sim;

namespace {

/// The sandbox over its own sockets, all on one thread.
struct fixture {
  http_result send(std::uint16_t port, const std::string& path, std::string body) {
    http_call call;
    call.url = "http://127.0.0.1:" + std::to_string(port) + path;
    call.headers = {{"Authorization", "Bearer sk-test"},
                    {"Content-Type", "application/json"}};
    call.body = std::move(body);
    std::optional<http_result> result;
    client.send(std::move(call), [&](http_result got) { result = std::move(got); });
    while (!result)
      io.run_one();
    return std::move(*result);
  }

  json ask(const std::string& path, std::string body, int status = 200) {
    const auto result = send(sim.port(), path, std::move(body));
    BOOST_TEST(result.status == status);
    auto parsed = json::parse(result.body, {1 << 20, 32, 100'000, 64, 3});
    BOOST_REQUIRE_MESSAGE(parsed, result.body);
    return std::move(*parsed);
  }

  void plan(std::string faults) {
    BOOST_TEST(send(sim.admin_port(), "/faults", std::move(faults)).status < 300);
  }

  /// The only output item of an analysis.
  json analysis() {
    return ask("/v1/responses",
               R"({"model":"m","input":"caller: yes, I am interested in the flat",)"
               R"("text":{"format":{"type":"json_schema","name":"x","strict":true,)"
               R"("schema":{"type":"object","properties":{"outcome":{"type":"string",)"
               R"("enum":["interested","refusal"]}},"required":["outcome"],)"
               R"("additionalProperties":false}}}})")["output"]
        .items()
        .at(0)["content"]
        .items()
        .at(0);
  }

  sim_options options;
  boost::asio::io_context io{1};
  http_client client{io};
  sandbox sim{io, options};
};

std::vector<double> vector_in(const json& answer, std::size_t i) {
  std::vector<double> out;
  for (const auto& x : answer["data"].items().at(i)["embedding"].items())
    out.push_back(x.as_double().value_or(0));
  return out;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(openai_rest_suite, fixture)

BOOST_AUTO_TEST_CASE(embeddings_are_the_same_each_time_and_near_for_near_texts) {
  const std::string body =
      R"({"model":"text-embedding-3-small","dimensions":256,"input":)"
      R"(["flat in Pune","a flat in Pune","your order is late"]})";
  const auto first = ask("/v1/embeddings", body);
  BOOST_TEST(first["object"].text_or("") == "list");
  BOOST_TEST(first["model"].text_or("") == "text-embedding-3-small");
  BOOST_TEST(first["usage"]["total_tokens"].int_or(0) > 0);
  BOOST_REQUIRE(first["data"].items().size() == 3U);
  BOOST_TEST(first["data"].items()[2]["index"].int_or(0) == 2);
  const auto a = vector_in(first, 0);
  BOOST_TEST(a.size() == 256U);
  BOOST_TEST(std::abs(dot(a, a) - 1) < 1e-4);
  BOOST_TEST(dot(a, vector_in(first, 1)) > dot(a, vector_in(first, 2)) + 0.3);
  BOOST_CHECK(vector_in(ask("/v1/embeddings", body), 0) == a);
}

BOOST_AUTO_TEST_CASE(embeddings_come_as_base64_where_that_is_asked_for) {
  const std::string body = R"({"model":"text-embedding-3-small","input":"hello you")";
  const auto plain = vector_in(ask("/v1/embeddings", body + "}"), 0);
  BOOST_TEST(plain.size() == 1536U);
  const auto packed = ask("/v1/embeddings", body + R"(,"encoding_format":"base64"})");
  std::string bytes;
  BOOST_REQUIRE(
      from_base64(packed["data"].items().at(0)["embedding"].text_or(""), bytes));
  BOOST_REQUIRE(bytes.size() == plain.size() * sizeof(float));
  float value = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    std::memcpy(&value, bytes.data() + i * sizeof(float), sizeof(float));
    BOOST_REQUIRE(std::abs(value - plain[i]) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(embeddings_take_tokens_and_refuse_what_the_real_ones_refuse) {
  BOOST_TEST(vector_in(ask("/v1/embeddings",
                           R"({"model":"text-embedding-3-large","input":[1,2,3]})"),
                       0)
                 .size() == 3072U);
  for (const auto* body : {R"({"model":"m"})",
                           R"({"input":"x"})",
                           R"({"model":"m","input":""})",
                           R"({"model":"m","input":["a",""]})",
                           R"({"model":"m","input":"a","dimensions":0})"})
    BOOST_TEST(ask("/v1/embeddings", body, 400)["error"]["type"].text_or("") ==
               "invalid_request_error");
}

BOOST_AUTO_TEST_CASE(an_analysis_fits_its_schema_until_it_shall_not) {
  const auto good = analysis();
  BOOST_TEST(good["type"].text_or("") == "output_text");
  BOOST_REQUIRE(json::parse(good["text"].text_or("")));
  plan(R"({"rate_malformed":1})");
  const auto broken = analysis();
  BOOST_TEST(broken["type"].text_or("") == "output_text");
  BOOST_TEST(!broken["text"].text_or("").empty());
  BOOST_TEST(!json::parse(broken["text"].text_or("")));
}

BOOST_AUTO_TEST_CASE(a_model_that_shall_refuse_says_so_in_its_own_item) {
  plan(R"({"provider":"openai","rate_refusal":1})");
  const auto refused = analysis();
  BOOST_TEST(refused["type"].text_or("") == "refusal");
  BOOST_TEST(!refused["refusal"].text_or("").empty());
  const auto chat = ask("/v1/chat/completions",
                        R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  BOOST_TEST(!chat["choices"].items().at(0)["message"]["refusal"].text_or("").empty());
  plan(R"({"provider":"openai","rate_refusal":0})");
  BOOST_TEST(analysis()["type"].text_or("") == "output_text");
}

BOOST_AUTO_TEST_SUITE_END()
