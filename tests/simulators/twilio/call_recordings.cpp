#include "tests/simulators/twilio/call_recordings.hpp"

#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/twilio/call_form.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caly::sim {

namespace {

constexpr std::size_t tapes_max = 1'000;
constexpr double made_after_s = 0.3;
constexpr double shortest_s = 0.5;
constexpr int rate = 8'000;

template <class Number>
void put(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
}

double length_of(const call_recording& of) {
  return std::max(0.0, of.ended_at - of.began_at);
}

bool is_paused(const call_recording& of, double at) {
  return std::ranges::any_of(of.pauses, [&](const auto& each) {
    return at >= each.first && (each.second == 0 || at < each.second);
  });
}

/// 16 bit PCM: the phone on the first channel, Caly on the second.
std::string wav_of(const call_recording& of) {
  const auto samples = static_cast<std::size_t>(length_of(of) * rate);
  std::vector<std::int16_t> sound(2 * samples, 0);
  for (const auto& each : of.spoken) {
    const auto channel = each.by_agent ? 1u : 0u;
    const double hz = each.by_agent ? 320 : 440;
    const auto from =
        static_cast<std::size_t>(std::max(0.0, each.from - of.began_at) * rate);
    const auto to = std::min(
        samples, static_cast<std::size_t>(std::max(0.0, each.to - of.began_at) * rate));
    for (auto i = from; i < to; ++i) {
      const auto at_s = static_cast<double>(i) / rate;
      if (!is_paused(of, of.began_at + at_s))
        sound[2 * i + channel] =
            static_cast<std::int16_t>(8'000 * std::sin(2 * std::numbers::pi * hz * at_s));
    }
  }
  const auto bytes = static_cast<std::uint32_t>(sound.size() * 2);
  std::string out = "RIFF";
  put<std::uint32_t>(out, 36 + bytes);
  out += "WAVEfmt ";
  put<std::uint32_t>(out, 16);
  put<std::uint16_t>(out, 1);
  put<std::uint16_t>(out, 2);
  put<std::uint32_t>(out, rate);
  put<std::uint32_t>(out, rate * 4);
  put<std::uint16_t>(out, 4);
  put<std::uint16_t>(out, 16);
  out += "data";
  put<std::uint32_t>(out, bytes);
  for (const auto each : sound)
    put(out, static_cast<std::uint16_t>(each));
  return out;
}

void describe(const twilio_call& call, const call_recording& of, json_writer& out) {
  out.begin_object().field("sid", of.sid).field("account_sid", call.account_sid);
  out.field("call_sid", call.sid).field("status", of.status).field("channels", 2);
  out.field("source", "StartCallRecordingAPI").field("track", "both");
  out.field("duration", std::to_string(std::lround(length_of(of))));
  out.field("date_created", to_rfc2822(of.created)).end_object();
}

http_response described(int status, const twilio_call& call, const call_recording& of) {
  json_writer out;
  describe(call, of, out);
  return json_response(status, std::move(out).str());
}

http_response nothing_there() {
  return error_response({404, 20404, "The requested resource was not found"});
}

} // namespace

http_response call_recordings::begin(const twilio_call_ptr& call,
                                     const field_list& form) {
  if (call->over() || !call->started)
    return error_response(
        {400, 21220, "Requested resource is not eligible for recording"});
  if (field(form, "RecordingChannels") != "dual")
    return error_response({400, 20001, "the sandbox makes recordings of two channels"});
  const auto made = std::make_shared<call_recording>();
  made->sid = new_id("RE");
  made->callback_url = field(form, "RecordingStatusCallback");
  made->callback_events = field(form, "RecordingStatusCallbackEvent");
  made->began_at = world_.time.now();
  made->created = std::chrono::system_clock::now();
  auto found = std::ranges::find(tapes_, call, &tape::call);
  if (found == tapes_.end()) {
    if (tapes_.size() >= tapes_max)
      tapes_.erase(tapes_.begin());
    found = tapes_.insert(tapes_.end(), {call, {}});
  }
  found->all.push_back(made);
  note(*call, "recording.begun", *made);
  tell(call, *made, "in-progress");
  return described(201, *call, *made);
}

http_response call_recordings::change(const twilio_call_ptr& call,
                                      std::string_view name,
                                      const field_list& form) {
  const auto tape = std::ranges::find(tapes_, call, &tape::call);
  const auto status = field(form, "Status");
  std::vector<entry> meant;
  if (tape != tapes_.end())
    std::ranges::copy_if(tape->all, std::back_inserter(meant), [&](const entry& each) {
      return name == "Twilio.CURRENT" ? each->ended_at == 0 : each->sid == name;
    });
  if (meant.empty())
    return nothing_there();
  auto& of = *meant.front();
  // Twilio.CURRENT names nothing where two run.
  if (meant.size() > 1 || of.ended_at != 0)
    return error_response({400, 21220, "Recording is not in progress"});
  const auto now = world_.time.now();
  if (status == "paused" && field(form, "PauseBehavior") != "silence")
    return error_response({400, 20001, "the sandbox pauses by silence"});
  if (status == "paused" && of.status != "paused")
    of.pauses.emplace_back(now, 0);
  else if (status == "in-progress" && of.status == "paused")
    of.pauses.back().second = now;
  else if (status == "stopped")
    finish(call, meant.front());
  if (status != "stopped")
    of.status = status;
  note(*call, ("recording." + std::string{status}).c_str(), of);
  return described(200, *call, of);
}

http_response call_recordings::list(const twilio_call& call) const {
  json_writer out;
  out.begin_object().key("recordings").begin_array();
  for (const auto& tape : tapes_)
    if (tape.call->sid == call.sid)
      for (const auto& each : tape.all)
        describe(call, *each, out);
  out.end_array().field("page", 0).field("page_size", 50).null_field("next_page_uri");
  return json_response(200, std::move(out.end_object()).str());
}

http_response call_recordings::serve(std::string_view method, std::string_view name) {
  const auto dot = name.rfind('.');
  const auto sid = name.substr(0, dot);
  const auto kind = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  const auto [call, of] = find(sid);
  if (!of)
    return nothing_there();
  if (method == "DELETE") {
    if (of->ended_at == 0)
      return error_response({400, 20001, "A recording in progress cannot be deleted"});
    note(*call, "recording.deleted", *of);
    std::erase(std::ranges::find(tapes_, call, &tape::call)->all, of);
    return {204, {}, {}, {}};
  }
  if (kind == "json")
    return described(200, *call, *of);
  if (kind != "wav" || of->status != "completed")
    return nothing_there();
  note(*call, "recording.fetched", *of);
  return {200, wav_of(*of), "audio/x-wav", {}};
}

void call_recordings::call_ended(const twilio_call_ptr& call) {
  const auto tape = std::ranges::find(tapes_, call, &tape::call);
  if (tape == tapes_.end())
    return;
  for (const auto& each : tape->all)
    finish(call, each);
}

void call_recordings::finish(const twilio_call_ptr& call, const entry& recording) {
  if (recording->ended_at != 0)
    return;
  recording->ended_at = world_.time.now();
  recording->spoken = call->spoken;
  recording->status = "processing";
  recording->made = world_.time.after(made_after_s, [this, call, recording] {
    recording->status = length_of(*recording) < shortest_s ? "absent" : "completed";
    tell(call, *recording, recording->status);
  });
}

void call_recordings::forget(const std::string& call_sid) {
  std::erase_if(tapes_, [&](const tape& each) { return each.call->sid == call_sid; });
}

std::pair<twilio_call_ptr, call_recordings::entry>
call_recordings::find(std::string_view sid) const {
  for (const auto& tape : tapes_)
    for (const auto& each : tape.all)
      if (each->sid == sid)
        return {tape.call, each};
  return {};
}

void call_recordings::tell(const twilio_call_ptr& call,
                           const call_recording& of,
                           std::string_view event) {
  if (of.callback_url.empty() || of.callback_events.find(event) == std::string::npos)
    return;
  field_list form{{"AccountSid", call->account_sid},
                  {"CallSid", call->sid},
                  {"RecordingSid", of.sid},
                  {"RecordingStatus", std::string{event}},
                  {"RecordingChannels", "2"},
                  {"RecordingSource", "StartCallRecordingAPI"},
                  {"RecordingTrack", "both"},
                  {"RecordingStartTime", to_rfc2822(of.created)}};
  if (event == "completed") {
    form.emplace_back("RecordingDuration", std::to_string(std::lround(length_of(of))));
    form.emplace_back("RecordingUrl",
                      "https://api.twilio.com/2010-04-01/Accounts/" + call->account_sid +
                          "/Recordings/" + of.sid);
  }
  if (event == "absent")
    form.emplace_back("ErrorCode", "16101");
  calls_.post(
      *call, "recording." + std::string{event}, of.callback_url, "POST", std::move(form));
}

void call_recordings::note(const twilio_call& call,
                           const char* kind,
                           const call_recording& of) {
  world_.log.call(kind, call.facts, {{"recording", of.sid}});
}

} // namespace caly::sim
