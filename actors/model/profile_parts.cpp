#include "actors/model/profile_parts.hpp"

#include "actors/model/phone_number.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace caly {

namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t rule_bytes_max = 1000;
constexpr std::size_t parts_max = 100;
constexpr std::array<std::string_view, 3> known_languages{"en", "hi", "hinglish"};

const std::vector<std::string_view> effects{
    "end_call", "record", "lookup", "press_keys", "pause_recording", "resume_recording"};

bool is_destination(std::string_view text) {
  if (text.starts_with("sip:"))
    return text.size() > 6 && text.size() <= 255 &&
           text.find_first_of(" <>\"") == std::string_view::npos;
  return phone_number::parse(text).has_value();
}

/// As models take it.
bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_own_tool(std::string_view name) {
  return name == transfer_tool_name || name == capture_tool_name ||
         name == confirm_tool_name || name == language_tool_name;
}

/// Stricter than reading: what people write now must be right, what is stored must run.
void check_tool(profile_reader& in, const json& x) {
  in.refuse_others(x, {"name", "description", "risk", "effect", "action", "parameters"});
  const auto tool = read_tool(in, x);
  if (!tool.name.empty() && !is_tool_name(tool.name))
    in.fail("name", "must be up to 64 letters, digits, _ and -");
  if (is_own_tool(tool.name))
    in.fail("name", "is a tool that agents have by themselves");
  in.one_of(x, "risk", {"R0", "R1", "R2"}, "R0");
  if (!tool.effect.empty())
    in.one_of(x, "effect", effects, "record");
  if (tool.effect == "record" && tool.action.empty())
    in.fail("action", "is required: it names what is recorded");
  const auto& schema = x["parameters"];
  if (schema.is_null())
    return;
  if (!schema.is_object() || schema["type"].text_or("") != "object" ||
      (!schema["properties"].is_null() && !schema["properties"].is_object()))
    return in.fail("parameters",
                   R"(must be a JSON schema {"type":"object","properties":{…}})");
  for (const auto& [name, rule] : schema["properties"].members()) {
    const auto type = rule["type"].text_or("");
    if (type != "string" && type != "number" && type != "integer" && type != "boolean")
      in.fail("parameters." + name.substr(0, name_bytes_max) + ".type",
              "is none of string, number, integer, boolean");
  }
}

void check_field(profile_reader& in, const json& x) {
  if (x.is_string())
    return;
  in.refuse_others(x, {"name", "type", "description", "choices", "slot"});
  const auto field = read_field(in, x);
  in.one_of(x, "type", {"text", "number", "boolean", "choice"}, "text");
  if ((field.type == "choice") != !field.choices.empty())
    in.fail("choices", "go with the type choice, and only with it");
}

void check_transfer(profile_reader& in, const json& x) {
  in.refuse_others(x, {"name", "destination", "mode", "when"});
  read_transfer(in, x);
}

void check_slot(profile_reader& in, const json& x) {
  in.refuse_others(x,
                   {"name",
                    "kind",
                    "type",
                    "prompt",
                    "choices",
                    "required",
                    "read_back",
                    "asks_max",
                    "min",
                    "max",
                    "earliest",
                    "latest"});
  read_slot(in, x);
}

/// Two of one name would hide each other.
void refuse_twins(profile_reader& in, const json& list, std::string_view what) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const auto& item = list.items()[i];
    const std::string name{item.is_string() ? *item.as_string()
                                            : item["name"].text_or("")};
    if (name.empty() || names.insert(name).second)
      continue;
    in.enter(what, i);
    in.fail("name", "is there twice");
    in.leave();
  }
}

void check_texts(profile_reader& in, const json& changes, const char* key) {
  for (const auto& text : in.texts(changes, key))
    if (text.empty() || text.size() > rule_bytes_max)
      in.fail(key, "must hold texts of 1 to 1000 bytes");
}

void check_languages(profile_reader& in, const json& changes) {
  const auto& policy = changes["language_policy"];
  const auto known = [](std::string_view x) {
    return std::ranges::find(known_languages, x) != known_languages.end();
  };
  std::set<std::string> seen;
  const auto languages = in.texts(changes, "languages");
  for (const auto& each : languages)
    if (!known(each))
      in.fail("languages", "may be en, hi and hinglish");
    else if (!seen.insert(each).second)
      in.fail("languages", "names " + each + " twice");
  if (changes["languages"].is_array() && languages.empty())
    in.fail("languages", "must name one of en, hi, hinglish");
  if (policy.is_null())
    return;
  if (!policy.is_object())
    return in.fail("language_policy", "must be an object");
  in.refuse_others(policy, {"begin", "switch"});
  const auto begin = in.text(policy, "begin");
  if (!begin.empty() && (!known(begin) || (!languages.empty() && !seen.contains(begin))))
    in.fail("begin", "must be one of the agent's languages");
  in.one_of(policy, "switch", {"follow", "on_request", "never"}, "follow");
}

} // namespace

