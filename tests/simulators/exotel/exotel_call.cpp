#include "tests/simulators/exotel/exotel_call.hpp"

#include <chrono>
#include <ctime>

namespace caly::sim {

namespace {

constexpr auto india = std::chrono::minutes{330};
constexpr std::string_view not_ended = "1970-01-01 05:30:00";

std::string_view answered_by(const exotel_call& call) {
  return !call.answered                             ? "NA"
         : call.plan.kind == callee_kind::voicemail ? "Machine"
         : call.plan.kind == callee_kind::silent    ? "NotSure"
                                                    : "Human";
}

std::string_view direction_of(const exotel_call& call) {
  return call.inbound ? "inbound" : "outbound-api";
}

} // namespace

std::string local_number(const std::string& number) {
  return number.starts_with("+91") ? "0" + number.substr(3) : number;
}

std::string india_time(wall_time at) {
  const auto seconds = std::chrono::system_clock::to_time_t(at + india);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const auto size = std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
  return {text, size};
}

void describe(const exotel_call& call, bool lengths, json_writer& out) {
  out.begin_object()
      .field("Sid", call.sid)
      .null_field("ParentCallSid")
      .field("DateCreated", india_time(call.created))
      .field("DateUpdated", india_time(call.ended.value_or(call.created)))
      .field("AccountSid", call.account);
  if (call.inbound)
    out.field("To", local_number(call.exophone));
  else
    out.null_field("To");
  out.field("From", call.inbound ? local_number(call.person) : call.person)
      .field("PhoneNumberSid", local_number(call.exophone))
      .field("Status", call.status)
      .field("StartTime", india_time(call.created))
      .field("EndTime",
             lengths && call.over() ? india_time(*call.ended) : std::string{not_ended});
  if (lengths)
    out.field("Duration", std::to_string(call.duration_s));
  else
    out.null_field("Duration");
  out.null_field("Price").field("Direction", direction_of(call));
  if (call.over())
    out.field("AnsweredBy", answered_by(call));
  else
    out.null_field("AnsweredBy");
  if (call.custom_field.empty())
    out.null_field("CustomField");
  else
    out.field("CustomField", call.custom_field);
  out.field("Uri", "/v1/Accounts/" + call.account + "/Calls/" + call.sid + ".json");
  out.null_field("RecordingUrl").key("Details").begin_object();
  if (lengths)
    out.field("ConversationDuration", call.duration_s);
  else
    out.null_field("ConversationDuration");
  out.end_object().end_object();
}

field_list callback_fields(const exotel_call& call, std::string_view event) {
  field_list fields{{"CallSid", call.sid},
                    {"EventType", std::string{event}},
                    {"Status", call.status},
                    {"DateCreated", india_time(call.created)},
                    {"DateUpdated", india_time(std::chrono::system_clock::now())},
                    {"From", call.person},
                    {"To", call.inbound ? local_number(call.exophone) : ""},
                    {"PhoneNumberSid", local_number(call.exophone)},
                    {"StartTime", india_time(call.created)},
                    {"Direction", std::string{direction_of(call)}},
                    {"CustomField", call.custom_field}};
  if (call.over()) {
    fields.emplace_back("EndTime", india_time(*call.ended));
    fields.emplace_back("ConversationDuration", std::to_string(call.duration_s));
    fields.emplace_back("Legs[0][OnCallDuration]", std::to_string(call.duration_s));
    fields.emplace_back("Legs[0][Status]", call.status);
    fields.emplace_back("Legs[0][AnsweredBy]", std::string{answered_by(call)});
  }
  return fields;
}

field_list flow_fields(const exotel_call& call) {
  return {{"CallSid", call.sid},
          {"CallFrom", local_number(call.person)},
          {"CallTo", local_number(call.exophone)},
          {"Direction", "incoming"},
          {"CallType", "call-attempt"},
          {"Created", india_time(call.created)},
          {"StartTime", india_time(call.created)},
          {"EndTime", std::string{not_ended}},
          {"CurrentTime", india_time(std::chrono::system_clock::now())}};
}

} // namespace caly::sim
