#include "net/providers/openai/thought_reader.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <utility>

namespace caly::openai {

namespace {

constexpr json_limits event_limits{1 << 20, 48, 50'000, 32, 3};
constexpr std::size_t message_bytes_max = 200;

} // namespace

std::string thought_reader::read(std::string_view data) {
  if (trim(data) == "[DONE]") {
    finish();
    return {};
  }
  return read(data, &thought_reader::read_event);
}

std::string thought_reader::read_whole(std::string_view body) {
  return read(body, &thought_reader::read_answer);
}

std::string thought_reader::read(std::string_view text,
                                 void (thought_reader::*take)(const json&)) {
  if (complete_ || problem_)
    return {};
  const auto tree = json::parse(text, event_limits);
  if (!tree || !tree->is_object())
    fail("the answer is no JSON", true);
  else if ((*tree)["error"].is_object())
    fail((*tree)["error"]);
  else
    (this->*take)(*tree);
  return std::exchange(fresh_words_, {});
}

std::vector<mind_tool_call> thought_reader::take_tools() {
  std::vector<mind_tool_call> out;
  for (auto& each : tools_) {
    if (each.call.arguments.empty())
      each.call.arguments = "{}";
    // Some servers number their calls only by place.
    if (each.call.id.empty())
      each.call.id = "call_" + each.place;
    if (!each.call.name.empty())
      out.push_back(std::move(each.call));
  }
  tools_.clear();
  return out;
}

void thought_reader::add_words(std::string_view words) {
  words_bytes_ += words.size();
  if (words_bytes_ > words_bytes_max)
    return fail("the answer is too long", false);
  fresh_words_ += words;
}

thought_reader::open_tool* thought_reader::tool_at(std::string_view place) {
  const auto found = std::ranges::find(tools_, place, &open_tool::place);
  if (found != tools_.end())
    return &*found;
  if (tools_.size() == tools_max) {
    fail("the model calls too many tools at once", false);
    return nullptr;
  }
  return &tools_.emplace_back(open_tool{std::string{place}, {}});
}

void thought_reader::add_arguments(open_tool& tool, std::string_view piece) {
  if (tool.call.arguments.size() + piece.size() > arguments_bytes_max)
    return fail("the arguments of a tool are too long", false);
  tool.call.arguments += piece;
}

void thought_reader::fail(std::string why, bool worth_repeating) {
  if (!problem_)
    problem_ = thought_problem{std::move(why), worth_repeating};
}

void thought_reader::fail(const json& error) {
  const auto code = error["code"].text_or(error["type"].text_or(""));
  const auto words = error["message"].text_or(code);
  // The status was 200, so that only the code can tell; no known one is a hiccup.
  fail(one_line(words, message_bytes_max), worth_repeating(500, code));
}

bool worth_repeating(int status, std::string_view code) {
  for (const auto* lasting : {"insufficient_quota",
                              "credit_balance_exhausted",
                              "billing_hard_limit_reached",
                              "invalid_prompt",
                              "invalid_api_key",
                              "model_not_found",
                              "context_length_exceeded",
                              "invalid_request_error"})
    if (code == lasting)
      return false;
  return status == 408 || status == 409 || status == 429 || status >= 500;
}

thought_problem read_refusal(int status, std::string_view body) {
  const auto tree = json::parse(body, event_limits);
  std::string code;
  std::string words;
  if (tree) {
    const auto& error = (*tree)["error"];
    code = error["code"].text_or(error["type"].text_or(""));
    words = error["message"].text_or(error.text_or((*tree)["detail"].text_or("")));
  }
  if (words.empty())
    words = body;
  auto why = "HTTP " + std::to_string(status);
  if (!code.empty())
    why += ' ' + code;
  if (const auto line = one_line(words, message_bytes_max); !line.empty())
    why += ": " + line;
  return {std::move(why), worth_repeating(status, code)};
}

} // namespace caly::openai
