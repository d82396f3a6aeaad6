#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

/// A part as clients see it: where it lies is ours to know.
void write_part(json_writer& out, const json& part, const std::string& url) {
  out.begin_object();
  for (const auto* name :
       {"part", "state", "ms", "bytes", "error", "peaks", "created_at"})
    out.field(name, part[name]);
  if (url.empty())
    out.null_field("url");
  else
    out.field("url", url);
  // Audio that lies in another node's folder plays there.
  if (url.empty() && part["state"].text_or("") == "ready")
    out.field("node", part["place"]);
  else
    out.null_field("node");
  out.end_object();
}

} // namespace

void rest_api::add_recordings(router& routes) {
  get(routes, "/api/calls/:id/recording", route_policy::viewer, [this](const auto& r) {
    show_recording(r);
  });
  change(routes,
         http_method::del,
         "/api/calls/:id/recording",
         route_policy::admin,
         [this](const request_ptr& r) {
           if (const auto id = path_id<call_id>(r))
             row(r, "recordings.erase", {id->str(), std::nullopt, r->who.user.str()});
         });
  change(routes,
         http_method::del,
         "/api/contacts/:id/recordings",
         route_policy::admin,
         [this](const request_ptr& r) {
           if (const auto id = path_id<contact_id>(r))
             row(r, "recordings.erase", {std::nullopt, id->str(), r->who.user.str()});
         });
  change(routes,
         http_method::post,
         "/api/calls/:id/actions/recording",
         route_policy::operator_,
         [this](const request_ptr& r) { steer_recording_of(r); });
  get(routes, "/api/recording-policy", route_policy::viewer, [this](const auto& r) {
    row(r, "recordings.policy", {});
  });
  change(routes,
         http_method::put,
         "/api/recording-policy",
         route_policy::admin,
         [this](const request_ptr& r) { set_recording_policy(r); });
}

void rest_api::show_recording(const request_ptr& request) {
  with_call(request, [this](const request_ptr& r, const call_id& id, const json&) {
    run(r,
        r->who.tenant,
        "recordings.of_call",
        {id.str()},
        100,
        [this, id](const request_ptr& same, const record_answer& answer) {
          answer_recording(same, id, answer);
        });
  });
}

void rest_api::answer_recording(const request_ptr& request,
                                const call_id& id,
                                const record_answer& answer) {
  const auto parts = json::parse(answer.json);
  if (!parts)
    return refuse(request, caf::make_error(errc::unavailable, "unreadable rows"));
  bool links = false;
  json_writer data;
  data.begin_object().field("call_id", id.str()).key("parts").begin_array();
  for (const auto& part : parts->items()) {
    std::string url;
    if (part["state"].text_or("") == "ready" && parts_.recording_url)
      url = parts_.recording_url(std::string{part["place"].text_or("")},
                                 std::string{part["key"].text_or("")},
                                 static_cast<std::uint64_t>(part["bytes"].int_or(0)));
    links = links || !url.empty();
    write_part(data, part, url);
  }
  data.end_array().end_object();
  auto response = success(request->correlation_id, data.str());
  if (!links)
    return request->respond(std::move(response));
  // Whoever gets an address may listen: no address without its line in the audit log.
  run(request,
      request->who.tenant,
      "audit.append",
      {request->who.user.str(), "recording.listen", id.str(), std::nullopt, std::nullopt},
      0,
      [response](const request_ptr& same, const record_answer&) mutable {
        same->respond(std::move(response));
      });
}

void rest_api::steer_recording_of(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto action = reader.text("action");
  if (!action.empty() && action != "pause" && action != "resume")
    reader.fail("action", "must be pause or resume");
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  // Only the node that has the call's audio has its recording.
  with_live_call(
      request,
      [this, paused = action == "pause"](const request_ptr& r, const call_actor& call) {
        ask<bool>(r,
                  call,
                  steer_recording{paused},
                  [paused](const request_ptr& same, bool& recorded) {
                    json_writer data;
                    data.begin_object().field("recorded", recorded);
                    data.field("paused", recorded && paused).end_object();
                    same->respond(success(same->correlation_id, data.str()));
                  });
      });
}

void rest_api::set_recording_policy(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto calls = reader.text("calls");
  if (!calls.empty() && calls != "off" && calls != "on" && calls != "agent")
    reader.fail("calls", "must be off, on or agent");
  record_argument days;
  if (!reader.value("keep_days").is_null())
    days = std::to_string(reader.integer("keep_days", 1, 3650));
  reader.refuse_unknown();
  if (!refuse_problems(request, reader))
    row(request, "recordings.set_policy", {calls, days, request->who.user.str()});
}

} // namespace caly
