#include "actors/model/phone_number.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

namespace caly {

namespace {

/// A role that `giver` may give away: none above its own.
std::string role_text(json_reader& reader, std::string_view key, user_role giver) {
  auto text = reader.text(key, 20);
  const auto role = parse_role(text);
  if (!text.empty() && role == user_role::none)
    reader.fail(key, "must be owner, admin, operator or viewer");
  else if (role > giver)
    reader.fail(key, "is above your own role");
  return text;
}

} // namespace

void rest_api::add_accounts(router& routes) {
  get(routes, "/api/users", route_policy::admin, [this](const request_ptr& r) {
    list(r, "users.list", {});
  });
  change(
      routes,
      http_method::post,
      "/api/users",
      route_policy::admin,
      [this](const request_ptr& request) {
        const auto body = body_object(request);
        if (!body)
          return;
        json_reader reader{*body};
        const auto email = email_text(reader, "email");
        const auto password = reader.text("password", 1024);
        const auto role = role_text(reader, "role", request->who.role);
        const auto weakness =
            weakness_of(password,
                        email,
                        static_cast<std::size_t>(parts_.config.auth.password_chars_min));
        if (!password.empty() && !weakness.empty())
          reader.fail("password", weakness);
        reader.refuse_unknown();
        if (refuse_problems(request, reader))
          return;
        parts_.passwords.hash(
            password, back_to<std::string>(request, [=, this](const std::string& hash) {
              row(request,
                  "users.create",
                  {made_id<user_id>(*request).str(),
                   email,
                   hash,
                   role,
                   request->who.user.str()},
                  201);
            }));
      });
  get(routes, "/api/tenant", route_policy::viewer, [this](const request_ptr& r) {
    row(r, "tenants.get", {});
  });
  change(routes,
         http_method::patch,
         "/api/tenant",
         route_policy::admin,
         [this](const request_ptr& request) {
           const auto body = body_object(request);
           if (!body)
             return;
           json_reader reader{*body};
           const auto calls = integer_argument(reader, "concurrent_calls_max", 0, 10'000);
           const auto zone = text_argument(reader, "time_zone", 64);
           const auto country = text_argument(reader, "default_country", 2);
           if (country && !is_country(*country))
             reader.fail("default_country", "must be an ISO 3166 code such as IN");
           const auto cap = integer_argument(reader, "daily_cap_per_contact", 1, 100);
           const auto gap = integer_argument(reader, "contact_gap_s", 0, 2'592'000);
           reader.refuse_unknown();
           if (refuse_problems(request, reader))
             return;
           run(request,
               request->who.tenant,
               "tenants.patch",
               {calls, zone, country, cap, gap, request->who.user.str()},
               0,
               [this](const request_ptr& r, const record_answer& answer) {
                 wake(*r, "limits");
                 r->respond(success(r->correlation_id, answer.json));
               });
         });
}

} // namespace caly
