#include "actors/model/phone_number.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/text.hpp"

namespace caly {

namespace {

/// A list of short texts, as JSON.
record_argument tags_text(json_reader& reader, std::string_view key) {
  const auto& found = reader.value(key);
  if (found.is_null())
    return std::nullopt;
  if (!found.is_array() || found.items().size() > 20) {
    reader.fail(key, "must be a list of at most 20 texts");
    return std::nullopt;
  }
  for (const auto& each : found.items())
    if (!each.is_string() || each.text_or("").empty() || each.text_or("").size() > 64) {
      reader.fail(key, "must hold texts of 1 to 64 bytes");
      break;
    }
  return found.dump();
}

struct contact_body {
  record_argument phone, name, time_zone, variables, tags;
};

contact_body read_contact(json_reader& reader, bool is_new) {
  contact_body x;
  if (is_new || !reader.value("phone").is_null())
    x.phone = phone_text(reader, "phone");
  x.name = text_argument(reader, "name", 400);
  x.time_zone = text_argument(reader, "time_zone", 64);
  x.variables = variables_text(reader, "variables");
  x.tags = tags_text(reader, "tags");
  reader.refuse_unknown();
  return x;
}

} // namespace

void rest_api::add_contacts(router& routes) {
  get(routes, "/api/contacts", route_policy::viewer, [this](const request_ptr& r) {
    if (auto values = query_arguments(r, {"q", "tag"}))
      list(r, "contacts.list", std::move(*values), "contacts.total");
  });
  get(routes, "/api/contacts/:id", route_policy::viewer, [this](const request_ptr& r) {
    if (const auto id = path_id<contact_id>(r))
      row(r, "contacts.get", {id->str()});
  });
  change(routes,
         http_method::post,
         "/api/contacts",
         route_policy::operator_,
         [this](const request_ptr& request) {
           const auto body = body_object(request);
           if (!body)
             return;
           json_reader reader{*body};
           const auto x = read_contact(reader, true);
           if (!refuse_problems(request, reader))
             row(request,
                 "contacts.create",
                 {made_id<contact_id>(*request).str(),
                  x.phone,
                  x.name,
                  x.time_zone,
                  x.variables,
                  x.tags},
                 201);
         });
  change(routes,
         http_method::patch,
         "/api/contacts/:id",
         route_policy::operator_,
         [this](const request_ptr& request) {
           const auto id = path_id<contact_id>(request);
           if (!id)
             return;
           const auto body = body_object(request);
           if (!body)
             return;
           json_reader reader{*body};
           const auto x = read_contact(reader, false);
           if (!refuse_problems(request, reader))
             row(request,
                 "contacts.patch",
                 {id->str(), x.phone, x.name, x.time_zone, x.variables, x.tags});
         });
  change(routes,
         http_method::del,
         "/api/contacts/:id",
         route_policy::operator_,
         [this](const request_ptr& r) {
           if (const auto id = path_id<contact_id>(r))
             row(r, "contacts.delete", {id->str()});
         });
  change(routes,
         http_method::post,
         "/api/contacts/:id/erase",
         route_policy::admin,
         [this](const request_ptr& r) {
           if (const auto id = path_id<contact_id>(r))
             row(r,
                 "contacts.erase",
                 {id->str(), r->who.user.str(), to_rfc3339(parts_.clock())});
         });
  get(routes, "/api/suppressions", route_policy::viewer, [this](const request_ptr& r) {
    list(r, "suppressions.list", {});
  });
  change(
      routes,
      http_method::post,
      "/api/suppressions",
      route_policy::admin,
      [this](const request_ptr& request) {
        const auto body = body_object(request);
        if (!body)
          return;
        json_reader reader{*body};
        const auto phone = phone_text(reader, "phone");
        const auto reason = reader.text("reason", 400);
        reader.refuse_unknown();
        if (!refuse_problems(request, reader))
          row(request, "suppressions.add", {phone, reason, request->who.user.str()}, 201);
      });
  change(routes,
         http_method::del,
         "/api/suppressions/:phone",
         route_policy::admin,
         [this](const request_ptr& request) {
           const auto phone = phone_number::parse(request->param("phone"));
           if (!phone)
             return request->respond(problem(request->correlation_id,
                                             404,
                                             "not_found",
                                             "This number is not on the list."));
           row(request, "suppressions.remove", {phone->str(), request->who.user.str()});
         });
}

} // namespace caly
