#include "actors/model/agent_profile.hpp"

#include "actors/model/profile_parts.hpp"
#include "actors/model/profile_reader.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr json_limits profile_limits{.bytes_max = 1 << 20, .values_max = 50'000};

/// For agents whose author wrote none.
const by_language& common_bridge() {
  static const by_language texts{
      {"en", "Sorry, the line broke for a moment. I am back; where were we?"},
      {"hi", "माफ़ कीजिए, एक पल के लिए लाइन कट गई थी। हम कहाँ थे?"},
      {"hinglish", "Sorry, line ek pal ke liye kat gayi thi. Hum kahan the?"}};
  return texts;
}

/// Said by agents that have a person to hand the call over to.
const by_language& connecting() {
  static const by_language texts{
      {"en", "I am connecting you with a colleague. Please hold the line."},
      {"hi", "मैं आपको एक सहकर्मी से जोड़ रही हूँ। कृपया लाइन पर बने रहें।"},
      {"hinglish", "Main aapko ek colleague se connect kar rahi hoon. Line par rahiye."}};
  return texts;
}

/// The same, for agents whose calls are recorded.
const by_language& common_recording_notice() {
  static const by_language texts{{"en", "This call is recorded."},
                                 {"hi", "यह कॉल रिकॉर्ड की जा रही है।"},
                                 {"hinglish", "Yeh call record ki ja rahi hai."}};
  return texts;
}

/// People are rung by a tool that knows their names, and by the common wish for one.
void add_transfer_tool(agent_profile& out) {
  std::erase_if(out.tools, [](const auto& x) { return x.effect == "transfer"; });
  if (out.transfers.empty())
    return;
  json_writer schema;
  std::string description =
      "Hands the call over to a person. Use it when the caller asks for one or when you "
      "cannot help.";
  schema.begin_object().field("type", "object").key("properties").begin_object();
  schema.key("to").begin_object().field("type", "string").key("enum").begin_array();
  for (const auto& each : out.transfers) {
    schema.value(each.name);
    if (!each.when.empty())
      description += ' ' + each.name + ": " + each.when + '.';
  }
  schema.end_array().end_object();
  schema.key("summary").begin_object().field("type", "string");
  schema.field("description",
               "What the person should know first, in one or two sentences");
  schema.end_object().end_object().end_object();
  out.tools.push_back({std::string{transfer_tool_name},
                       std::move(description),
                       "R1",
                       "transfer",
                       "",
                       std::move(schema).str()});
  for (auto& intent : out.intents)
    if (intent.name == "human") {
      intent.tool = transfer_tool_name;
      intent.slots.clear();
      intent.reply = connecting();
    }
}

agent_intent read_intent(profile_reader& in, const json& x) {
  return {in.required(x, "name"),
          x["weight"].as_double().value_or(1.0),
          x["negatable"].bool_or(false),
          in.texts(x, "patterns"),
          in.texts(x, "slots"),
          in.text(x, "tool"),
          in.languages(x, "reply"),
          in.languages(x, "unavailable"),
          in.text(x, "end_reason")};
}

void write(json_writer& out, std::string_view key, const by_language& texts) {
  out.key(key).begin_object();
  for (const auto& [language, text] : texts)
    out.field(language, text);
  out.end_object();
}

void write(json_writer& out,
           std::string_view key,
           const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const auto& text : texts)
    out.value(text);
  out.end_array();
}

void write(json_writer& out, const agent_tool& x) {
  out.begin_object().field("name", x.name).field("description", x.description);
  out.field("risk", x.risk).field("effect", x.effect).field("action", x.action);
  out.raw_field("parameters", x.parameters).end_object();
}

void write(json_writer& out, const agent_transfer& x) {
  out.begin_object().field("name", x.name).field("destination", x.destination);
  out.field("mode", x.mode).field("when", x.when).end_object();
}

void write(json_writer& out, const agent_intent& x) {
  out.begin_object().field("name", x.name).field("weight", x.weight);
  out.field("negatable", x.negatable).field("tool", x.tool);
  out.field("end_reason", x.end_reason);
  write(out, "patterns", x.patterns);
  write(out, "slots", x.slots);
  write(out, "reply", x.reply);
  write(out, "unavailable", x.unavailable);
  out.end_object();
}

void write(json_writer& out, const extraction_field& x) {
  out.begin_object().field("name", x.name).field("type", x.type);
  out.field("description", x.description).field("slot", x.slot);
  write(out, "choices", x.choices);
  out.end_object();
}

template <class T>
void write_all(json_writer& out, std::string_view key, const std::vector<T>& items) {
  out.key(key).begin_array();
  for (const auto& item : items)
    write(out, item);
  out.end_array();
}

/// Without those that follow from other parts of the profile.
std::vector<agent_tool> written_tools(const agent_profile& x) {
  auto out = x.tools;
  std::erase_if(out, [](const auto& tool) {
    return tool.name == capture_tool_name || tool.name == confirm_tool_name ||
           tool.name == language_tool_name;
  });
  return out;
}

