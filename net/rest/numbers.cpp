#include "actors/model/phone_number.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

namespace caly {

// Whose number it is an admin says (`number set` in the console); its tenant says who
// answers.
void rest_api::add_numbers(router& routes) {
  get(routes, "/api/numbers", route_policy::viewer, [this](const request_ptr& r) {
    list(r, "numbers.list", {});
  });
  change(
      routes,
      http_method::patch,
      "/api/numbers/:phone",
      route_policy::admin,
      [this](const request_ptr& request) {
        const auto phone = phone_number::parse(request->param("phone"));
        if (!phone)
          return request->respond(problem(
              request->correlation_id, 404, "not_found", "This is no number of yours."));
        const auto body = body_object(request);
        if (!body)
          return;
        json_reader reader{*body};
        record_argument agent;
        if (!reader.value("agent_id").is_null())
          agent = id_member<agent_id>(reader, "agent_id").str();
        reader.refuse_unknown();
        if (!refuse_problems(request, reader))
          row(request, "numbers.patch", {phone->str(), agent, request->who.user.str()});
      });
}

} // namespace caly
