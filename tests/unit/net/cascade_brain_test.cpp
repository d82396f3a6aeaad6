#include "net/media/cascade/cascade_brain.hpp"
#include "net/media/flat_json.hpp"
#include "net/media/playout.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t sound_ms = 1000; ///< Of every sentence.

/// A call whose clock stands still until the test moves it.
struct fake_call : brain_host, playout_sink {
  playout out{*this, {1'000'000}};
  std::int64_t now_ms = 0;
  std::map<std::string, std::string> transcript; ///< "role item" to text
  std::vector<std::string> order;                ///< of the transcript
  std::vector<tool_called> tools;
  std::vector<std::string> notes, marks, ends, caller_words;

  void play(std::string_view item, std::string_view audio) override {
    out.add(item, audio, *base64_bytes(audio), now_ms);
  }

  void finish_item(std::string_view item) override { out.finish(item, now_ms); }

  std::vector<cut_audio> stop_playing() override { return out.cut(now_ms); }

  bool playing() const override { return out.busy(now_ms); }

  std::int64_t left_ms() const override { return out.left_ms(now_ms); }

  void caller_speaks() override {}

  void caller_says(std::string_view words) override { caller_words.emplace_back(words); }

  void spoken() override {}

  void heard(turn_heard turn) override {
    const auto key = turn.role + ' ' + turn.item;
    if (!transcript.contains(key))
      order.push_back(key);
    transcript[key] = turn.text;
  }

  void call_tool(tool_called tool) override { tools.push_back(std::move(tool)); }

  void ask_agent(std::int32_t, std::string) override {}

  void note(std::string kind, std::string) override { notes.push_back(std::move(kind)); }

  void end(std::string reason) override { ends.push_back(std::move(reason)); }

  void send_audio(std::int64_t, std::string_view) override {}

  void send_mark(std::string_view name) override { marks.emplace_back(name); }

  void send_clear() override {}

  std::vector<std::string> said() const {
    std::vector<std::string> out;
    for (const auto& key : order)
      out.push_back(key.substr(0, key.find(' ')) + ": " + transcript.at(key));
    return out;
  }
};

struct fake_ear : ear {
  ear_listener& told;
  int settled = 0;
  std::size_t bytes = 0;

  explicit fake_ear(ear_listener& listener) : told{listener} {}

  void hear(std::string_view codes) override { bytes += codes.size(); }

  void settle() override { ++settled; }

  void tick(time_point) override {}
};

struct fake_mind : mind {
  mind_listener& told;
  std::vector<std::uint64_t> asked, cancelled;
  thought_plan last;

  explicit fake_mind(mind_listener& listener) : told{listener} {}

  void think(std::uint64_t thought, const thought_plan& plan) override {
    asked.push_back(thought);
    last = plan;
  }

  void cancel(std::uint64_t thought) override { cancelled.push_back(thought); }

  void says(std::string_view text) { told.on_words(asked.back(), text); }

  void ends(std::vector<mind_tool_call> tools = {}) {
    told.on_thought(asked.back(), std::move(tools));
  }

  void fails(bool worth_repeating = true) {
    told.on_thought_failed(asked.back(), "broken", worth_repeating);
  }
};

struct fake_voice : voice {
  voice_listener& told;
  std::vector<std::pair<std::uint64_t, std::string>> asked;
  std::vector<std::string> languages;
  int cancels = 0;

  explicit fake_voice(voice_listener& listener) : told{listener} {}

  void speak(std::uint64_t sentence,
             std::string_view text,
             std::string_view language) override {
    asked.emplace_back(sentence, text);
    languages.emplace_back(language);
  }

  void cancel() override { ++cancels; }

  void sounds(std::size_t which) {
    told.on_speech(asked.at(which).first, std::string(sound_ms * 8, '\x20'));
  }

  void speaks(std::size_t which) {
    sounds(which);
    told.on_sentence_spoken(asked.at(which).first);
  }

