#include "tests/simulators/openai/talk_facts.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/openai/intent.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <vector>

namespace caly::sim {

namespace {

constexpr std::array<std::string_view, 6> caller_roles{
    "user", "caller", "customer", "callee", "contact", "human"};

/// What the caller says in a line such as `[3] caller: yes`; empty for other lines.
std::string_view callers_words(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos)
    return {};
  auto role = trim(line.substr(0, colon));
  while (!role.empty() && std::isalpha(static_cast<unsigned char>(role.back())) == 0)
    role.remove_suffix(1);
  auto first = role.size();
  while (first > 0 && std::isalpha(static_cast<unsigned char>(role[first - 1])) != 0)
    --first;
  const auto word = to_lower(role.substr(first));
  if (std::find(caller_roles.begin(), caller_roles.end(), word) == caller_roles.end())
    return {};
  return trim(line.substr(colon + 1));
}

std::vector<std::string_view> caller_lines(std::string_view transcript) {
  std::vector<std::string_view> lines;
  for (const auto line : split(transcript, '\n'))
    if (const auto words = callers_words(line); !words.empty())
      lines.push_back(words);
  if (lines.empty())
    lines.push_back(transcript);
  return lines;
}

std::string after(std::string_view text, std::string_view lead) {
  const auto at = to_lower(text).find(lead);
  if (at == std::string::npos)
    return {};
  auto rest = text.substr(at + lead.size());
  rest = rest.substr(0, rest.find_first_of(".,!?\n"));
  for (const auto tail : {" hai", " है"})
    if (rest.ends_with(tail))
      rest.remove_suffix(std::string_view{tail}.size());
  return std::string{trim(rest)};
}

bool has_day(std::string_view line) {
  return mentions(line, "tomorrow") || mentions(line, "kal ") || mentions(line, "कल");
}

void judge(talk_facts& facts, const std::set<intent>& said) {
  const auto has = [&](intent one) { return said.contains(one); };
  const auto set = [&](std::string_view outcome,
                       std::string_view sentiment,
                       std::string_view grade,
                       int score) {
    facts.outcome = outcome;
    facts.sentiment = sentiment;
    facts.grade = grade;
    facts.score = score;
  };
  if (has(intent::refusal))
    set("refusal", "negative", "D", 5);
  else if (has(intent::not_interested))
    set("not_interested", "negative", "D", 15);
  else if (has(intent::appointment))
    set("appointment", "positive", "A", 95);
  else if (has(intent::later))
    set("callback", "neutral", "B", 60);
  else if (has(intent::order_status) || has(intent::order_number))
    set("other", "neutral", "C", 50);
  else if (has(intent::interest) || has(intent::price))
    set("interested", "positive", "A", 85);
}

} // namespace

talk_facts read_talk(std::string_view transcript) {
  talk_facts facts;
  std::set<intent> said;
  bool machine = false;
  for (const auto line : caller_lines(transcript)) {
    machine = machine || mentions(line, "leave a message") || mentions(line, "voicemail");
    said.insert(intent_of(line));
    if (tongue_of(line) != tongue::english)
      facts.language = tongue_of(line) == tongue::hindi ? "hi" : "hinglish";
    if (const auto digits = spoken_digits(line); !digits.empty())
      facts.order_number = digits;
    for (const auto lead : {"my name is ", "mera naam ", "मेरा नाम "})
      if (auto name = after(line, lead); !name.empty())
        facts.name = std::move(name);
    const auto meaning = intent_of(line);
    if (meaning == intent::moment || (meaning == intent::later && has_day(line)))
      facts.moment = line.size() <= 80 ? std::string{line} : std::string{};
  }
  if (machine)
    facts.outcome = "voicemail";
  else
    judge(facts, said);
  facts.summary = "The caller was reached; outcome: " + facts.outcome + ".";
  if (!facts.moment.empty())
    facts.summary += " Asked for: " + facts.moment;
  return facts;
}

} // namespace caly::sim
