#include "config/loader.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace caly::test {
namespace {

using environment = std::vector<std::pair<std::string, std::string>>;

/// A folder of its own for each test.
struct folder {
  folder() {
    char name[] = "/tmp/caly_config_XXXXXX";
    path = ::mkdtemp(name);
  }

  ~folder() { std::filesystem::remove_all(path); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream{path / name} << text;
    return path / name;
  }

  std::filesystem::path path;
};

loaded_settings
load(const std::string& toml, environment env = {}, std::vector<std::string> flags = {}) {
  folder temp;
  return load_settings(
      {{temp.write("caly.toml", toml)}, std::move(env), std::move(flags)});
}

const std::string dev = "node.profile = \"dev\"\ndatabase.url = \"postgresql://x\"\n";

bool has(const loaded_settings& x, const std::string& place, const std::string& part) {
  for (const auto& problem : x.problems)
    if (problem.place == place && problem.text.find(part) != std::string::npos)
      return true;
  for (const auto& problem : x.problems)
    BOOST_TEST_MESSAGE(problem.str());
  return false;
}

BOOST_AUTO_TEST_SUITE(config_loader_suite)

BOOST_AUTO_TEST_CASE(later_sources_win_and_each_value_knows_its_origin) {
  const auto file =
      dev +
      "[net]\nport = 1001\nio_threads = 2\nhost = \"0.0.0.0\"\n[log]\nlevel = \"warn\"\n";
  const auto x = load(file,
                      {{"PORT", "1002"},
                       {"CALY__NET__PORT", "1003"},
                       {"CALY__NET__IO_THREADS", "3"},
                       {"LOG_LEVEL", "error"}},
                      {"--net.port=1004"});
  BOOST_REQUIRE(x.ok());
  BOOST_TEST(x.values.net.port == 1004);
  BOOST_TEST(x.origin("net.port") == "flag --net.port");
  BOOST_TEST(x.values.net.io_threads == 3);
  BOOST_TEST(x.origin("net.io_threads") == "environment CALY__NET__IO_THREADS");
  BOOST_TEST(x.values.log.level == "error");
  BOOST_TEST(x.origin("log.level") == "environment LOG_LEVEL");
  BOOST_TEST(x.origin("net.host") == "caly.toml:6:8");
  BOOST_TEST(x.origin("net.body_timeout") == "built-in");
}

BOOST_AUTO_TEST_CASE(own_names_win_over_the_well_known_environment_names) {
  const auto x = load(dev, {{"CALY__NET__PORT", "7"}, {"PORT", "8"}});
  BOOST_REQUIRE(x.ok());
  BOOST_TEST(x.values.net.port == 7);
}

BOOST_AUTO_TEST_CASE(every_well_known_environment_name_reaches_its_setting) {
  const auto x = load("node.profile = \"dev\"",
                      {{"DATABASE_URL", "postgresql://y"},
                       {"SYSTEM_CONCURRENT_CALLS_LIMIT", "25"},
                       {"OPENAI_API_KEY", "sk-1"},
                       {"TWILIO_ACCOUNT_SID", "AC1"},
                       {"TWILIO_AUTH_TOKEN", "tok"},
                       {"TELNYX_API_KEY", "KEY1"},
                       {"BOLNA_API_KEY", "bn"},
                       {"EXOTEL_ACCOUNT_SID", "acme1"},
                       {"EXOTEL_API_KEY", "ek"},
                       {"EXOTEL_API_TOKEN", "et"},
                       {"WEBHOOK_SECRET", "wh"}});
  BOOST_REQUIRE(x.ok());
  BOOST_TEST(x.values.database.url == "postgresql://y");
  BOOST_TEST(x.values.dial.system_concurrent_calls_limit == 25);
  BOOST_TEST(x.values.providers.openai.api_key == "sk-1");
  BOOST_TEST(x.values.providers.twilio.account_sid == "AC1");
  BOOST_TEST(x.values.providers.twilio.auth_token == "tok");
  BOOST_TEST(x.values.providers.telnyx.api_key == "KEY1");
  BOOST_TEST(x.values.providers.bolna.api_key == "bn");
  BOOST_TEST(x.values.providers.bolna.webhook_secret == "wh");
  BOOST_TEST(x.values.providers.exotel.account_sid == "acme1");
  BOOST_TEST(x.values.providers.exotel.api_key == "ek");
  BOOST_TEST(x.values.providers.exotel.auth_token == "et");
  BOOST_TEST(x.values.providers.meta.webhook_secret == "wh");
}

BOOST_AUTO_TEST_CASE(all_problems_are_told_at_once_with_their_place_and_a_hint) {
  const auto x = load(dev + "[net]\nprot = 80\nport = 99999\nheader_timeout = 5\n"
                            "idle_timeout = \"5 apples\"\n[logg]\nlevel = \"info\"\n"
                            "[log]\nlevel = \"wran\"\nrotate_files = \"many\"\n",
                      {{"CALY__DIAL__FUZE", "1s"}, {"PORT", "eighty"}},
                      {"--nonsense", "--dial.max_call=1h 5"});
  BOOST_CHECK(
      has(x, "caly.toml:4:1", "net.prot: unknown setting; did you mean net.port?"));
  BOOST_CHECK(has(x, "caly.toml:5:8", "net.port: 99999 is above 65535"));
  BOOST_CHECK(has(x, "caly.toml:6:18", "net.header_timeout: needs a unit"));
  BOOST_CHECK(has(x, "caly.toml:7:16", "is not a duration with a unit"));
  BOOST_CHECK(has(x, "caly.toml:8:2", "[logg]: unknown section; did you mean [log]?"));
  BOOST_CHECK(has(x, "caly.toml:11:9", "did you mean warn?"));
  BOOST_CHECK(
      has(x, "caly.toml:12:16", "log.rotate_files: must be a whole number 1..100"));
  BOOST_CHECK(has(x, "environment CALY__DIAL__FUZE", "did you mean dial.fuse?"));
  BOOST_CHECK(has(x, "environment PORT", "\"eighty\" is not a whole number"));
  BOOST_CHECK(has(x, "flag --nonsense", "is not --section.key=value"));
  BOOST_CHECK(has(x, "flag --dial.max_call", "is not a duration"));
  BOOST_TEST(x.problems.size() == 11u);
}

BOOST_AUTO_TEST_CASE(a_syntax_error_is_told_with_its_line) {
  const auto x = load("[net\nport = 1\n");
  BOOST_REQUIRE(!x.problems.empty());
  BOOST_TEST(x.problems.front().place.starts_with("caly.toml:1:"));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_a_problem_and_not_a_default) {
  const auto x = load_settings({{"/nonexistent/caly.toml"}, {}, {}});
  BOOST_REQUIRE(!x.ok());
  BOOST_TEST(x.problems.front().text.find("/nonexistent/caly.toml") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_value_may_come_from_a_file) {
  folder temp;
  const auto secret = temp.write("jwt", "0123456789abcdefghijklmnopqrstuv\n");
  const auto x = load(dev + "auth.jwt_secret_file = \"" + secret.string() + "\"\n",
                      {{"CALY__CLUSTER__SECRET_FILE", secret.string()}});
  BOOST_REQUIRE(x.ok());
  BOOST_TEST(x.values.auth.jwt_secret == "0123456789abcdefghijklmnopqrstuv");
  BOOST_TEST(x.values.cluster.secret == x.values.auth.jwt_secret);
  BOOST_TEST(x.origin("auth.jwt_secret").starts_with("file " + secret.string()));
}

BOOST_AUTO_TEST_CASE(a_value_and_its_file_at_once_are_refused) {
  folder temp;
  const auto secret = temp.write("jwt", "x");
  const auto x = load(dev + "[auth]\njwt_secret = \"a\"\njwt_secret_file = \"" +
                      secret.string() + "\"\n");
  BOOST_TEST(x.problems.size() == 1u);
}

BOOST_AUTO_TEST_CASE(secrets_are_refused_as_flags_and_never_shown_in_problems) {
  const auto x = load(dev, {}, {"--auth.jwt_secret=hunter2"});
  BOOST_REQUIRE(x.problems.size() == 1u);
  BOOST_TEST(x.problems.front().str().find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(production_refuses_weak_settings) {
  const std::string base = "database.url = \"postgresql://x\"\n";
  const auto empty = load(base);
  BOOST_CHECK(has(empty, "", "auth.jwt_secret: needs at least 32 bytes"));
  BOOST_CHECK(has(empty, "", "cluster.secret: needs at least 32 bytes"));
  const auto weak = load(base + "auth.jwt_secret = \"" + std::string(40, 'a') +
                         "\"\ncluster.secret = \"b3f1c8d27e9a4056b3f1c8d27e9a4056\"\n"
                         "net.public_url = \"http://calls.example.com\"\n"
                         "auth.argon2_memory = \"1MiB\"\n");
  BOOST_CHECK(has(weak, "caly.toml:2:19", "auth.jwt_secret: is too easy to guess"));
  BOOST_CHECK(has(weak, "caly.toml:4:18", "must begin with https://"));
  BOOST_CHECK(has(weak, "caly.toml:5:22", "at least 19MiB"));
  BOOST_TEST(weak.problems.size() == 3u);
}

BOOST_AUTO_TEST_CASE(outside_production_missing_secrets_are_filled_in_and_marked) {
  const auto x = load(dev);
  BOOST_REQUIRE(x.ok());
  BOOST_TEST(x.values.auth.jwt_secret.size() >= 32u);
  BOOST_TEST(x.origin("auth.jwt_secret") == "built-in, for development only");
}

BOOST_AUTO_TEST_CASE(settings_that_contradict_each_other_are_refused) {
  const auto x = load(dev + "[cluster]\nlease = \"2s\"\nrenew = \"2s\"\n",
                      {{"CALY__DIAL__CREATE_TIMEOUT", "40s"}});
  BOOST_CHECK(has(x,
                  "caly.toml:5:9",
                  "cluster.renew: 2s must be at most half of cluster.lease (1s)"));
  BOOST_CHECK(
      has(x, "environment CALY__DIAL__CREATE_TIMEOUT", "at most dial.settle (30s)"));
  BOOST_CHECK(has(x, "", "database.idle_in_transaction_timeout"));
  BOOST_CHECK(has(x, "", "cluster.stall_max: 3s must be at most cluster.lease (2s)"));
  BOOST_TEST(x.problems.size() == 4u);
  const auto bolna = load(dev, {{"CALY__DIAL__PROVIDER", "bolna"}});
  BOOST_CHECK(has(bolna, "", "providers.bolna.agent_id: is required"));
  const auto brain = load(dev, {{"CALY__CALL__BRAIN", "realtime"}});
  BOOST_CHECK(has(brain,
                  "environment CALY__CALL__BRAIN",
                  "call.brain: realtime needs providers.openai.api_key"));
  BOOST_TEST(load(dev, {{"CALY__CALL__BRAIN", "relay"}}).ok());
  const auto exotel = load(dev,
                           {{"CALY__DIAL__PROVIDER", "exotel"},
                            {"CALY__PROVIDERS__EXOTEL__CHUNK_BYTES", "1000B"},
                            {"CALY__PROVIDERS__EXOTEL__SAMPLE_RATE", "11025"}});
  BOOST_CHECK(has(exotel, "", "providers.exotel.account_sid: is required"));
  BOOST_CHECK(has(exotel, "", "providers.exotel.webhook_secret: is required"));
  BOOST_CHECK(has(exotel,
                  "environment CALY__PROVIDERS__EXOTEL__CHUNK_BYTES",
                  "providers.exotel.chunk_bytes: must be a multiple"));
  BOOST_CHECK(has(exotel,
                  "environment CALY__PROVIDERS__EXOTEL__SAMPLE_RATE",
                  "providers.exotel.sample_rate: must be 8000"));
  const auto telnyx = load(dev, {{"CALY__DIAL__PROVIDER", "telnyx"}});
  BOOST_CHECK(has(telnyx, "", "providers.telnyx.public_key: is required"));
  BOOST_TEST(telnyx.problems.size() == 4u);
  const auto relay = load(dev + "[providers.twilio]\nrelay_attributes = [\"voice\", "
                                "\"url=wss://x\", \"ttsProvider=Google\"]\n");
  BOOST_TEST(relay.problems.size() == 2u);
}

BOOST_AUTO_TEST_CASE(links_beyond_loopback_need_certificates_and_all_three_files) {
  const auto clear = load(dev + "cluster.basp_host = \"10.0.0.1\"\n");
  BOOST_REQUIRE(clear.problems.size() == 1u);
  BOOST_TEST(clear.problems[0].text.find("10.0.0.1 is not of the loopback interface") !=
             std::string::npos);
  const auto half = load(dev + "cluster.basp_host = \"10.0.0.1\"\n"
                               "cluster.tls_certificate = \"CMakeLists.txt\"\n"
                               "cluster.tls_key = \"/nonexistent/key.pem\"\n");
  BOOST_CHECK(has(half, "", "cluster.tls_authority: is required where another"));
  BOOST_CHECK(has(half, "caly.toml:5:19", "cluster.tls_key: cannot be read"));
  BOOST_TEST(half.problems.size() == 2u);
  const auto loopback = load(dev + "cluster.basp_host = \"127.0.1.2\"\n");
  BOOST_TEST(loopback.ok());
}

BOOST_AUTO_TEST_CASE(every_profile_of_the_repository_is_valid) {
  folder temp;
  for (const auto* name : {"dev", "demo", "test"}) {
    const auto x = load_settings({{"config/profiles/" + std::string{name} + ".toml"},
                                  {{"DATABASE_URL", "postgresql://x"}},
                                  {}});
    for (const auto& problem : x.problems)
      BOOST_ERROR(problem.str());
    BOOST_TEST(x.values.node.profile == name);
  }
  const auto secret = temp.write("secret", "b3f1c8d27e9a4056b3f1c8d27e9a4057");
  const auto x = load_settings({{"config/profiles/production.toml"}, {}, {}});
  BOOST_TEST(x.problems.size() == 9u); // Files of another machine.
  std::ifstream in{"config/profiles/production.toml"};
  std::string line, text;
  while (std::getline(in, line)) {
    const auto at = line.find("/etc/caly/secrets");
    text += (at == line.npos ? line : line.substr(0, at) + secret.string() + '"') + '\n';
  }
  const auto filled = load(text);
  for (const auto& problem : filled.problems)
    BOOST_ERROR(problem.str());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
