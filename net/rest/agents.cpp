#include "actors/model/agent_profile.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

/// Members of an agent that people may change; each becomes part of its new version.
void check_changes(json_reader& reader, const json& body) {
  reader.text_or("name", "", 120);
  reader.text_or("prompt", "", 32 << 10);
  reader.text_or("greeting", "", 2 << 10);
  reader.text_or("disclosure", "", 1 << 10);
  reader.text_or("recording_notice", "", 1 << 10);
  if (const auto wish = reader.text_or("recording", "");
      !wish.empty() && wish != "on" && wish != "off")
    reader.fail("recording", "must be on, off or empty");
  reader.text_or("voice", "", 64);
  if (const auto brain = reader.text_or("brain", "", 16);
      !brain.empty() && !parse_brain_kind(brain))
    reader.fail("brain", "must be realtime, cascade, relay, gather, embedded or empty");
  reader.boolean_or("enabled", true);
  for (const auto* name : {"languages",
                           "transfers",
                           "tools",
                           "slots",
                           "guardrails",
                           "extraction",
                           "variables"}) {
    const auto& found = reader.value(name);
    if (!found.is_null() && (!found.is_array() || found.items().size() > 100))
      reader.fail(name, "must be a list of at most 100");
  }
  if (const auto& policy = reader.value("language_policy");
      !policy.is_null() && !policy.is_object())
    reader.fail("language_policy", "must be an object");
  for (const auto& [field, what] : problems_of_changes(body))
    reader.fail(field, what);
}

} // namespace

void rest_api::add_agents(router& routes) {
  get(routes, "/api/agents", route_policy::viewer, [this](const request_ptr& r) {
    list(r, "agents.list", {});
  });
  get(routes, "/api/agents/:id", route_policy::viewer, [this](const request_ptr& r) {
    if (const auto id = path_id<agent_id>(r))
      row(r, "agents.get", {id->str()});
  });
  change(routes,
         http_method::patch,
         "/api/agents/:id",
         route_policy::admin,
         [this](const request_ptr& request) {
           const auto id = path_id<agent_id>(request);
           if (!id)
             return;
           const auto body = body_object(request);
           if (!body)
             return;
           json_reader reader{*body};
           check_changes(reader, *body);
           reader.refuse_unknown();
           if (!refuse_problems(request, reader))
             row(request,
                 "agents.patch",
                 {id->str(), body->dump(), request->who.user.str()});
         });
  change(routes,
         http_method::post,
         "/api/agents/:id/test-calls",
         route_policy::operator_,
         [this](const request_ptr& request) {
           if (parts_.open_test_call)
             parts_.open_test_call(request);
           else
             refuse(request, caf::make_error(errc::unavailable, "no audio here"));
         });
  // There are few sectors: always one page.
  get(routes, "/api/sectors", route_policy::viewer, [this](const request_ptr& request) {
    run(request,
        request->who.tenant,
        "sectors.list",
        {},
        1000,
        [](const request_ptr& r, const record_answer& answer) {
          r->respond(success(r->correlation_id, answer.json, 200, {true, {}, false, {}}));
        });
  });
}

} // namespace caly
