#include "tests/simulators/openai/embeddings.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/dice.hpp"
#include "tests/simulators/openai/openai_error.hpp"

#include <cctype>
#include <cmath>
#include <string>
#include <vector>

namespace caly::sim {

namespace {

constexpr std::int64_t dimensions_max = 3072;
constexpr std::size_t inputs_max = 2048;

/// Each word gives eight coordinates a push; the sum is brought to length 1.
std::vector<float> vector_of(std::string_view text, std::size_t dimensions) {
  constexpr int coordinates = 8;
  std::vector<float> vector(dimensions, 0.0F);
  std::string word;
  const auto add_word = [&] {
    if (word.empty())
      return;
    dice roll{1, word};
    for (int i = 0; i < coordinates; ++i) {
      const auto at = roll.index(dimensions);
      vector[at] += roll.chance(0.5) ? 1.0F : -1.0F;
    }
    word.clear();
  };
  for (const auto c : to_lower(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0)
      word += c;
    else
      add_word();
  }
  add_word();
  float power = 0;
  for (const auto x : vector)
    power += x * x;
  if (power == 0) {
    vector.front() = 1;
    return vector;
  }
  for (auto& x : vector)
    x /= std::sqrt(power);
  return vector;
}

void write_vector(const std::vector<float>& vector, bool as_base64, json_writer& out) {
  if (as_base64) {
    const std::string_view bytes{reinterpret_cast<const char*>(vector.data()),
                                 vector.size() * sizeof(float)};
    out.value(to_base64(bytes));
    return;
  }
  out.begin_array();
  for (const auto x : vector)
    out.value(static_cast<double>(x));
  out.end_array();
}

/// One input: a text, or tokens, each of which counts as a word.
std::string text_of(const json& input) {
  std::string text{input.text_or("")};
  for (const auto& token : input.items())
    if (token.as_int())
      text += "t" + std::to_string(*token.as_int()) + " ";
  return text;
}

std::vector<std::string> inputs_of(const json& input) {
  const auto& items = input.items();
  if (input.is_string() || (!items.empty() && items.front().as_int()))
    return {text_of(input)};
  std::vector<std::string> texts;
  for (const auto& each : items)
    texts.push_back(text_of(each));
  return texts;
}

} // namespace

http_response embed(const json& body) {
  const auto model = body["model"].text_or("");
  const auto inputs = inputs_of(body["input"]);
  const auto dimensions = body["dimensions"].int_or(
      model == "text-embedding-3-large" ? dimensions_max : 1536);
  bool good = !model.empty() && !inputs.empty() && inputs.size() <= inputs_max &&
              dimensions >= 1 && dimensions <= dimensions_max;
  for (const auto& input : inputs)
    good = good && !input.empty();
  if (!good)
    return openai_error(400,
                        "invalid_request_error",
                        "invalid_value",
                        "'model', 'input' or 'dimensions' is invalid.");
  const bool as_base64 = body["encoding_format"].text_or("") == "base64";
  std::int64_t tokens = 0;
  json_writer out;
  out.begin_object().field("object", "list").key("data").begin_array();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tokens += static_cast<std::int64_t>(inputs[i].size() / 4 + 1);
    out.begin_object()
        .field("object", "embedding")
        .field("index", static_cast<std::uint64_t>(i))
        .key("embedding");
    write_vector(
        vector_of(inputs[i], static_cast<std::size_t>(dimensions)), as_base64, out);
    out.end_object();
  }
  out.end_array().field("model", model);
  out.key("usage").begin_object();
  out.field("prompt_tokens", tokens).field("total_tokens", tokens);
  out.end_object().end_object();
  return json_response(200, std::move(out).str());
}

} // namespace caly::sim
