#include "net/providers/openai/kept_greeting.hpp"
#include "tests/unit/net/openai_realtime_fixture.hpp"

namespace caly::test {
namespace {

constexpr const char* session =
    R"({"type":"session.update","session":{"audio":{"output":{"voice":"marin"}}}})";

/// Calls of one node.
struct calls {
  std::shared_ptr<sentence_sounds> sounds = std::make_shared<sentence_sounds>(1 << 20);

  std::unique_ptr<realtime_fixture> call() {
    realtime_brain_options options;
    options.sounds = sounds;
    return std::unique_ptr<realtime_fixture>{new realtime_fixture{.options = options}};
  }

  /// A first call, whose model says `words` for the greeting `greeting`.
  void said(const std::string& greeting,
            const std::string& words,
            const std::string& status = "completed") {
    const auto first = call();
    first->begin(greeting, session);
    first->respond("r");
    first->delta("i1", "r", 50);
    first->words("i1", words);
    first->say(R"({"type":"response.done","response":{"id":"r","status":")" + status +
               R"(","output":[]}})");
  }

  bool keeps(const std::string& greeting, const std::string& update = session) {
    return !kept_greeting{sounds, realtime_brain_options{}.model, update, greeting}
                .find()
                .empty();
  }
};

BOOST_AUTO_TEST_SUITE(openai_kept_greeting)

BOOST_AUTO_TEST_CASE(a_greeting_that_was_said_before_is_heard_before_the_session_stands) {
  calls node;
  node.said("Hello, this is Asha.", "Hello, this is Asha!");
  const auto next = node.call();
  media_plan plan;
  plan.session_update = session;
  plan.greeting = "Hello, this is Asha.";
  next->brain.start(plan, next->now);
  BOOST_TEST(next->host.left_ms() == 1'000);
  next->open();
  BOOST_TEST(next->sent("response.create") == 0);
  const auto told = next->last_sent();
  BOOST_TEST(next->sent("conversation.item.create") == 1);
  next->brain.played("greeting");
  BOOST_REQUIRE(next->host.turns.size() == 1u);
  BOOST_TEST(next->host.turns[0].text == "Hello, this is Asha.");
  BOOST_TEST(next->host.turns[0].role == "agent");
}

BOOST_AUTO_TEST_CASE(one_that_was_heard_before_the_session_stood_is_part_of_its_history) {
  calls node;
  node.said("Hello.", "Hello.");
  const auto next = node.call();
  media_plan plan;
  plan.session_update = session;
  plan.greeting = "Hello.";
  next->brain.start(plan, next->now);
  next->host.out.cut(2'000);
  next->brain.played("greeting");
  next->open();
  BOOST_TEST(next->sent("conversation.item.create") == 1);
  BOOST_TEST(next->sent("response.create") == 0);
}

BOOST_AUTO_TEST_CASE(a_caller_who_breaks_in_leaves_what_was_heard) {
  calls node;
  node.said("Hello, this is Asha of Acme.", "Hello, this is Asha of Acme.");
  const auto next = node.call();
  next->begin("Hello, this is Asha of Acme.", session);
  next->host.now_ms = 500;
  next->interrupt();
  BOOST_TEST(next->sent("conversation.item.truncate") == 0); // text has no length
  BOOST_TEST(next->sent("conversation.item.delete") == 1);
  BOOST_TEST(next->sent("conversation.item.create") == 2);
  BOOST_REQUIRE(next->host.turns.size() == 1u);
  BOOST_TEST(next->host.turns[0].text.size() < 28u);
}

BOOST_AUTO_TEST_CASE(other_words_and_unfinished_ones_are_not_kept) {
  calls node;
  node.said("Hello, this is Asha.", "Hi there, Asha here.");
  BOOST_TEST(!node.keeps("Hello, this is Asha."));
  node.said("Hello, this is Asha.", "Hello, this is Asha.", "cancelled");
  BOOST_TEST(!node.keeps("Hello, this is Asha."));
  node.said("Hello, this is Asha.", "Hello this is Asha");
  BOOST_TEST(node.keeps("Hello, this is Asha."));
}

BOOST_AUTO_TEST_CASE(another_voice_says_it_anew) {
  calls node;
  node.said("Hello.", "Hello.");
  BOOST_TEST(node.keeps("Hello."));
  BOOST_TEST(!node.keeps(
      "Hello.",
      R"({"type":"session.update","session":{"audio":{"output":{"voice":"cedar"}}}})"));
}

BOOST_AUTO_TEST_CASE(a_call_that_goes_on_after_a_break_is_not_greeted_again) {
  calls node;
  node.said("Where were we?", "Where were we?");
  const auto next = node.call();
  next->resume();
  BOOST_TEST(next->host.left_ms() == 0);
}

BOOST_AUTO_TEST_CASE(words_are_compared_by_letters_and_digits) {
  BOOST_TEST(same_words("Hello, it's 5 o'clock!", "hello its 5 oclock"));
  BOOST_TEST(same_words("नमस्ते, आशा।", "नमस्ते आशा"));
  BOOST_TEST(!same_words("Hello Asha", "Hello Isha"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
