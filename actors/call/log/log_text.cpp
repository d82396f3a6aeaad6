#include "actors/call/log/log_text.hpp"

#include "runtime/base/version.hpp"

namespace caly::call_logs {

namespace {

void write_options(json_writer& out, const call_options& x) {
  out.key("options").begin_object();
  out.field("fuse_ms", std::int64_t{x.fuse.count()});
  out.field("create_timeout_ms", std::int64_t{x.create_timeout.count()});
  out.field("ring_timeout_ms", std::int64_t{x.ring_timeout.count()});
  out.field("silence_before_asking_ms", std::int64_t{x.silence_before_asking.count()});
  out.field("text_silence_ms", std::int64_t{x.text_silence.count()});
  out.field("first_hold_s", std::int64_t{x.first_hold.count()});
  out.field("tool_calls_max", x.tool_calls_max);
  out.field("turns_max", std::uint64_t{x.turns_max});
  out.end_object();
}

void write_carrier(json_writer& out,
                   const std::string& provider,
                   const carrier_port& carrier) {
  out.key("carrier").begin_object().field("provider", provider);
  out.field("hosts_talk", carrier.traits.hosts_talk);
  out.field("hangs_up", carrier.traits.hangs_up);
  out.field("records", carrier.traits.records);
  out.field("transfers", static_cast<bool>(carrier.legs)).end_object();
}

template <class T>
std::string text_of(const T& x, log_names& names) {
  std::string out;
  log_writer{out, names}.write(x);
  return out;
}

std::string head_of(const log_header& x, log_names& names, keep_call_log& about) {
  json_writer out;
  const auto* order = std::get_if<start_call>(&x.start);
  const auto* sheet = std::get_if<call_sheet>(&x.start);
  about.tenant = order ? order->tenant : sheet->tenant;
  about.call = order ? order->call.id : sheet->id;
  about.node = x.ports.node;
  about.began_at_ms = x.began_at_ms;
  out.begin_object().field("format", log_format).field("build", build_version);
  out.field("node", about.node).field("tenant", about.tenant.str());
  out.field("call", about.call.str()).field("began_at_ms", x.began_at_ms);
  out.field("correlation_id", x.correlation_id);
  const auto& provider = order ? order->provider : sheet->provider;
  write_carrier(out, provider, x.ports.carriers.of(provider));
  write_options(out, x.options);
  const auto& recipe = x.ports.voices.recipe;
  out.raw_field("voices", recipe.empty() ? "null" : recipe);
  names.tenant = about.tenant.value();
  names.call = about.call.value();
  out.raw_field(order ? "dialed" : "resumed",
                order ? text_of(*order, names) : text_of(*sheet, names));
  auto text = std::move(out).str();
  return text + R"(,"steps":[)";
}

void add_list(std::string& out,
              std::string_view key,
              const std::vector<std::string>& texts) {
  out.append(key).append(1, '[');
  for (const auto& each : texts) {
    if (out.back() != '[')
      out += ',';
    append_json_string(out, each);
  }
  out += ']';
}

} // namespace

log_text::log_text(const log_header& header, log_names& names, log_limits limits)
    : limits_{limits}, text_{head_of(header, names, out_)}, at_ms_{header.began_at_ms} {}

void log_text::add(const call_step& step) {
  if (left_out_ > 0 || steps_ >= limits_.steps_max || text_.size() >= limits_.bytes_max) {
    ++left_out_;
    return;
  }
  if (steps_++ > 0)
    text_ += ',';
  text_.append(R"({"t":)").append(std::to_string(step.at_ms - at_ms_));
  at_ms_ = step.at_ms;
  text_ += R"(,"k":)";
  append_json_string(text_, step.kind);
  if (step.request > 0)
    text_.append(R"(,"r":)").append(std::to_string(step.request));
  if (!step.payload.empty() && step.payload != "[]")
    text_.append(R"(,"p":)").append(step.payload);
  if (!step.boot_ns.empty()) {
    text_ += R"(,"b":[)";
    for (const auto ns : step.boot_ns)
      text_.append(text_.back() == '[' ? "" : ",").append(std::to_string(ns));
    text_ += ']';
  }
  if (!step.effects.empty())
    add_list(text_, R"(,"e":)", step.effects);
  if (step.changed) {
    text_.append(R"(,"h":")").append(hex_of(step.digest)).append(R"(","s":{)");
    for (const auto& [name, value] : step.fields) {
      if (text_.back() != '{')
        text_ += ',';
      text_.append(1, '"').append(name).append("\":");
      append_json_string(text_, value);
    }
    text_ += '}';
  }
  text_ += '}';
}

bool log_text::grown() {
  if (steps_ < grown_at_ || left_out_ > 0)
    return false;
  grown_at_ = 2 * steps_;
  return true;
}

keep_call_log log_text::finish(const std::string& ended) const {
  auto out = out_;
  out.events = steps_ + left_out_;
  out.log.reserve(text_.size() + ended.size() + 40);
  out.log.append(text_).append(R"(],"left_out":)").append(std::to_string(left_out_));
  out.log += R"(,"ended":)";
  append_json_string(out.log, ended);
  out.log += '}';
  return out;
}

} // namespace caly::call_logs
