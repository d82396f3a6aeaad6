#include "config/agent_file.hpp"

#include "config/prompt_template.hpp"
#include "config/toml_file.hpp"
#include "config/toml_reader.hpp"
#include "runtime/base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace caly {

namespace {

const std::vector<std::string> known_languages{"en", "hi", "hinglish"};
const std::vector<std::string> slot_types{"text",
                                          "number",
                                          "amount",
                                          "date",
                                          "time",
                                          "name",
                                          "phone",
                                          "email",
                                          "pin",
                                          "code",
                                          "yes_no",
                                          "choice"};

/// As the setting call.brain names them; none takes the setting.
const std::vector<std::string> brains{
    "realtime", "cascade", "relay", "gather", "embedded", ""};

/// Notes languages that are missing; an agent that switches language must not fall
/// silent.
void check_languages(toml_reader& in,
                     std::string_view key,
                     const text_by_language& texts,
                     const std::vector<std::string>& languages) {
  for (const auto& language : languages)
    if (!texts.contains(language))
      in.fail(key, fmt::format("has no text in {}", language));
  for (const auto& [language, text] : texts)
    if (std::ranges::find(known_languages, language) == known_languages.end())
      in.fail(key, fmt::format("\"{}\" is none of en, hi, hinglish", language));
}

text_by_language spoken(toml_reader& in,
                        std::string_view key,
                        const std::vector<std::string>& languages,
                        bool required) {
  auto out = in.text_table(key);
  if (required || !out.empty())
    check_languages(in, key, out, languages);
  return out;
}

std::string read_parameters(toml_reader& tool) {
  json_writer out;
  std::vector<std::string> required;
  out.begin_object().field("type", "object").key("properties").begin_object();
  for (auto& x : tool.tables("parameters")) {
    const auto name = x.text("name");
    out.key(name).begin_object();
    out.field("type",
              x.one_of("type", {"string", "number", "integer", "boolean"}, "string"));
    out.field("description", x.text("description"));
    if (const auto choices = x.texts("choices"); !choices.empty()) {
      out.key("enum").begin_array();
      for (const auto& choice : choices)
        out.value(choice);
      out.end_array();
    }
    out.end_object();
    if (x.flag_or("required", false))
      required.push_back(name);
    x.refuse_unknown();
  }
  out.end_object().key("required").begin_array();
  for (const auto& name : required)
    out.value(name);
  out.end_array().field("additionalProperties", false).end_object();
  return std::move(out).str();
}

std::vector<tool_file> read_tools(toml_reader& in) {
  std::vector<tool_file> out;
  for (auto& x : in.tables("tools")) {
    tool_file tool;
    tool.name = x.text("name");
    tool.description = x.text("description");
    tool.risk = x.one_of("risk", {"R0", "R1", "R2"}, "R0");
    tool.effect = x.one_of("effect",
                           {"end_call",
                            "record",
                            "lookup",
                            "press_keys",
                            "pause_recording",
                            "resume_recording"},
                           "record");
    tool.action = x.text_or("action", tool.effect == "record" ? tool.name : "");
    tool.parameters = read_parameters(x);
    x.refuse_unknown();
    out.push_back(std::move(tool));
  }
  return out;
}

std::vector<slot_file> read_slots(toml_reader& in,
                                  const std::vector<std::string>& languages) {
  std::vector<slot_file> out;
  for (auto& x : in.tables("slots")) {
    slot_file slot;
    slot.name = x.text("name");
    slot.type = x.one_of("type", slot_types, "text");
    slot.prompt = spoken(x, "prompt", languages, true);
    slot.choices = x.texts("choices");
    if ((slot.type == "choice") != !slot.choices.empty())
      x.fail("choices", "go with the type choice, and only with it");
    x.refuse_unknown();
    out.push_back(std::move(slot));
  }
  return out;
}

std::vector<intent_file> read_intents(toml_reader& in,
                                      const std::vector<std::string>& languages) {
  std::vector<intent_file> out;
  for (auto& x : in.tables("intents")) {
    intent_file intent;
    intent.name = x.text("name");
    intent.weight = x.number_or("weight", 1.0, 0.1, 2.0);
    intent.negatable = x.flag_or("negatable", false);
    intent.patterns = x.texts("patterns");
    if (intent.patterns.empty())
      x.fail("patterns", "is required");
    intent.slots = x.texts("slots");
    intent.tool = x.text_or("tool", "");
    intent.end_reason = x.text_or("end_reason", "");
    intent.reply = spoken(x, "reply", languages, true);
    intent.unavailable = spoken(x, "unavailable", languages, false);
    x.refuse_unknown();
    out.push_back(std::move(intent));
  }
  return out;
}

template <class T>
void add_missing(std::vector<T>& own, const std::vector<T>& common) {
  for (const auto& x : common)
    if (std::ranges::find(own, x.name, &T::name) == own.end())
      own.push_back(x);
}

void write(json_writer& out, std::string_view key, const text_by_language& texts) {
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

/// Reads one agent's file into the JSON form of a profile.
class agent_reader {
public:
  agent_reader(toml_reader& in, const common_agent_parts& common)
      : in_{in}, common_{common} {}

  pack_agent read(const std::filesystem::path& file, const std::string& sector) {
    pack_agent agent;
    agent.slug = sector + "." + file.stem().string();
    agent.name = in_.text("name");
    agent.kind = in_.one_of("kind", {"inbound", "outbound", "both"}, "both");
    languages_ = agent.languages = in_.texts("languages");
    if (languages_.empty())
      in_.fail("languages", "is required");
    slots_ = read_slots(in_, languages_);
    tools_ = read_tools(in_);
    intents_ = read_intents(in_, languages_);
    add_missing(slots_, common_.slots);
    add_missing(tools_, common_.tools);
    add_missing(intents_, common_.intents);
    check_references();
    out_.begin_object().field("slug", agent.slug).field("name", agent.name);
    out_.field("sector", sector).field("kind", agent.kind);
    out_.field("voice", in_.text_or("voice", ""));
    if (const auto brain = in_.one_of("brain", brains, ""); !brain.empty())
      out_.field("brain", brain);
    write(out_, "languages", languages_);
    texts(file);
    write_tools();
    write_slots();
    write_intents();
    write_extraction();
    out_.end_object();
    in_.refuse_unknown();
    agent.profile = std::move(out_).str();
    return agent;
  }

private:
  void texts(const std::filesystem::path& file) {
    const auto prompt_file =
        file.parent_path().parent_path() / "prompts" / (file.stem().string() + ".md");
    const auto prompt = read_small_file(prompt_file, config_file_bytes_max);
    if (!prompt)
      in_.fail("prompt", error_text(prompt.error()));
    const auto greeting = spoken(in_, "greeting", languages_, true);
    lint(prompt ? *prompt : "", prompt_file.string());
    for (const auto& [language, text] : greeting)
      lint(text, "greeting." + language);
    auto guardrails = in_.texts("guardrails");
    guardrails.insert(
        guardrails.end(), common_.guardrails.begin(), common_.guardrails.end());
    write(out_, "variables", used_);
    out_.field("prompt", prompt ? *prompt : "");
    write(out_, "greeting", greeting);
    write(out_, "disclosure", spoken(in_, "disclosure", languages_, false));
    write(out_, "recording_notice", spoken(in_, "recording_notice", languages_, false));
    out_.field("recording", in_.one_of("recording", {"", "on", "off"}, ""));
    out_.field("on_voicemail",
               in_.one_of("on_voicemail", {"", "message", "hang_up"}, ""));
    const auto message = spoken(in_, "voicemail_message", languages_, false);
    for (const auto& [language, text] : message)
      lint(text, "voicemail_message." + language);
    write(out_, "voicemail_message", message);
    const auto goodbye = spoken(in_, "goodbye", languages_, false);
    write(out_, "goodbye", goodbye.empty() ? common_.goodbye : goodbye);
    const auto fallback = spoken(in_, "fallback", languages_, false);
    write(out_, "fallback", fallback.empty() ? common_.fallback : fallback);
    write(out_, "bridge", spoken(in_, "bridge", languages_, false));
    write(out_, "guardrails", guardrails);
  }

  /// Every variable must be declared, so that a typing error is not a silent gap.
  void lint(const std::string& text, const std::string& what) {
    const auto declared = in_.texts("variables");
    const auto parsed = prompt_template::parse(text);
    if (!parsed)
      return in_.fail("prompt", what + ": " + error_text(parsed.error()));
    for (const auto& name : parsed->unknown(declared))
      in_.fail("variables",
               fmt::format("{} uses {{{{{}}}}}, which is not listed", what, name));
    for (const auto& name : parsed->variables())
      if (std::ranges::find(used_, name) == used_.end())
        used_.push_back(name);
  }

  void check_references() {
    const auto has = [](const auto& items, const std::string& name) {
      return std::ranges::any_of(items, [&](const auto& x) { return x.name == name; });
    };
    std::set<std::string> names;
    for (const auto& intent : intents_) {
      if (!names.insert(intent.name).second)
        in_.fail("intents", fmt::format("\"{}\" is there twice", intent.name));
      for (const auto& slot : intent.slots)
        if (!has(slots_, slot))
          in_.fail("intents",
                   fmt::format("{} asks for the slot {}, which is not defined",
                               intent.name,
                               slot));
      if (!intent.tool.empty() && !has(tools_, intent.tool))
        in_.fail("intents",
                 fmt::format("{} uses the tool {}, which is not defined",
                             intent.name,
                             intent.tool));
    }
  }

  void write_tools() {
    out_.key("tools").begin_array();
    for (const auto& x : tools_) {
      out_.begin_object().field("name", x.name).field("description", x.description);
      out_.field("risk", x.risk).field("effect", x.effect).field("action", x.action);
      out_.raw_field("parameters", x.parameters).end_object();
    }
    out_.end_array();
  }

  void write_slots() {
    out_.key("slots").begin_array();
    for (const auto& x : slots_) {
      out_.begin_object().field("name", x.name).field("type", x.type);
      write(out_, "prompt", x.prompt);
      write(out_, "choices", x.choices);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_intents() {
    out_.key("intents").begin_array();
    for (const auto& x : intents_) {
      out_.begin_object().field("name", x.name).field("weight", x.weight);
      out_.field("negatable", x.negatable).field("tool", x.tool);
      out_.field("end_reason", x.end_reason);
      write(out_, "patterns", x.patterns);
      write(out_, "slots", x.slots);
      write(out_, "reply", x.reply);
      write(out_, "unavailable", x.unavailable);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_extraction() {
    out_.key("extraction").begin_array();
    for (auto& x : in_.tables("extraction")) {
      out_.begin_object().field("name", x.text("name"));
      out_.field("type",
                 x.one_of("type", {"text", "number", "boolean", "choice"}, "text"));
      out_.field("description", x.text("description"));
      auto types = slot_types;
      types.emplace_back();
      out_.field("slot", x.one_of("slot", types, ""));
      write(out_, "choices", x.texts("choices"));
      out_.end_object();
      x.refuse_unknown();
    }
    out_.end_array();
  }

  toml_reader& in_;
  const common_agent_parts& common_;
  std::vector<std::string> languages_;
  std::vector<std::string> used_;
  std::vector<slot_file> slots_;
  std::vector<tool_file> tools_;
  std::vector<intent_file> intents_;
  json_writer out_;
};

} // namespace

common_agent_parts read_common_parts(const std::filesystem::path& file,
                                     std::vector<config_problem>& problems) {
  common_agent_parts out;
  read_toml(file, problems, [&](toml_reader& in) {
    out.goodbye = spoken(in, "goodbye", known_languages, true);
    out.fallback = spoken(in, "fallback", known_languages, true);
    out.guardrails = in.texts("guardrails");
    out.tools = read_tools(in);
    out.slots = read_slots(in, known_languages);
    out.intents = read_intents(in, known_languages);
    in.refuse_unknown();
  });
  return out;
}

pack_agent read_agent_file(const std::filesystem::path& file,
                           const std::string& sector,
                           const common_agent_parts& common,
                           std::vector<config_problem>& problems) {
  pack_agent out;
  read_toml(file, problems, [&](toml_reader& in) {
    out = agent_reader{in, common}.read(file, sector);
  });
  return out;
}

} // namespace caly