  void fails(std::size_t which) {
    told.on_sentence_failed(asked.at(which).first, "broken");
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& [number, text] : asked)
      out.push_back(text);
    return out;
  }
};

struct cascade_fixture {
  fake_call call;
  boost::asio::io_context io;
  cascade_brain::time_point now{1000s};
  std::vector<fake_ear*> ears;
  std::vector<std::string> listened_for; ///< Languages of the last ear.
  std::vector<fake_mind*> minds{nullptr, nullptr};
  std::vector<fake_voice*> voices{nullptr, nullptr};
  cascade_brain brain{call, io, stages(), {}, [this] { return now; }};

  cascade_stages stages() {
    cascade_stages out;
    for (int i = 0; i < 2; ++i)
      out.ears.push_back([this](ear_listener& x, auto&, const ear_plan& plan) {
        auto made = std::make_unique<fake_ear>(x);
        ears.push_back(made.get());
        listened_for = plan.languages;
        return made;
      });
    for (std::size_t i = 0; i < 2; ++i) {
      out.minds.push_back([this, i](mind_listener& x, auto&) {
        auto made = std::make_unique<fake_mind>(x);
        minds[i] = made.get();
        return made;
      });
      out.voices.push_back([this, i](voice_listener& x, auto&) {
        auto made = std::make_unique<fake_voice>(x);
        voices[i] = made.get();
        return made;
      });
    }
    return out;
  }

  void begin(std::string greeting = "Hello, how can I help?",
             std::vector<std::string> languages = {"en"},
             language_switching switching = language_switching::follow) {
    media_plan plan;
    plan.brief.switching = switching;
    plan.greeting = std::move(greeting);
    plan.brief.instructions = "Be kind.";
    plan.brief.languages = std::move(languages);
    plan.brief.tools = {{"book", "Books it.", "{}"}};
    plan.brief.filler = "One moment.";
    plan.brief.trouble = "Say it again?";
    brain.start(plan, now);
  }

  /// The greeting was said and heard.
  void greeted() {
    begin();
    voices[0]->speaks(0);
    hear_all();
  }

  /// Everything that is on its way is heard.
  void hear_all() {
    call.now_ms += 60'000;
    now += 60s;
    for (const auto& mark : call.marks)
      call.out.echoed(mark);
    for (const auto& item : call.out.take_heard(call.now_ms))
      brain.played(item);
  }

  void frames(bool voiced, std::chrono::milliseconds time) {
    for (auto done = 0ms; done < time; done += 20ms) {
      now += 20ms;
      call.now_ms += 20;
      brain.on_frame(voiced);
    }
  }

  void wait(std::chrono::milliseconds time) {
    for (auto done = 0ms; done < time; done += 50ms) {
      now += 50ms;
      call.now_ms += 50;
      brain.tick(now);
    }
  }

  /// The caller says a whole sentence, and the pause after it.
  void caller_says(const std::string& words) {
    frames(true, 600ms);
    ears.back()->told.on_final_words(words, "en-IN");
    frames(false, 1000ms);
  }

  bool noted(const std::string& kind) const {
    return std::find(call.notes.begin(), call.notes.end(), kind) != call.notes.end();
  }