template <class T>
const T* find(const std::vector<T>& items, std::string_view name) {
  const auto found = std::ranges::find(items, name, &T::name);
  return found == items.end() ? nullptr : &*found;
}

} // namespace

const agent_tool* agent_profile::find_tool(std::string_view name) const {
  return find(tools, name);
}

const agent_transfer* agent_profile::find_transfer(std::string_view name) const {
  const auto* found = find(transfers, name);
  return found || transfers.empty() ? found : &transfers.front();
}

const agent_slot* agent_profile::find_slot(std::string_view name) const {
  return find(slots, name);
}

bool agent_profile::captures_slots() const {
  return std::ranges::any_of(slots, &agent_slot::captured);
}

const agent_intent* agent_profile::find_intent(std::string_view name) const {
  return find(intents, name);
}

caf::expected<agent_profile> parse_agent_profile(std::string_view json_text) {
  const auto root = json::parse(json_text, profile_limits);
  if (!root)
    return root.error();
  if (!root->is_object())
    return caf::make_error(errc::invalid, std::string{"an agent is a JSON object"});
  profile_reader in;
  agent_profile out;
  out.slug = in.text(*root, "slug");
  out.name = in.required(*root, "name");
  out.sector = in.text(*root, "sector");
  out.kind = in.text(*root, "kind", "both");
  read_languages(in, *root, out);
  out.variables = in.texts(*root, "variables");
  out.voice = in.text(*root, "voice");
  out.brain = in.brain(*root, "brain");
  out.prompt = in.required(*root, "prompt");
  out.greeting = in.languages(*root, "greeting");
  if (out.greeting.empty())
    in.fail("greeting", "is required");
  out.disclosure = in.languages(*root, "disclosure");
  out.recording_notice = in.languages(*root, "recording_notice");
  if (out.recording_notice.empty())
    out.recording_notice = common_recording_notice();
  out.recording = in.text(*root, "recording");
  if (!out.recording.empty() && out.recording != "on" && out.recording != "off")
    in.fail("recording", "is neither on nor off");
  out.on_voicemail = in.text(*root, "on_voicemail");
  if (!out.on_voicemail.empty() && out.on_voicemail != "message" &&
      out.on_voicemail != "hang_up")
    in.fail("on_voicemail", "is neither message nor hang_up");
  out.voicemail_message = in.languages(*root, "voicemail_message");
  out.goodbye = in.languages(*root, "goodbye");
  out.fallback = in.languages(*root, "fallback");
  out.bridge = in.languages(*root, "bridge");
  if (out.bridge.empty())
    out.bridge = common_bridge();
  out.guardrails = in.texts(*root, "guardrails");
  out.transfers = read_all(in, *root, "transfers", read_transfer);
  out.tools = read_all(in, *root, "tools", read_tool);
  out.slots = read_all(in, *root, "slots", read_slot);
  out.intents = read_all(in, *root, "intents", read_intent);
  out.extraction = read_all(in, *root, "extraction", read_field);
  if (!in.problems().empty())
    return caf::make_error(errc::invalid, in.problems());
  for (auto& intent : out.intents)
    std::erase_if(intent.slots, [&](const auto& name) { return !out.find_slot(name); });
  add_transfer_tool(out);
  add_slot_tools(out);
  add_language_tool(out);
  return out;
}

std::string to_json(const agent_profile& x) {
  json_writer out;
  out.begin_object().field("slug", x.slug).field("name", x.name);
  out.field("sector", x.sector).field("kind", x.kind).field("voice", x.voice);
  if (x.brain)
    out.field("brain", to_string(*x.brain));
  write(out, "languages", x.languages);
  write_language_policy(out, x);
  write(out, "variables", x.variables);
  out.field("prompt", x.prompt);
  write(out, "greeting", x.greeting);
  write(out, "disclosure", x.disclosure);
  write(out, "recording_notice", x.recording_notice);
  out.field("recording", x.recording);
  out.field("on_voicemail", x.on_voicemail);
  write(out, "voicemail_message", x.voicemail_message);
  write(out, "goodbye", x.goodbye);
  write(out, "fallback", x.fallback);
  write(out, "bridge", x.bridge);
  write(out, "guardrails", x.guardrails);
  write_all(out, "transfers", x.transfers);
  write_all(out, "tools", written_tools(x));
  write_all(out, "slots", x.slots);
  write_all(out, "intents", x.intents);
  write_all(out, "extraction", x.extraction);
  out.end_object();
  return std::move(out).str();
}

std::string_view in_language(const by_language& texts, std::string_view language) {
  auto found = texts.find(language);
  if (found == texts.end())
    found = texts.find("en");
  if (found == texts.end())
    found = texts.begin();
  return found == texts.end() ? std::string_view{} : std::string_view{found->second};
}

} // namespace caly