agent_transfer read_transfer(profile_reader& in, const json& x) {
  agent_transfer out{in.required(x, "name"),
                     in.required(x, "destination"),
                     in.text(x, "mode", "warm"),
                     in.text(x, "when")};
  if (!is_destination(out.destination))
    in.fail("destination", "must be a phone number like +919812345678 or a sip: address");
  const bool is_sip = out.destination.starts_with("sip:");
  if (out.mode != "warm" && out.mode != "blind" && out.mode != "refer")
    in.fail("mode", "is none of warm, blind, refer");
  else if (out.mode == (is_sip ? "warm" : "refer"))
    in.fail("mode", "a sip: address takes blind or refer, a number warm or blind");
  return out;
}

agent_tool read_tool(profile_reader& in, const json& x) {
  return {in.required(x, "name"),
          in.text(x, "description"),
          in.text(x, "risk", "R0"),
          in.required(x, "effect"),
          in.text(x, "action"),
          x["parameters"].is_object() ? x["parameters"].dump()
                                      : R"({"type":"object","properties":{}})"};
}

extraction_field read_field(profile_reader& in, const json& x) {
  // A bare name is a text field.
  if (const auto name = x.as_string())
    return {std::string{*name}, "text", "", {}, ""};
  return {in.required(x, "name"),
          in.text(x, "type", "text"),
          in.text(x, "description"),
          in.texts(x, "choices"),
          in.text(x, "slot")};
}

void read_languages(profile_reader& in, const json& root, agent_profile& out) {
  out.languages = in.texts(root, "languages");
  if (out.languages.empty())
    out.languages = {"en"};
  const auto& policy = root["language_policy"];
  const auto begin =
      std::ranges::find(out.languages, policy["begin"].text_or("").substr(0, 16));
  if (begin != out.languages.end())
    std::rotate(out.languages.begin(), begin, begin + 1);
  out.switching = parse_language_switching(policy["switch"].text_or("follow"))
                      .value_or(language_switching::follow);
}

void write_language_policy(json_writer& out, const agent_profile& x) {
  out.key("language_policy").begin_object();
  out.field("switch", to_string(x.switching)).end_object();
}

void add_language_tool(agent_profile& out) {
  std::erase_if(out.tools, [](const auto& x) { return x.name == language_tool_name; });
  if (out.languages.size() < 2 || out.switching == language_switching::never)
    return;
  json_writer schema;
  schema.begin_object().field("type", "object").key("properties").begin_object();
  schema.key("language").begin_object().field("type", "string");
  schema.key("enum").begin_array();
  for (const auto& each : out.languages)
    schema.value(each);
  schema.end_array().end_object().end_object();
  schema.key("required").begin_array().value("language").end_array();
  schema.field("additionalProperties", false).end_object();
  out.tools.push_back({std::string{language_tool_name},
                       "Goes over to another language when the caller asks for it. Speak "
                       "it from then on.",
                       "R0",
                       "language",
                       "",
                       std::move(schema).str()});
}

std::vector<profile_problem> problems_of_changes(const json& changes) {
  std::vector<profile_problem> out;
  const auto note = [&](const char* field, const profile_reader& in) {
    if (!in.problems().empty())
      out.push_back({field, in.problems()});
  };
  const auto check_list = [&](const char* field,
                              void (*check)(profile_reader&, const json&)) {
    profile_reader in;
    const auto& items = in.list(changes, field);
    for (std::size_t i = 0; i < items.size(); ++i) {
      in.enter(field, i);
      check(in, items[i]);
    }
    in.leave();
    if (items.size() > parts_max)
      in.fail(field, "must be a list of at most 100");
    refuse_twins(in, changes[field], field);
    note(field, in);
  };
  check_list("transfers", check_transfer);
  check_list("tools", check_tool);
  check_list("slots", check_slot);
  check_list("extraction", check_field);
  for (const auto* field : {"guardrails", "variables"}) {
    profile_reader in;
    check_texts(in, changes, field);
    note(field, in);
  }
  profile_reader in;
  check_languages(in, changes);
  note("languages", in);
  return out;
}

} // namespace caly
