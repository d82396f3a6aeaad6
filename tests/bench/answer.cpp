// Who picked up: greetings by espeak-ng, over a noisy telephone line, through the
// detectors that live calls have. `bench_answer [COUNT] [SEED]`; prints accuracy and time
// by class.
//
// Words come as a service's partial results do: 700 ms after they were said, five of a
// hundred misheard. The time of a verdict runs from the first sound of the greeting to
// the moment from which on the right one stands.

#include "net/media/answer/answer_course.hpp"
#include "net/media/turns/voice_activity.hpp"
#include "tests/bench/greetings.hpp"
#include "tests/bench/spoken.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <numbers>
#include <sstream>

namespace caly::bench {

namespace {

constexpr int words_late_ms = 700;
constexpr int misheard_percent = 5;
constexpr int partial_every_ms = 200;
constexpr int heard_after_ms = 4'000; ///< The line stays open so long after the greeting.

/// A word, and when its last sound was said.
struct said_word {
  std::string text;
  int end_ms = 0;
};

struct line_audio {
  pcm_samples samples;
  std::vector<said_word> words;

  int ms() const { return static_cast<int>(samples.size() / (line_hz / 1000)); }

  void pause(int pause_ms) {
    samples.resize(samples.size() + static_cast<std::size_t>(pause_ms) * line_hz / 1000);
  }

  /// Words share the time of their sentence by their letters.
  void say(const greeting& like, const greeting_part& part) {
    const auto begin_ms = ms();
    for (const auto sample : speak(like, part.text))
      samples.push_back(static_cast<std::int16_t>(sample * like.loudness));
    std::istringstream all{part.text};
    std::size_t letters = 0;
    for (std::string word; all >> word;) {
      letters += word.size() + 1;
      const auto share =
          static_cast<double>(letters) / static_cast<double>(part.text.size() + 1);
      words.push_back({word, begin_ms + static_cast<int>(share * (ms() - begin_ms))});
    }
    pause(part.pause_ms);
  }

  void beep(double hz, int beep_ms) {
    for (int i = 0; i < beep_ms * static_cast<int>(line_hz) / 1000; ++i)
      samples.push_back(static_cast<std::int16_t>(
          6'000 * std::sin(2 * std::numbers::pi * hz * i / line_hz)));
  }
};

line_audio render(const greeting& what, std::mt19937& random) {
  line_audio out;
  out.pause(what.lift_ms);
  for (int again = what.repeats ? 2 : 1; again > 0; --again)
    for (const auto& part : what.parts)
      out.say(what, part);
  if (what.beep_hz > 0)
    out.beep(what.beep_hz, what.beep_ms);
  out.pause(heard_after_ms);
  std::normal_distribution<double> hiss{0, std::max(what.noise, 1.0)};
  for (auto& sample : out.samples)
    sample =
        static_cast<std::int16_t>(std::clamp(sample + hiss(random), -32'000.0, 32'000.0));
  for (auto& word : out.words)
    if (static_cast<int>(random() % 100) < misheard_percent)
      word.text = "the";
  return out;
}

/// Only listens; what it is told is the verdict.
struct listener : answer_host {
  answered last;
  int stands_since_ms = -1;
  int now_ms = 0;

  void tell_answered(const answered& verdict) override {
    if (verdict.who != last.who || stands_since_ms < 0)
      stands_since_ms = now_ms;
    last = verdict;
  }

  void stop_agent() override {}

  void hush_agent(bool) override {}

  void agent_says(const std::string&) override {}

  void advise_agent(const std::string&, bool) override {}

  void leave_line(const std::string&) override {}
};

std::string words_by(const std::vector<said_word>& words, int ms) {
  std::string out;
  for (const auto& each : words)
    if (each.end_ms + words_late_ms <= ms)
      out += (out.empty() ? "" : " ") + each.text;
  return out;
}

listener hear(const line_audio& line) {
  listener told;
  answer_plan only_listens;
  only_listens.listens = true;
  answer_course course{told, only_listens};
  voice_activity activity;
  const auto codes = encode_mulaw(line.samples);
  constexpr std::size_t frame = 160;
  for (std::size_t at = 0; at + frame <= codes.size() && !course.done(); at += frame) {
    told.now_ms += 20;
    const auto heard = std::string_view{codes}.substr(at, frame);
    course.hear(heard);
    activity.feed(heard, [&](line_sound sound, int) {
      course.frame(sound == line_sound::voice && !course.tone(), false);
    });
    if (told.now_ms % partial_every_ms == 0)
      if (const auto words = words_by(line.words, told.now_ms); !words.empty())
        course.words(words);
  }
  return told;
}

struct tally {
  int all = 0;
  int right = 0;
  std::vector<int> times_ms;

  int at(double share) {
    std::sort(times_ms.begin(), times_ms.end());
    return times_ms.empty() ? 0
                            : times_ms[static_cast<std::size_t>(
                                  share * static_cast<double>(times_ms.size() - 1))];
  }

  void show(const std::string& name) {
    std::printf("%-13s %4d  %5.1f %%  %5d  %5d\n",
                name.c_str(),
                all,
                100.0 * right / std::max(all, 1),
                at(0.5),
                at(0.95));
  }
};

int measure(int count, unsigned seed) {
  greeting_maker maker{seed};
  std::mt19937 random{seed};
  std::map<answerer, tally> by_class;
  tally total;
  double cpu_ms = 0;
  double heard_s = 0;
  for (int i = 0; i < count; ++i) {
    const auto what = maker.next();
    const auto line = render(what, random);
    const auto before = std::clock();
    const auto told = hear(line);
    cpu_ms += 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    heard_s += told.now_ms / 1000.0;
    const bool right = told.last.who == what.who;
    for (auto* each : {&total, &by_class[what.who]}) {
      ++each->all;
      each->right += right ? 1 : 0;
      if (right)
        each->times_ms.push_back(told.stands_since_ms - what.lift_ms);
    }
    if (!right)
      std::printf("wrong: %s taken for %s by %s: %s\n",
                  to_string(what.who).c_str(),
                  to_string(told.last.who).c_str(),
                  told.last.by.c_str(),
                  what.parts.front().text.c_str());
  }
  std::printf("%-13s %4s  %7s  %5s  %5s   (ms from the first sound; seed %u)\n",
              "who",
              "n",
              "right",
              "p50",
              "p95",
              seed);
  for (auto& [who, each] : by_class)
    each.show(to_string(who));
  total.show("all");
  std::printf("%.3f ms of CPU for each second that is listened to\n", cpu_ms / heard_s);
  return total.right * 100 >= total.all * 97 && total.at(0.5) <= 1'500 ? 0 : 1;
}

} // namespace

} // namespace caly::bench

int main(int argc, char** argv) {
  const auto count = argc > 1 ? std::atoi(argv[1]) : 400;
  const auto seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 7U;
  if (count < 1) {
    std::fputs("usage: bench_answer [COUNT] [SEED]\n", stderr);
    return 2;
  }
  return caly::bench::measure(count, seed);
}