  std::vector<std::string> asked_roles(const fake_mind& of) const {
    std::vector<std::string> out;
    for (const auto& each : of.last.messages)
      out.push_back(each.role);
    return out;
  }
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(cascade, cascade_fixture)

BOOST_AUTO_TEST_CASE(greets_listens_thinks_and_answers) {
  greeted();
  caller_says("Where is my order?");
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_REQUIRE(minds[0]->asked.size() == 1u);
  minds[0]->says("It ships today. It arrives ");
  minds[0]->says("on Monday.");
  minds[0]->ends();
  BOOST_TEST(
      (voices[0]->texts() ==
       texts{"Hello, how can I help?", "It ships today.", "It arrives on Monday."}));
  voices[0]->speaks(1);
  voices[0]->speaks(2);
  hear_all();
  BOOST_TEST((call.said() == texts{"agent: Hello, how can I help?",
                                   "caller: Where is my order?",
                                   "agent: It ships today. It arrives on Monday."}));
  BOOST_TEST(noted("latency"));
}

BOOST_AUTO_TEST_CASE(figures_are_said_in_words_and_written_as_they_are) {
  greeted();
  caller_says("How much is it?");
  minds[0]->says("It is ₹1,25,000.");
  minds[0]->ends();
  BOOST_TEST(voices[0]->texts().back() == "It is one lakh twenty-five thousand rupees.");
  voices[0]->speaks(1);
  hear_all();
  BOOST_TEST(call.said().back() == "agent: It is ₹1,25,000.");
}

BOOST_AUTO_TEST_CASE(goes_over_to_the_language_of_the_caller) {
  begin("Hello.", {"en", "hi"});
  voices[0]->speaks(0);
  hear_all();
  BOOST_TEST((listened_for == texts{"en", "hi"}));
  caller_says("मेरा ऑर्डर कहाँ है?");
  minds[0]->says("आपके 2 ऑर्डर हैं।");
  minds[0]->ends();
  BOOST_TEST((voices[0]->languages == texts{"en", "hi"}));
  BOOST_TEST(voices[0]->texts().back() == "आपके दो ऑर्डर हैं।");
  BOOST_TEST(noted("language"));
  BOOST_TEST(ears.size() == 1u); // which listened for both
}

BOOST_AUTO_TEST_CASE(a_language_on_request_is_listened_for_from_the_request_on) {
  begin("Hello.", {"en", "hi"}, language_switching::on_request);
  voices[0]->speaks(0);
  hear_all();
  BOOST_TEST((listened_for == texts{"en"}));
  caller_says("I would like to book it.");
  minds[0]->ends({{"t1", "switch_language", R"({"language":"hi"})"}});
  brain.tool_answered("t1", {"{}", false, false, "", "hi"}, now);
  BOOST_TEST((listened_for == texts{"hi"}));
  BOOST_TEST(ears.size() == 2u);
  minds[0]->says("ठीक है।");
  minds[0]->ends();
  BOOST_TEST(voices[0]->languages.back() == "hi");
}

BOOST_AUTO_TEST_CASE(an_agent_that_never_switches_stays) {
  begin("Hello.", {"en", "hi"}, language_switching::never);
  voices[0]->speaks(0);
  hear_all();
  caller_says("मेरा ऑर्डर कहाँ है?");
  minds[0]->says("It ships today.");
  minds[0]->ends();
  BOOST_TEST(voices[0]->languages.back() == "en");
  BOOST_TEST(!noted("language"));
}

BOOST_AUTO_TEST_CASE(the_slot_that_is_asked_for_is_waited_for) {
  greeted();
  caller_says("Book it.");
  minds[0]->ends({{"t1", "capture_slot", "{}"}});
  brain.tool_answered("t1", {"{}", false, false, "phone", ""}, now);
  minds[0]->says("Tell me how to reach you.");
  minds[0]->ends();
  voices[0]->speaks(1);
  hear_all();
  frames(true, 600ms);
  ears.back()->told.on_final_words("nine eight", "en-IN");
  frames(false, 1'000ms);
  BOOST_TEST(minds[0]->asked.size() == 2u);
  frames(false, 1'000ms);
  BOOST_TEST(minds[0]->asked.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_first_sentence_sounds_before_the_last_is_thought) {
  greeted();
  caller_says("Tell me all.");
  minds[0]->says("First. ");
  BOOST_TEST(voices[0]->asked.size() == 2u);
  voices[0]->sounds(1);
  BOOST_TEST(call.playing());
}

BOOST_AUTO_TEST_CASE(sentences_are_played_in_order_whichever_sounds_first) {
  greeted();
  caller_says("Tell me all.");
  minds[0]->says("First. Second. ");
  voices[0]->speaks(2);
  BOOST_TEST(!call.playing());
  voices[0]->sounds(1);
  BOOST_TEST(call.left_ms() == 1000);
  voices[0]->told.on_sentence_spoken(voices[0]->asked[1].first);
  BOOST_TEST(call.left_ms() == 2000);
}

BOOST_AUTO_TEST_CASE(a_turn_ends_with_the_pause_that_its_words_ask_for) {
  greeted();
  frames(true, 400ms);
  ears[0]->told.on_final_words("I want", "");
  frames(false, 640ms);
  BOOST_TEST(minds[0] == nullptr);
  BOOST_TEST(ears[0]->settled == 1);
  frames(false, 20ms);
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.back().text == "I want");
}

BOOST_AUTO_TEST_CASE(words_that_were_never_settled_count_a_little_later) {
  greeted();
  frames(true, 400ms);
  ears[0]->told.on_partial_words("hello there");
  frames(false, 1040ms);
  BOOST_TEST(minds[0] == nullptr);
  frames(false, 20ms);
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.back().text == "hello there");
}

BOOST_AUTO_TEST_CASE(a_caller_who_goes_on_has_said_one_turn) {
  greeted();
  caller_says("I want.");
  caller_says("To cancel.");
  BOOST_TEST(minds[0]->cancelled.size() == 1u);
  BOOST_TEST(minds[0]->last.messages.back().text == "I want. To cancel.");
  BOOST_TEST(call.said().back() == "caller: I want. To cancel.");
  BOOST_TEST(call.order.size() == 2u);
}

BOOST_AUTO_TEST_CASE(digits_are_waited_for) {
  begin("What is your order number?");
  voices[0]->speaks(0);
  hear_all();
  frames(true, 400ms);
  ears[0]->told.on_final_words("nine eight", "");
  frames(false, 1700ms);
  BOOST_TEST(minds[0] == nullptr);
  frames(true, 400ms);
  ears[0]->told.on_final_words("seven six", "");
  frames(false, 1800ms);
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.back().text == "nine eight seven six");
}

BOOST_AUTO_TEST_CASE(an_interruption_keeps_what_was_heard_and_drops_the_rest) {
  greeted();
  caller_says("Tell me all.");
  minds[0]->says("One two three four. Five. ");
  voices[0]->speaks(1);
  call.now_ms += 500;
  brain.interrupted(call.out.cut(call.now_ms));
  BOOST_TEST(call.said().back() == "agent: One two");
  BOOST_TEST(minds[0]->cancelled.size() == 1u);
  BOOST_TEST(voices[0]->cancels == 1);
  voices[0]->speaks(2); // too late
  BOOST_TEST(!call.playing());
  caller_says("Stop.");
  BOOST_TEST(minds[0]->asked.size() == 2u);
  BOOST_TEST(
      (asked_roles(*minds[0]) == texts{"system", "agent", "caller", "agent", "caller"}));
}

BOOST_AUTO_TEST_CASE(a_backchannel_is_no_turn_but_a_late_yes_is) {
  greeted();
  caller_says("Tell me all.");
  minds[0]->says("A long story. Shall I book it?");
  minds[0]->ends();
  voices[0]->speaks(1);
  voices[0]->speaks(2);
  ears[0]->told.on_final_words("haan", "");
  brain.not_interrupted();
  call.now_ms += 1500;
  ears[0]->told.on_final_words("haan", "");
  brain.not_interrupted();
  hear_all();
  frames(false, 400ms);
  BOOST_REQUIRE(minds[0]->asked.size() == 2u);
  BOOST_TEST(minds[0]->last.messages.back().text == "haan");
}

BOOST_AUTO_TEST_CASE(tools_are_answered_right_after_they_were_called) {
  greeted();
  caller_says("Book it.");
  minds[0]->says("Let me see. ");
  minds[0]->ends({{"t1", "book", "{}"}, {"t2", "book", "{}"}});
  BOOST_REQUIRE(call.tools.size() == 2u);
  voices[0]->speaks(1);
  hear_all();
  brain.tool_answered("t1", {R"({"ok":true})", false}, now);
  BOOST_TEST(minds[0]->asked.size() == 1u);
  brain.tool_answered("t2", {R"({"ok":true})", false}, now);
  BOOST_TEST(minds[0]->asked.size() == 2u);
  BOOST_TEST((asked_roles(*minds[0]) == texts{"system",
                                              "agent",
                                              "caller",
                                              "agent",
                                              "tool_call",
                                              "tool_call",
                                              "tool_answer",
                                              "tool_answer"}));
}

BOOST_AUTO_TEST_CASE(ends_the_call_after_the_goodbye_was_heard) {
  greeted();
  caller_says("Bye.");
  minds[0]->says("Goodbye!");
  minds[0]->ends({{"t1", "end_call", "{}"}});
  voices[0]->speaks(1);
  brain.tool_answered("t1", {"{}", true}, now);
  wait(700ms);
  BOOST_TEST(call.ends.empty());
  hear_all();
  wait(100ms);
  BOOST_TEST((call.ends == texts{"agent_ended"}));
}

BOOST_AUTO_TEST_CASE(a_slow_model_is_overtaken_by_the_next) {
  greeted();
  caller_says("Hello."); // and is quiet for 550 ms more than the turn's end takes
  wait(300ms);
  BOOST_TEST(minds[1] == nullptr);
  wait(100ms);
  BOOST_REQUIRE(minds[1] != nullptr);
  minds[1]->says("Second here. ");
  BOOST_TEST(minds[0]->cancelled.size() == 1u);
  minds[0]->says("First here. ");
  BOOST_TEST(voices[0]->texts().back() == "Second here.");
}

BOOST_AUTO_TEST_CASE(a_filler_bridges_a_long_thought_and_is_no_turn) {
  greeted();
  caller_says("Hello.");
  wait(1300ms);
  BOOST_TEST(voices[0]->texts().back() == "One moment.");
  voices[0]->speaks(1);
  hear_all();
  BOOST_TEST(call.order.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_model_that_fails_is_replaced_at_once) {
  greeted();
  caller_says("Hello.");
  minds[0]->fails();
  BOOST_REQUIRE(minds[1] != nullptr);
  minds[1]->says("Here I am. ");
  BOOST_TEST(voices[0]->texts().back() == "Here I am.");
  BOOST_TEST(noted("thought_failed"));
}

BOOST_AUTO_TEST_CASE(when_all_models_fail_the_caller_is_asked_to_repeat_and_then_let_go) {
  greeted();
  for (int i = 0; i < 3; ++i) {
    caller_says("Hello.");
    minds[0]->fails();
    minds[1]->fails();
    if (i < 2) {
      BOOST_TEST(voices[0]->texts().back() == "Say it again?");
      voices[0]->speaks(voices[0]->asked.size() - 1);
      hear_all();
    }
  }
  BOOST_TEST((call.ends == texts{"brain_failed"}));
}

BOOST_AUTO_TEST_CASE(a_voice_that_fails_is_replaced_for_good) {
  begin();
  voices[0]->fails(0);
  BOOST_REQUIRE(voices[1] != nullptr);
  voices[1]->speaks(0);
  BOOST_TEST(call.playing());
  hear_all();
  caller_says("Hello.");
  minds[0]->says("Yes? I am here. ");
  BOOST_TEST(voices[0]->asked.size() == 1u);
  BOOST_TEST(voices[1]->asked.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_slow_voice_is_overtaken_by_the_next) {
  begin();
  wait(750ms);
  BOOST_REQUIRE(voices[1] != nullptr);
  voices[1]->sounds(0);
  voices[0]->speaks(0); // too late
  BOOST_TEST(call.left_ms() == 1000);
}

BOOST_AUTO_TEST_CASE(a_voice_that_breaks_off_leaves_half_a_sentence) {
  begin();
  voices[0]->sounds(0);
  voices[0]->fails(0);
  BOOST_TEST(voices[1] == nullptr);
  hear_all();
  BOOST_TEST(call.said().back() == "agent: Hello, how can I help?");
}

BOOST_AUTO_TEST_CASE(an_ear_that_fails_is_replaced_and_the_last_one_ends_the_call) {
  greeted();
  ears[0]->told.on_ear_failed("gone");
  BOOST_REQUIRE(ears.size() == 2u);
  caller_says("Can you hear me now?");
  BOOST_TEST(minds[0]->asked.size() == 1u);
  ears[1]->told.on_ear_failed("gone too");
  BOOST_TEST((call.ends == texts{"brain_failed"}));
}

BOOST_AUTO_TEST_CASE(keys_are_a_turn) {
  greeted();
  brain.press('4', now);
  brain.press('2', now);
  wait(2100ms);
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.back().text.starts_with(
      "(The caller pressed the keys 4 2."));
}

BOOST_AUTO_TEST_CASE(a_hushed_agent_answers_nobody_but_says_what_it_is_told) {
  begin();
  brain.hush(true);
  brain.interrupted(call.out.cut(call.now_ms));
  caller_says("Leave a message after the tone.");
  BOOST_TEST(minds[0] == nullptr);
  brain.say("Please call back.");
  BOOST_TEST(voices[0]->texts().back() == "Please call back.");
  voices[0]->speaks(1);
  BOOST_TEST(call.playing());
  hear_all();
  brain.hush(false);
  caller_says("Hello?");
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.back().text == "Hello?");
}

BOOST_AUTO_TEST_CASE(a_thought_is_dropped_when_the_agent_is_hushed) {
  greeted();
  caller_says("Please leave a message.");
  brain.hush(true);
  BOOST_TEST(minds[0]->cancelled.size() == 1u);
  minds[0]->says("Hello Ravi. ");
  BOOST_TEST(voices[0]->asked.size() == 1u); // the greeting
}

BOOST_AUTO_TEST_CASE(advice_is_known_from_the_next_thought_on) {
  greeted();
  brain.advise("It is a menu.", true);
  BOOST_REQUIRE(minds[0] != nullptr);
  BOOST_TEST(minds[0]->last.messages.front().text == "Be kind.\n\nIt is a menu.");
  brain.advise("It is late.", true); // a thought is on its way
  BOOST_TEST(minds[0]->asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_quiet_tool_is_not_talked_about) {
  greeted();
  caller_says("For sales, press one.");
  minds[0]->ends({{"t1", "book", "{}"}});
  brain.tool_answered("t1", {R"({"ok":true})", false, true}, now);
  BOOST_TEST(minds[0]->asked.size() == 1u);
  caller_says("Sales, hello?");
  BOOST_TEST(minds[0]->asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_broken_call_tells_what_was_heard_of_the_last_words) {
  greeted();
  caller_says("Tell me all.");
  minds[0]->says("One two three four. ");
  voices[0]->speaks(1);
  call.now_ms += 500;
  brain.leave(call.out.cut(call.now_ms));
  BOOST_TEST(call.said().back() == "agent: One two");
  minds[0]->says("Five. ");
  BOOST_TEST(voices[0]->asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_long_talk_is_remembered_in_bounds) {
  greeted();
  for (int i = 0; i < 100; ++i) {
    caller_says("Again.");
    minds[0]->says("Yes.");
    minds[0]->ends({{"t" + std::to_string(i), "book", "{}"}});
    voices[0]->speaks(voices[0]->asked.size() - 1);
    hear_all();
    brain.tool_answered("t" + std::to_string(i), {"{}", false}, now);
    minds[0]->says("Done.");
    minds[0]->ends();
    voices[0]->speaks(voices[0]->asked.size() - 1);
    hear_all();
  }
  BOOST_TEST(minds[0]->last.messages.size() <= 42u);
  BOOST_TEST(minds[0]->last.messages[0].role == "system");
  BOOST_TEST(minds[0]->last.messages[1].role != "tool_answer");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
