#include "tests/simulators/twilio/twilio_call.hpp"

#include "tests/simulators/base/ids.hpp"

namespace caly::sim {

namespace {

void time_field(json_writer& out,
                std::string_view name,
                const std::optional<wall_time>& at) {
  if (at)
    out.field(name, to_rfc2822(*at));
  else
    out.null_field(name);
}

std::string_view direction_of(const twilio_call& call) {
  return call.inbound ? "inbound" : "outbound-api";
}

} // namespace

void describe(const twilio_call& call, json_writer& out) {
  const auto uri = "/2010-04-01/Accounts/" + call.account_sid + "/Calls/" + call.sid;
  out.begin_object()
      .field("sid", call.sid)
      .null_field("parent_call_sid")
      .field("account_sid", call.account_sid)
      .field("to", call.to)
      .field("to_formatted", call.to)
      .field("from", call.from)
      .field("from_formatted", call.from)
      .null_field("phone_number_sid")
      .field("status", call.status);
  time_field(out, "start_time", call.started);
  time_field(out, "end_time", call.ended);
  if (call.over())
    out.field("duration", std::to_string(call.duration_s));
  else
    out.null_field("duration");
  out.null_field("price").field("price_unit", "USD");
  out.field("direction", direction_of(call));
  if (call.answered_by.empty())
    out.null_field("answered_by");
  else
    out.field("answered_by", call.answered_by);
  out.null_field("forwarded_from")
      .null_field("group_sid")
      .null_field("caller_name")
      .field("queue_time", "0")
      .null_field("trunk_sid")
      .field("api_version", "2010-04-01")
      .field("date_created", to_rfc2822(call.created))
      .field("date_updated", to_rfc2822(call.ended.value_or(call.created)))
      .field("uri", uri + ".json");
  out.key("subresource_uris").begin_object();
  out.field("recordings", uri + "/Recordings.json");
  out.field("streams", uri + "/Streams.json").end_object().end_object();
}

field_list webhook_form(const twilio_call& call) {
  if (call.telnyx)
    return {{"CallSid", call.sid},
            {"CallSidLegacy", call.sid},
            {"AccountSid", call.account_sid},
            {"From", call.from},
            {"To", call.to},
            {"CallStatus", call.status}};
  return {{"CallSid", call.sid},
          {"AccountSid", call.account_sid},
          {"From", call.from},
          {"To", call.to},
          {"Caller", call.from},
          {"Called", call.to},
          {"CallStatus", call.status},
          {"Direction", std::string{direction_of(call)}},
          {"ApiVersion", "2010-04-01"}};
}

} // namespace caly::sim
