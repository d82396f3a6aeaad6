#include "actors/model/phone_number.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace caly {

namespace {

constexpr std::int64_t week_s = 604'800;
constexpr json_limits document_limits{.bytes_max = 1 << 20};

void check_retry(json_reader& outer, const json& retry) {
  if (retry.is_null())
    return;
  if (!retry.is_object())
    return outer.fail("retry", "must be an object");
  json_reader reader{retry};
  reader.integer_or("max_attempts", 3, 1, 10);
  for (const auto* name :
       {"busy_delay_s", "no_answer_delay_s", "voicemail_delay_s", "failed_delay_s"})
    reader.integer_or(name, 0, 0, week_s);
  reader.boolean_or("retry_lost", false);
  reader.refuse_unknown();
  add_problems(outer, "retry", reader);
}

/// `HH:MM`, 24 hours.
bool is_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  return text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) &&
         digit(4) && text.substr(0, 2) <= "23" && text.substr(3) <= "59";
}

void check_window(json_reader& outer, const json& window) {
  if (window.is_null())
    return;
  if (!window.is_object())
    return outer.fail("calling_window", "must be an object or null");
  json_reader reader{window};
  for (const auto* name : {"from", "to"})
    if (const auto text = reader.text(name); !text.empty() && !is_time_of_day(text))
      reader.fail(name, "must be a time such as 09:00");
  if (reader.ok() && window["from"].text_or("") == window["to"].text_or(""))
    reader.fail("to", "must differ from the beginning");
  if (const auto& days = reader.value("days"); !days.is_null()) {
    std::set<std::int64_t> seen;
    for (const auto& day : days.items())
      if (const auto number = day.as_int(); number && *number >= 1 && *number <= 7)
        seen.insert(*number);
    if (!days.is_array() || seen.empty() || seen.size() != days.items().size())
      reader.fail("days", "must hold days from 1 (Monday) to 7, each once");
  }
  reader.refuse_unknown();
  add_problems(outer, "calling_window", reader);
}

void check_breaker(json_reader& outer, const json& breaker) {
  if (breaker.is_null())
    return;
  if (!breaker.is_object())
    return outer.fail("failure_breaker", "must be an object");
  json_reader reader{breaker};
  reader.integer_or("window", 20, 5, 1000);
  const auto& ratio = reader.value("ratio");
  if (const auto number = ratio.as_double();
      !ratio.is_null() && (!number || *number < 0.05 || *number > 1))
    reader.fail("ratio", "must be between 0.05 and 1");
  reader.refuse_unknown();
  add_problems(outer, "failure_breaker", reader);
}

record_argument json_argument(const json& value) {
  if (value.is_null())
    return std::nullopt;
  return value.dump();
}

/// The members that both the first plan and its changes may have.
void check_plan(json_reader& reader) {
  check_retry(reader, reader.value("retry"));
  check_window(reader, reader.value("calling_window"));
  check_breaker(reader, reader.value("failure_breaker"));
}

std::string from_number(json_reader& reader, std::string fallback) {
  if (reader.value("from_number").is_null())
    return fallback;
  return phone_text(reader, "from_number");
}

/// The version in `If-Match: "3"`.
std::optional<std::int64_t> version_of(std::string_view header) {
  header = trim(header);
  if (header.size() < 3 || header.front() != '"' || header.back() != '"')
    return std::nullopt;
  header = header.substr(1, header.size() - 2);
  std::int64_t version = 0;
  const auto [end, failed] =
      std::from_chars(header.data(), header.data() + header.size(), version);
  if (failed != std::errc{} || end != header.data() + header.size())
    return std::nullopt;
  return version;
}

} // namespace

