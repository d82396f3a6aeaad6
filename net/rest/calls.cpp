#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

/// Of one call in one answer; a call has one for each time that it went to another node.
constexpr std::uint32_t logs_max = 20;

} // namespace

void rest_api::add_calls(router& routes) {
  change(routes,
         http_method::post,
         "/api/phone/calls",
         route_policy::operator_,
         [this](const request_ptr& r) { place_call(r); });
  const auto document = [this](const request_ptr& r) {
    if (const auto id = path_id<call_id>(r))
      row(r, "calls.get", {id->str()});
  };
  get(routes, "/api/phone/calls/:id", route_policy::viewer, document);
  get(routes, "/api/calls/:id", route_policy::viewer, document);
  get(routes, "/api/calls", route_policy::viewer, [this](const request_ptr& r) {
    auto values = query_arguments(r, {"campaign_id", "status", "direction"});
    if (!values)
      return;
    if (values->front() && !campaign_id::parse(*values->front()))
      return r->respond(success(r->correlation_id, "[]", 200, {true, {}, false, {}}));
    list(r, "calls.list", std::move(*values), "calls.total");
  });
  for (const std::string part : {"events", "transcript"})
    get(routes,
        "/api/calls/:id/" + part,
        route_policy::viewer,
        [this, part](const request_ptr& r) { list_of_call(r, "calls." + part, 1000); });
  // A log is kept as it grows: of a call's first moments there is none to be had.
  const auto show_logs = [](const request_ptr& r, const record_answer& logs, bool live) {
    if (logs.rows > 0)
      return r->respond(success(r->correlation_id,
                                logs.json,
                                200,
                                {true, logs.next_cursor, logs.has_more, {}}));
    refuse(r,
           live ? caf::make_error(
                      errc::conflict,
                      "nothing of the live call's log is kept yet; ask again later")
                : caf::make_error(errc::not_found, "no log of this call was kept"));
  };
  get(routes,
      "/api/calls/:id/log",
      route_policy::viewer,
      [this, show_logs](const request_ptr& r) {
        with_call(r,
                  [this, show_logs](
                      const request_ptr& req, const call_id& id, const json& call) {
                    run(req,
                        req->who.tenant,
                        "calls.log",
                        {id.str()},
                        logs_max,
                        [show_logs, live = call["ended_at"].is_null()](
                            const request_ptr& same, const record_answer& logs) {
                          show_logs(same, logs, live);
                        });
                  });
      });
  change(routes,
         http_method::post,
         "/api/calls/:id/actions/hangup",
         route_policy::operator_,
         [this](const request_ptr& r) { hang_up(r); });
  change(routes,
         http_method::post,
         "/api/calls/:id/actions/dtmf",
         route_policy::operator_,
         [this](const request_ptr& r) { press_keys_of(r); });
}

void rest_api::place_call(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto to = phone_text(reader, "to");
  const auto agent = id_member<agent_id>(reader, "agent_id");
  std::string from;
  if (!reader.value("from").is_null())
    from = phone_text(reader, "from");
  const auto variables = variables_text(reader, "variables");
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  ask<call_id>(
      request,
      parts_.actors.single_calls,
      place_single_call{request->who.tenant,
                        made_id<call_id>(*request),
                        to,
                        from,
                        agent,
                        variables.value_or("{}"),
                        request->correlation_id},
      [](const request_ptr& r, call_id& id) {
        json_writer data;
        data.begin_object().field("id", id.str()).field("status", "queued").end_object();
        r->respond(success(r->correlation_id, data.str(), 201));
      });
}

void rest_api::press_keys_of(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto keys = reader.text("keys");
  if (!keys.empty() && !are_keys(keys))
    reader.fail("keys", std::string{key_rule});
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  with_live_call(request, [this, keys](const request_ptr& r, const call_actor& call) {
    ask<bool>(r, call, press_keys{keys}, [](const request_ptr& same, bool& pressed) {
      json_writer data;
      data.begin_object().field("pressed", pressed);
      data.end_object();
      same->respond(success(same->correlation_id, data.str()));
    });
  });
}

void rest_api::hang_up(const request_ptr& request) {
  // The actor may live on another node.
  with_call(request, [this](const request_ptr& r, const call_id& id, const json&) {
    ask<call_actor>(r,
                    parts_.actors.calls,
                    find_call{r->who.tenant, id, true},
                    [this](const request_ptr& req, call_actor& call) {
                      ask<bool>(req,
                                call,
                                end_call{"hung up by a user"},
                                [](const request_ptr& same, bool& ended) {
                                  same->respond(success(same->correlation_id,
                                                        ended ? R"({"ended":true})"
                                                              : R"({"ended":false})"));
                                });
                    });
  });
}

void rest_api::with_call(
    const request_ptr& request,
    std::function<void(const request_ptr&, const call_id&, const json&)> then) {
  const auto id = path_id<call_id>(request);
  if (!id)
    return;
  run(request,
      request->who.tenant,
      "calls.get",
      {id->str()},
      0,
      [id, then = std::move(then)](const request_ptr& r, const record_answer& answer) {
        if (const auto row = json::parse(answer.json))
          then(r, *id, *row);
        else
          refuse(r, caf::make_error(errc::unavailable, "unreadable rows"));
      });
}

void rest_api::list_of_call(const request_ptr& request,
                            const std::string& statement,
                            std::int64_t limit) {
  with_call(
      request,
      [this, statement, limit](const request_ptr& r, const call_id& id, const json&) {
        run(r,
            r->who.tenant,
            statement,
            {id.str()},
            limit,
            [](const request_ptr& same, const record_answer& answer) {
              same->respond(success(same->correlation_id,
                                    answer.json,
                                    200,
                                    {true, answer.next_cursor, answer.has_more, {}}));
            });
      });
}

} // namespace caly
