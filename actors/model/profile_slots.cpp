#include "actors/model/profile_parts.hpp"
#include "actors/model/speech/value_speech.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t name_bytes_max = 40;
constexpr std::size_t choices_max = 50;
constexpr std::size_t choice_bytes_max = 500;
constexpr std::size_t prompt_bytes_max = 1000;
constexpr int asks_max = 5;

const std::vector<std::string_view> kinds{"phone",
                                          "email",
                                          "name",
                                          "pin_code",
                                          "date",
                                          "number",
                                          "amount",
                                          "choice",
                                          "text",
                                          "time",
                                          "code",
                                          "yes_no"};

bool is_slot_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && name.front() >= 'a' &&
         name.front() <= 'z' && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

/// What is heard wrong easily is read back unless the agent's author says otherwise.
bool is_delicate(std::string_view type) {
  return type != "choice" && type != "text" && type != "time" && type != "yes_no";
}

/// `today`, `today+30`, `today-5` or a date.
bool is_day(std::string_view text) {
  if (!text.starts_with("today"))
    return parse_iso_date(text).has_value();
  const auto rest = text.substr(5);
  return rest.empty() ||
         ((rest.front() == '+' || rest.front() == '-') && rest.size() >= 2 &&
          rest.size() <= 6 && std::ranges::all_of(rest.substr(1), [](char c) {
            return c >= '0' && c <= '9';
          }));
}

by_language usual_prompt(std::string_view name) {
  std::string words{name};
  std::ranges::replace(words, '_', ' ');
  return {{"en", "Could you tell me your " + words + ", please?"},
          {"hi", "कृपया अपना " + words + " बताइए।"},
          {"hinglish", "Apna " + words + " bata dijiye please."}};
}

void read_bounds(profile_reader& in, const json& x, agent_slot& out) {
  out.required = in.flag(x, "required", false);
  out.read_back = in.flag(x, "read_back", is_delicate(out.type));
  out.asks_max = static_cast<int>(in.integer(x, "asks_max", 3, 1, asks_max));
  out.min = in.number(x, "min");
  out.max = in.number(x, "max");
  const bool takes_bounds = out.type == "number" || out.type == "amount" ||
                            out.type == "text" || out.type == "name" ||
                            out.type == "code";
  if ((out.min || out.max) && !takes_bounds)
    in.fail("min", "and max go with number, amount, text, name and code only");
  if (out.min && out.max && *out.min > *out.max)
    in.fail("min", "is greater than max");
  out.earliest = in.text(x, "earliest");
  out.latest = in.text(x, "latest");
  for (const auto* key : {"earliest", "latest"})
    if (const auto day = x[key].text_or(""); !day.empty() && out.type != "date")
      in.fail(key, "goes with the kind date only");
    else if (!day.empty() && !is_day(day))
      in.fail(key, "must be a date like 2026-11-21, or today, today+30, today-5");
  if (!out.earliest.empty() && !out.latest.empty() && out.earliest > out.latest &&
      !out.earliest.starts_with("today") && !out.latest.starts_with("today"))
    in.fail("earliest", "is after latest");
}

void write_texts(json_writer& out, std::string_view key, const by_language& texts) {
  out.key(key).begin_object();
  for (const auto& [language, text] : texts)
    out.field(language, text);
  out.end_object();
}

void begin_tool_schema(json_writer& out, const agent_profile& profile) {
  out.begin_object().field("type", "object").key("properties").begin_object();
  out.key("name").begin_object().field("type", "string").key("enum").begin_array();
  for (const auto& slot : profile.slots)
    if (slot.captured)
      out.value(slot.name);
  out.end_array().end_object();
}

std::string end_tool_schema(json_writer& out, std::string_view other) {
  out.end_object().key("required").begin_array().value("name").value(other);
  out.end_array().field("additionalProperties", false).end_object();
  return std::move(out).str();
}

} // namespace

agent_slot read_slot(profile_reader& in, const json& x) {
  agent_slot out;
  out.name = in.required(x, "name");
  if (!out.name.empty() && !is_slot_name(out.name))
    in.fail("name", "must be up to 40 small letters, digits and _, a letter first");
  out.captured = !x["kind"].is_null();
  const auto* key = out.captured ? "kind" : "type";
  auto known = kinds;
  known.emplace_back("pin"); // as agents' files call it
  out.type = in.one_of(x, key, known, "text");
  if (out.type == "pin_code")
    out.type = "pin";
  out.prompt = in.languages(x, "prompt");
  for (const auto& [language, text] : out.prompt)
    if (text.empty() || text.size() > prompt_bytes_max)
      in.fail("prompt", "must have 1 to 1000 bytes in " + language);
  if (out.prompt.empty())
    out.prompt = usual_prompt(out.name);
  out.choices = in.texts(x, "choices");
  if ((out.type == "choice") != !out.choices.empty())
    in.fail("choices", "go with the kind choice, and only with it");
  if (out.choices.size() > choices_max ||
      std::ranges::any_of(out.choices, [](const auto& each) {
        return each.empty() || each.size() > choice_bytes_max;
      }))
    in.fail("choices", "may be 50 texts of 1 to 500 bytes");
  if (out.captured)
    read_bounds(in, x, out);
  else
    for (const auto* only : {"required", "read_back", "asks_max", "min", "max"})
      if (!x[only].is_null())
        in.fail(only, "goes with kind, not with type");
  return out;
}

void write(json_writer& out, const agent_slot& x) {
  out.begin_object().field("name", x.name);
  out.field(x.captured ? "kind" : "type",
            x.captured && x.type == "pin" ? std::string{"pin_code"} : x.type);
  write_texts(out, "prompt", x.prompt);
  out.key("choices").begin_array();
  for (const auto& choice : x.choices)
    out.value(choice);
  out.end_array();
  if (x.captured) {
    out.field("required", x.required).field("read_back", x.read_back);
    out.field("asks_max", x.asks_max);
    if (x.min)
      out.field("min", *x.min);
    if (x.max)
      out.field("max", *x.max);
    if (!x.earliest.empty())
      out.field("earliest", x.earliest);
    if (!x.latest.empty())
      out.field("latest", x.latest);
  }
  out.end_object();
}

void add_slot_tools(agent_profile& out) {
  std::erase_if(out.tools, [](const auto& x) {
    return x.name == capture_tool_name || x.name == confirm_tool_name;
  });
  if (!out.captures_slots())
    return;
  json_writer capture;
  begin_tool_schema(capture, out);
  capture.key("value").begin_object().field("type", "string");
  capture.field("description",
                "What the caller said, in their own words and in full; for a correction "
                "the whole value anew");
  capture.end_object();
  out.tools.push_back({std::string{capture_tool_name},
                       "Checks and keeps what the caller told for a slot. Call it each "
                       "time that the caller tells or corrects one, before you say "
                       "anything. Then say what the answer's `say` or `problem` tells "
                       "you to say.",
                       "R1",
                       "capture",
                       "",
                       end_tool_schema(capture, "value")});
  json_writer confirm;
  begin_tool_schema(confirm, out);
  confirm.key("right").begin_object().field("type", "boolean");
  confirm.field("description",
                "Whether the caller said that what you read back is right");
  confirm.end_object();
  out.tools.push_back({std::string{confirm_tool_name},
                       "Tells whether the caller found right what you read back for a "
                       "slot.",
                       "R1",
                       "confirm",
                       "",
                       end_tool_schema(confirm, "right")});
}

} // namespace caly