void rest_api::add_campaigns(router& routes) {
  get(routes, "/api/campaigns", route_policy::viewer, [this](const request_ptr& r) {
    if (auto values = query_arguments(r, {"status"}))
      list(r, "campaigns.list", std::move(*values), "campaigns.total");
  });
  change(routes,
         http_method::post,
         "/api/campaigns",
         route_policy::operator_,
         [this](const request_ptr& r) { create_campaign(r); });
  get(routes, "/api/campaigns/:id", route_policy::viewer, [this](const request_ptr& r) {
    if (const auto id = path_id<campaign_id>(r))
      run(r,
          r->who.tenant,
          "campaigns.get",
          {id->str()},
          0,
          [this](const request_ptr& req, const record_answer& answer) {
            campaign_document(req, answer, 200);
          });
  });
  change(routes,
         http_method::patch,
         "/api/campaigns/:id",
         route_policy::operator_,
         [this](const request_ptr& r) { patch_campaign(r); });
  change(routes,
         http_method::del,
         "/api/campaigns/:id",
         route_policy::operator_,
         [this](const request_ptr& r) {
           if (const auto id = path_id<campaign_id>(r))
             row(r, "campaigns.delete", {id->str(), r->who.user.str()});
         });
  for (const std::string action :
       {"validate", "start", "pause", "resume", "stop", "redial"})
    change(routes,
           http_method::post,
           "/api/campaigns/:id/" + action,
           route_policy::operator_,
           [this, action](const request_ptr& r) { act_on_campaign(r, action); });
  get(routes,
      "/api/campaigns/:id/progress",
      route_policy::viewer,
      [this](const request_ptr& r) {
        if (const auto id = path_id<campaign_id>(r))
          ask<record_answer>(
              r,
              parts_.actors.progress,
              run_record{r->who.tenant, "campaigns.progress", {id->str(), now_text()}, 0},
              [](const request_ptr& req, const record_answer& answer) {
                req->respond(success(req->correlation_id, answer.json));
              });
      });
  get(routes,
      "/api/campaigns/:id/contacts",
      route_policy::viewer,
      [this](const request_ptr& r) {
        const auto id = path_id<campaign_id>(r);
        if (!id)
          return;
        auto values = query_arguments(r, {"state"});
        if (!values)
          return;
        values->insert(values->begin(), id->str());
        // An empty page and another tenant's campaign would look the same.
        run(r,
            r->who.tenant,
            "campaigns.get",
            {id->str()},
            0,
            [this, values = std::move(*values)](const request_ptr& request,
                                                record_answer) {
              list(request, "campaigns.contacts", values);
            });
      });
  get(routes,
      "/api/campaigns/:id/contacts/:cid/explain",
      route_policy::viewer,
      [this](const request_ptr& r) {
        const auto id = path_id<campaign_id>(r);
        if (!id)
          return;
        if (const auto contact = path_id<contact_id>(r, "cid"))
          row(r, "campaigns.explain", {id->str(), contact->str(), now_text()});
      });
}

void rest_api::campaign_document(const request_ptr& request,
                                 const record_answer& answer,
                                 unsigned status) {
  auto response = success(request->correlation_id, answer.json, status);
  if (const auto document = json::parse(answer.json, document_limits))
    response.with("ETag", '"' + std::to_string((*document)["version"].int_or(0)) + '"');
  request->respond(std::move(response));
}

void rest_api::create_campaign(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const std::string name{trim(reader.text("name", 200))};
  const auto agent = id_member<agent_id>(reader, "agent_id");
  const auto import = id_member<import_id>(reader, "import_id");
  const auto from = from_number(reader, parts_.config.providers.twilio.from_number);
  const auto concurrency = reader.integer_or("concurrency", 1, 1, 1000);
  check_plan(reader);
  const auto max_call_s = integer_argument(reader, "max_call_s", 10, 14'400);
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  run(request,
      request->who.tenant,
      "campaigns.create",
      {made_id<campaign_id>(*request).str(),
       name,
       agent.str(),
       import.str(),
       from,
       std::to_string(concurrency),
       json_argument((*body)["retry"]),
       json_argument((*body)["calling_window"]),
       json_argument((*body)["failure_breaker"]),
       max_call_s,
       request->who.user.str()},
      0,
      [this](const request_ptr& r, const record_answer& answer) {
        campaign_document(r, answer, 201);
      });
}

void rest_api::patch_campaign(const request_ptr& request) {
  const auto id = path_id<campaign_id>(request);
  if (!id)
    return;
  const auto header = request->header("If-Match");
  if (header.empty())
    return request->respond(problem(request->correlation_id,
                                    428,
                                    "version_required",
                                    "Send the campaign's ETag as If-Match."));
  const auto version = version_of(header);
  if (!version)
    return request->respond(problem(
        request->correlation_id, 409, "conflict", "If-Match is no version of this."));
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  if (!reader.value("name").is_null())
    reader.text("name", 200);
  if (!reader.value("agent_id").is_null())
    id_member<agent_id>(reader, "agent_id");
  if (!reader.value("import_id").is_null())
    id_member<import_id>(reader, "import_id");
  from_number(reader, "");
  reader.integer_or("concurrency", 1, 1, 1000);
  reader.integer_or("max_call_s", 600, 10, 14'400);
  check_plan(reader);
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  run(request,
      request->who.tenant,
      "campaigns.patch",
      {id->str(), std::to_string(*version), body->dump(), request->who.user.str()},
      0,
      [this](const request_ptr& r, const record_answer& answer) {
        wake(*r, "campaign changed");
        campaign_document(r, answer, 200);
      });
}

void rest_api::act_on_campaign(const request_ptr& request, const std::string& action) {
  const auto id = path_id<campaign_id>(request);
  if (!id)
    return;
  arguments values{id->str()};
  if (action == "pause") {
    const auto body = body_object(request);
    if (!body)
      return;
    json_reader reader{*body};
    const auto reason = reader.text_or("reason", "paused by a user", 400);
    if (refuse_problems(request, reader))
      return;
    values.emplace_back(request->who.user.str());
    values.emplace_back(reason);
  } else if (action != "validate") {
    values.emplace_back(request->who.user.str());
  }
  values.emplace_back(now_text());
  run(request,
      request->who.tenant,
      "campaigns." + action,
      std::move(values),
      0,
      [this, action](const request_ptr& r, const record_answer& answer) {
        if (action != "validate")
          wake(*r, "campaign");
        r->respond(success(r->correlation_id, answer.json));
      });
}

} // namespace caly
