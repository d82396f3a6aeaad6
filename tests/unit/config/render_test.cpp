#include "config/render.hpp"
#include "config/schema.hpp"
#include "config/units.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <set>

namespace caly::test {
namespace {

BOOST_AUTO_TEST_SUITE(config_render_suite)

BOOST_AUTO_TEST_CASE(durations_and_sizes_read_what_they_wrote_and_need_a_unit) {
  for (const auto* text : {"1ms", "1500ms", "5s", "10min", "12h", "30d", "0ms"})
    BOOST_TEST(format_duration(parse_duration(text).value()) == text);
  for (const auto* text : {"1B", "64KiB", "20MiB", "1GiB"})
    BOOST_TEST(format_bytes(parse_bytes(text).value()) == text);
  for (const auto* text :
       {"", "5", "s", "-5s", "5 s", "5sec", "1.5s", "99999999999999999d"})
    BOOST_CHECK(!parse_duration(text));
  for (const auto* text : {"", "5", "MiB", "5mb", "99999999999999999GiB"})
    BOOST_CHECK(!parse_bytes(text));
}

BOOST_AUTO_TEST_CASE(a_word_far_from_all_names_gets_no_hint) {
  BOOST_TEST(nearest("net.prot", {"net.port", "net.host"}).value() == "net.port");
  BOOST_TEST(nearest("dial.port", {"net.port", "dial.fuse"}).value() == "net.port");
  BOOST_CHECK(!nearest("elephant", {"net.port", "net.host"}));
}

BOOST_AUTO_TEST_CASE(every_default_lies_in_its_range_and_reads_back_as_written) {
  settings defaults;
  std::set<std::string> names;
  for (const auto& x : settings_schema()) {
    BOOST_TEST_CONTEXT(x.name) {
      BOOST_CHECK(names.insert(x.name).second);
      BOOST_TEST(!x.doc.empty());
      auto text = x.literal(defaults);
      if (text.front() == '"')
        text = text.substr(1, text.size() - 2);
      if (x.kind == option_kind::list)
        text.clear();
      const auto problem = assign_text(x, text, defaults);
      BOOST_TEST(problem.value_or("") == "");
    }
  }
  BOOST_TEST(names.size() > 150u);
}

BOOST_AUTO_TEST_CASE(the_sample_file_with_all_comments_removed_is_valid) {
  auto text = sample_settings();
  std::string active;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = text.find('\n', begin);
    auto line = text.substr(begin, end - begin);
    if (line.starts_with("# ") && line.find(" = ") != line.npos)
      line = line.substr(2);
    active += line + '\n';
    begin = end + 1;
  }
  char name[] = "/tmp/caly_sample_XXXXXX";
  const auto handle = ::mkstemp(name);
  BOOST_REQUIRE(handle >= 0);
  std::ofstream{name} << active;
  const auto x = load_settings(
      {{name}, {{"DATABASE_URL", "postgresql://x"}, {"CALY__NODE__PROFILE", "dev"}}, {}});
  std::remove(name);
  for (const auto& problem : x.problems)
    BOOST_ERROR(problem.str());
  BOOST_TEST(x.origin("net.port") != "built-in");
}

BOOST_AUTO_TEST_CASE(printing_masks_secrets_and_names_origins) {
  const auto x = load_settings({{},
                                {{"DATABASE_URL", "postgresql://caly:hunter2@db/caly"},
                                 {"CALY__NODE__PROFILE", "dev"},
                                 {"OPENAI_API_KEY", "sk-hunter2"},
                                 {"PORT", "9001"}},
                                {}});
  BOOST_REQUIRE(x.ok());
  const auto text = print_settings(x);
  BOOST_TEST(text.find("hunter2") == std::string::npos);
  BOOST_TEST(text.find("url = \"***\"") != std::string::npos);
  const auto port = text.find("port = 9001");
  BOOST_REQUIRE(port != std::string::npos);
  BOOST_TEST(text.substr(port, text.find('\n', port) - port).find("# environment PORT") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_names_every_setting_and_its_environment_name) {
  const auto text = settings_help();
  for (const auto& x : settings_schema())
    BOOST_TEST(text.find(x.environment_name()) != std::string::npos);
  BOOST_TEST(text.find("CALY__PROVIDERS__TWILIO__BASE_URL") != std::string::npos);
  BOOST_TEST(text.find("CALY__NET__PUBLIC_URL") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
