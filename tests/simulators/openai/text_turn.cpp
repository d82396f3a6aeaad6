#include "tests/simulators/openai/text_turn.hpp"

#include "tests/simulators/openai/schema_filler.hpp"
#include "tests/simulators/openai/talk_facts.hpp"

namespace caly::sim {

namespace {

using entry_kind = text_request::entry::kind;

/// What is filled in when a request wants JSON but names no schema.
const json& default_schema() {
  static const json schema =
      *json::parse(R"({"type":"object","properties":{"sentiment":{"type":"string"},)"
                   R"("outcome":{"type":"string"},"summary":{"type":"string"},)"
                   R"("grade":{"type":"string"}}})");
  return schema;
}

std::string json_answer(const text_request& request) {
  std::string said;
  for (const auto& entry : request.talk)
    if (entry.who == entry_kind::user)
      said += entry.text + "\n";
  const auto facts = read_talk(said);
  return fill_schema(request.schema.is_object() ? request.schema : default_schema(),
                     facts);
}

agent_turn spoken_answer(const text_request& request) {
  brain model;
  model.instruct(request.instructions, request.tools);
  agent_turn turn = model.open("");
  // The script has no memory of its own, so the whole talk is replayed.
  for (const auto& entry : request.talk) {
    if (entry.who == entry_kind::user)
      turn = model.answer(entry.text);
    else if (entry.who == entry_kind::tool_output)
      turn = model.after_tool(entry.text);
  }
  return turn;
}

} // namespace

text_turn take_text_turn(const text_request& request, const answer_flaws& flaws) {
  text_turn turn;
  for (const auto& entry : request.talk)
    turn.input_tokens += static_cast<int>(entry.text.size() / 4);
  turn.input_tokens += static_cast<int>(request.instructions.size() / 4) + 8;
  if (flaws.refusal) {
    turn.refused = true;
    turn.words = "I'm sorry, but I can't help with that.";
  } else if (request.wants_json) {
    turn.words = json_answer(request);
    if (flaws.malformed)
      turn.words.resize(turn.words.size() / 2);
  } else {
    auto spoken = spoken_answer(request);
    turn.words = std::move(spoken.words);
    turn.tool = std::move(spoken.tool);
  }
  turn.output_tokens = static_cast<int>(turn.words.size() / 4) + 4;
  return turn;
}

} // namespace caly::sim
