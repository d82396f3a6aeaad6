#include "cluster/node/own_speech.hpp"
#include "cluster/node/voices.hpp"
#include "config/sector_pack.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

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
  BOOST_TEST(voices.agents.contains(brain_kind::relay));
}

BOOST_AUTO_TEST_CASE(a_key_for_the_speech_model_makes_it_the_usual_brain) {
  BOOST_TEST((voices_of(with_key()).usual == brain_kind::realtime));
  BOOST_TEST(voices_of(with_key()).agents.contains(brain_kind::realtime));
  BOOST_TEST((voices_of(with_key("gather")).usual == brain_kind::gather));
}

/// The program that was built beside this test.
settings with_own_speech(settings chosen = {}) {
  chosen.speech.program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "bin/caly_speech";
  return chosen;
}

BOOST_AUTO_TEST_CASE(our_own_speech_is_a_brain_where_its_program_and_model_are) {
  const auto voices = voices_of(with_own_speech());
  BOOST_TEST((voices.usual == brain_kind::gather));
  BOOST_REQUIRE(voices.agents.contains(brain_kind::embedded));
  const auto agent =
      voices.agents.at(brain_kind::embedded)(sheet_of("retail.order_status"));
  const auto plan = agent->plan({}, {});
  BOOST_TEST(plan.idle_s == 20);
  BOOST_TEST(plan.brief.grammar.find("order") != std::string::npos);
  BOOST_TEST(!plan.brief.trouble.empty());
  auto elsewhere = with_own_speech();
  elsewhere.speech.model = "/nonexistent";
  BOOST_TEST(!voices_of(elsewhere).agents.contains(brain_kind::embedded));
  elsewhere.speech.program = "/nonexistent";
  BOOST_TEST(!own_speech(elsewhere));
}

BOOST_AUTO_TEST_CASE(sockets_get_the_embedded_brain_only_with_wide_audio_and_no_account) {
  BOOST_TEST((brain_of_sockets(with_own_speech(), true) == brain_kind::embedded));
  BOOST_TEST((brain_of_sockets(with_own_speech(), false) == brain_kind::realtime));
  BOOST_TEST(
      (brain_of_sockets(with_own_speech(with_key()), true) == brain_kind::realtime));
  BOOST_TEST((brain_of_sockets(with_own_speech(with_key("embedded")), true) ==
              brain_kind::embedded));
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

BOOST_AUTO_TEST_CASE(the_same_voices_are_made_again_from_their_recipe) {
  auto chosen = with_key();
  chosen.call.on_voicemail = "message";
  const auto first = voices_of(chosen);
  BOOST_TEST(first.recipe.find("sk-1") == std::string::npos);
  const auto again = voices_again(*json::parse(first.recipe));
  BOOST_REQUIRE(again);
  BOOST_TEST(again->recipe == first.recipe);
  BOOST_TEST((again->usual == first.usual));
  const auto sheet = sheet_of("retail.order_status");
  for (const auto& [brain, make] : first.agents) {
    BOOST_REQUIRE(again->agents.contains(brain));
    BOOST_TEST(make(sheet)->plan({}, {}).greeting ==
               again->agents.at(brain)(sheet)->plan({}, {}).greeting);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_recipe_is_refused) {
  for (const auto* text :
       {"{}", R"({"usual":"nobody"})", R"({"usual":"relay","able":[7]})"})
    BOOST_TEST(!voices_again(*json::parse(text)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
