#include "tests/simulators/openai/schema_filler.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/openai/intent.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace caly::sim {

namespace {

constexpr int depth_max = 16;

bool has_any(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return mentions(name, part);
  });
}

/// What the talk says about a property of this name.
std::string known_text(std::string_view name, const talk_facts& facts) {
  if (has_any(name, {"sentiment", "mood", "emotion"}))
    return facts.sentiment;
  if (has_any(
          name,
          {"outcome", "disposition", "result", "intent", "status", "reason", "category"}))
    return facts.outcome;
  if (has_any(name, {"summary", "note", "description", "explanation"}))
    return facts.summary;
  if (has_any(name, {"grade", "quality"}))
    return facts.grade;
  if (has_any(name, {"language"}))
    return facts.language;
  if (has_any(name, {"order"}))
    return facts.order_number;
  if (has_any(name, {"time", "date", "when", "slot", "callback", "moment", "day"}))
    return facts.moment;
  if (has_any(name, {"name"}))
    return facts.name;
  return {};
}

bool known_flag(std::string_view name, const talk_facts& facts) {
  if (has_any(name, {"not_interested"}))
    return facts.outcome == "not_interested";
  if (has_any(name, {"interested"}))
    return facts.outcome == "interested" || facts.outcome == "appointment";
  if (has_any(name, {"appointment", "booked"}))
    return facts.outcome == "appointment";
  if (has_any(name, {"callback", "later", "follow"}))
    return facts.outcome == "callback";
  if (has_any(name, {"voicemail", "machine"}))
    return facts.outcome == "voicemail";
  if (has_any(name, {"refus", "do_not_call", "opt_out", "dnc"}))
    return facts.outcome == "refusal";
  return has_any(name, {"resolved", "success", "completed"});
}

class filler {
public:
  filler(const json& root, const talk_facts& facts) : root_{root}, facts_{facts} {}

  void fill(const json& schema, std::string_view name, int depth) {
    const auto& real = resolve(schema);
    if (depth > depth_max) {
      out_.null();
      return;
    }
    if (real.has("const")) {
      out_.value(real["const"]);
      return;
    }
    if (real["enum"].is_array() && !real["enum"].items().empty())
      return choose(real, name);
    for (const auto* key : {"anyOf", "oneOf"})
      if (real[key].is_array() && !real[key].items().empty())
        return fill(first_solid(real[key].items()), name, depth + 1);
    fill_type(real, type_of(real), name, depth);
  }

  std::string text() && { return std::move(out_).str(); }

private:
  const json& resolve(const json& schema) const {
    const auto path = schema["$ref"].text_or("");
    if (!path.starts_with("#/"))
      return schema;
    const json* at = &root_;
    for (const auto part : split(path.substr(2), '/'))
      at = &(*at)[part];
    return at->is_object() ? *at : schema;
  }

  static const json& first_solid(const std::vector<json>& choices) {
    for (const auto& choice : choices)
      if (choice["type"].text_or("") != "null")
        return choice;
    return choices.front();
  }

  static std::string type_of(const json& schema) {
    const auto& type = schema["type"];
    for (const auto& one : type.items())
      if (one.text_or("") != "null")
        return std::string{one.text_or("")};
    if (type.is_string())
      return std::string{type.text_or("")};
    return schema.has("properties") ? "object" : "string";
  }

  static bool may_be_null(const json& schema) {
    const auto& types = schema["type"].items();
    return std::any_of(types.begin(), types.end(), [](const json& one) {
      return one.text_or("") == "null";
    });
  }

  void fill_type(const json& schema,
                 const std::string& type,
                 std::string_view name,
                 int depth) {
    if (type == "object")
      return fill_object(schema, depth);
    if (type == "array")
      return fill_array(schema, name, depth);
    if (type == "boolean") {
      out_.value(known_flag(name, facts_));
      return;
    }
    if (type == "number" || type == "integer")
      return fill_number(schema, name);
    const auto known = known_text(name, facts_);
    if (known.empty() && may_be_null(schema))
      out_.null();
    else
      out_.value(known);
  }

  void fill_object(const json& schema, int depth) {
    out_.begin_object();
    for (const auto& [key, property] : schema["properties"].members()) {
      out_.key(key);
      fill(property, key, depth + 1);
    }
    out_.end_object();
  }

  void fill_array(const json& schema, std::string_view name, int depth) {
    out_.begin_array();
    const auto least = schema["minItems"].int_or(0);
    const bool topics = has_any(name, {"topic", "tag", "point", "keyword"});
    if (topics && type_of(resolve(schema["items"])) == "string")
      out_.value(facts_.outcome);
    else
      for (std::int64_t i = 0; i < std::min<std::int64_t>(least, 10); ++i)
        fill(schema["items"], name, depth + 1);
    out_.end_array();
  }

  void fill_number(const json& schema, std::string_view name) {
    const auto low = schema["minimum"].as_double().value_or(0);
    const auto high = schema["maximum"].as_double().value_or(
        has_any(name, {"confidence", "probability"}) ? 1 : 100);
    const bool graded = has_any(
        name, {"score", "rating", "confidence", "probability", "grade", "interest"});
    if (!graded && may_be_null(schema)) {
      out_.null();
      return;
    }
    const auto value = graded ? low + (high - low) * facts_.score / 100 : low;
    if (type_of(schema) == "integer")
      out_.value(static_cast<std::int64_t>(value));
    else
      out_.value(value);
  }

  void choose(const json& schema, std::string_view name) {
    const auto& choices = schema["enum"].items();
    const auto wanted = known_text(name, facts_);
    for (const auto& choice : choices)
      if (!wanted.empty() && iequals(choice.text_or(""), wanted)) {
        out_.value(choice);
        return;
      }
    for (const auto& choice : choices)
      if (!wanted.empty() && (mentions(choice.text_or(""), wanted) ||
                              mentions(wanted, choice.text_or("-")))) {
        out_.value(choice);
        return;
      }
    for (const auto* neutral : {"other", "unknown", "neutral", "none"})
      for (const auto& choice : choices)
        if (iequals(choice.text_or(""), neutral)) {
          out_.value(choice);
          return;
        }
    out_.value(choices.front());
  }

  const json& root_;
  const talk_facts& facts_;
  json_writer out_;
};

} // namespace

std::string fill_schema(const json& schema, const talk_facts& facts) {
  filler one{schema, facts};
  one.fill(schema, "", 0);
  return std::move(one).text();
}

} // namespace caly::sim
