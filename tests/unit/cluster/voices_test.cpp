#include "cluster/node/voices.hpp"
#include "config/sector_pack.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

settings with_key(const std::string& brain = "auto") {
  settings chosen;
  chosen.providers.openai.api_key = "sk-1";
  chosen.call.brain = brain;
  return chosen;
}

call_sheet sheet_of(const std::string& slug, const std::string& variables = "{}") {
  static const auto loaded = load_sector_packs("config/sectors");
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.variables = variables;
  for (const auto& pack : loaded.packs)
    for (const auto& agent : pack.agents)
      if (agent.slug == slug)
        sheet.profile = agent.profile;
  return sheet;
}

BOOST_AUTO_TEST_SUITE(voices_suite)

BOOST_AUTO_TEST_CASE(a_node_without_a_key_lets_the_carrier_speak) {
  const auto voices = voices_of({});
  BOOST_TEST((voices.usual == brain_kind::gather));
  BOOST_TEST(!voices.agents.contains(brain_kind::realtime));
  BOOST_TEST(voices.agents.contains(brain_kind::gather));
}

BOOST_AUTO_TEST_CASE(a_key_for_the_speech_model_makes_it_the_usual_brain) {
  BOOST_TEST((voices_of(with_key()).usual == brain_kind::realtime));
  BOOST_TEST(voices_of(with_key()).agents.contains(brain_kind::realtime));
  BOOST_TEST((voices_of(with_key("gather")).usual == brain_kind::gather));
}

BOOST_AUTO_TEST_CASE(an_agent_names_its_brain_and_the_language_to_begin_in) {
  const auto voices = voices_of({});
  auto sheet = sheet_of("retail.order_status", R"({"language":"hinglish"})");
  auto wish = voices.wish_of(sheet);
  BOOST_REQUIRE(wish.has_value());
  BOOST_TEST(!wish->brain);
  BOOST_TEST(wish->language == "hinglish");
  sheet.profile.insert(1, R"("brain":"relay",)");
  BOOST_TEST((voices.wish_of(sheet)->brain == brain_kind::relay));
  sheet.profile = "{";
  BOOST_TEST(!voices.wish_of(sheet));
}

BOOST_AUTO_TEST_CASE(every_brain_of_a_node_can_make_its_agents) {
  for (const auto& [brain, make] : voices_of(with_key()).agents)
    BOOST_TEST((make(sheet_of("retail.order_status")) != nullptr), to_string(brain));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
