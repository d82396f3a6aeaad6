#include "actors/model/phone_number.hpp"
#include "net/auth/secrets.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>

namespace caly {

namespace {

constexpr const char* campaign_template =
    "\xef\xbb\xbfphone,name,time_zone,tags\r\n"
    "+919876543210,Asha Verma,Asia/Kolkata,new\r\n"
    "+919812345678,Rohan Mehta,Asia/Kolkata,returning\r\n";

struct upload_fields {
  std::string country;
  std::string mapping; ///< JSON object, members in order of name
};

/// Reads what stands beside the file. Nothing: answered with 422.
std::optional<upload_fields> read_fields(const request_ptr& request) {
  static const json nothing;
  json_reader reader{nothing};
  upload_fields made;
  const auto& form = *request->form;
  for (const auto& [name, value] : form.fields)
    if (name != "default_country" && name != "mapping")
      reader.fail(name, "is not a known field");
  if (form.file_path.empty())
    reader.fail("file", "is required");
  made.country = form.field("default_country");
  if (made.country.empty())
    made.country = "IN";
  if (!is_country(made.country))
    reader.fail("default_country", "must be an ISO 3166 code such as IN");
  std::map<std::string, std::string> mapping;
  if (const auto text = form.field("mapping"); !text.empty()) {
    const auto parsed = json::parse(text);
    if (!parsed || !parsed->is_object() || parsed->members().size() > 200) {
      reader.fail("mapping", "must be a JSON object from field to column");
    } else {
      for (const auto& [field, column] : parsed->members())
        if (!column.is_string() || column.text_or("").find('\0') != std::string::npos)
          reader.fail("mapping." + field, "must be the title of a column");
        else
          mapping.emplace(field, column.text_or(""));
    }
  }
  json_writer out;
  out.begin_object();
  for (const auto& [field, column] : mapping)
    out.field(field, column);
  made.mapping = std::move(out.end_object()).str();
  if (refuse_problems(request, reader))
    return std::nullopt;
  return made;
}

} // namespace

void rest_api::add_imports(router& routes) {
  const auto upload = [&](const char* pattern, request_handler handler) {
    routes.add({.method = http_method::post,
                .pattern = pattern,
                .policy = route_policy::operator_,
                .body = body_kind::upload,
                .body_bytes_max = parts_.config.net.upload_bytes_max,
                .handler = std::move(handler)});
  };
  upload("/api/imports",
         once("POST /api/imports", [this](const request_ptr& r) { start_import(r); }));
  upload("/api/imports/preview", [this](const request_ptr& r) { preview_import(r); });
  get(routes, "/api/imports", route_policy::viewer, [this](const request_ptr& r) {
    list(r, "imports.list", {});
  });
  get(routes, "/api/imports/:id", route_policy::viewer, [this](const request_ptr& r) {
    if (const auto id = path_id<import_id>(r))
      row(r, "imports.get", {id->str()});
  });
  get(routes,
      "/api/imports/:id/errors.csv",
      route_policy::viewer,
      [this](const request_ptr& r) { send_errors(r); });
  get(routes,
      "/api/templates/campaign.csv",
      route_policy::viewer,
      [](const request_ptr& request) {
        http_response response;
        response.content_type = "text/csv; charset=utf-8";
        response.body = campaign_template;
        response.with("Content-Disposition", "attachment; filename=\"campaign.csv\"");
        request->respond(std::move(response));
      });
}

void rest_api::start_import(const request_ptr& request) {
  const auto fields = read_fields(request);
  if (!fields)
    return;
  const auto limit =
      parts_.limits.import(request->who.tenant.str(), http_request::clock::now());
  if (limit.wait.count() > 0)
    return request->respond(too_many(request->correlation_id, limit));
  const auto key = fingerprint(request->form->sha256 + '\n' + fields->country + '\n' +
                               fields->mapping);
  ask<import_begun>(
      request,
      parts_.actors.imports,
      begin_import{request->who.tenant,
                   made_id<import_id>(*request),
                   key,
                   request->form->file_name,
                   fields->country,
                   fields->mapping},
      [this, fields](const request_ptr& req, import_begun& begun) {
        if (begun.status == "processing")
          caf::anon_send(parts_.actors.import_runner,
                         run_import{req->who.tenant,
                                    begun.import,
                                    req->form->release_file(),
                                    fields->country,
                                    fields->mapping});
        json_writer data;
        data.begin_object()
            .field("id", begun.import.str())
            .field("status", begun.status)
            .end_object();
        req->respond(success(req->correlation_id, data.str(), begun.is_new ? 202 : 200));
      });
}

void rest_api::preview_import(const request_ptr& request) {
  const auto fields = read_fields(request);
  if (!fields)
    return;
  auto& form = *request->form;
  const auto truncated = form.file_bytes > form.head.size();
  const auto mapping = form.field("mapping").empty() ? std::string{} : fields->mapping;
  ask<std::string>(
      request,
      parts_.actors.import_runner,
      preview_file{std::move(form.head), truncated, fields->country, mapping},
      [](const request_ptr& req, std::string& data) {
        req->respond(success(req->correlation_id, data));
      });
}

// The first piece is asked for before the head goes out, so that a wrong id is still 404.
void rest_api::send_errors(const request_ptr& request) {
  const auto id = path_id<import_id>(request);
  if (!id)
    return;
  const auto tenant = request->who.tenant;
  ask<import_errors_text>(
      request,
      parts_.actors.import_runner,
      read_import_errors{tenant, *id, {}},
      [this, tenant, id](const request_ptr& req, import_errors_text& first) {
        http_response response;
        response.content_type = "text/csv; charset=utf-8";
        response.with("Content-Disposition",
                      "attachment; filename=\"errors-" + id->str() + ".csv\"");
        if (!first.has_more) {
          response.body = std::move(first.csv);
          return req->respond(std::move(response));
        }
        struct progress {
          std::string ready, cursor;
          bool has_more = true;
        };
        auto at = std::make_shared<progress>(
            progress{std::move(first.csv), std::move(first.next_cursor)});
        auto& gateways = parts_.gateways;
        response.source = [&gateways,
                           runner = parts_.actors.import_runner,
                           timeout = parts_.config.net.request_timeout,
                           post = req->poster(),
                           tenant,
                           id,
                           at](std::function<void(caf::expected<std::string>)> next) {
          if (!at->ready.empty() || !at->has_more)
            return next(std::exchange(at->ready, {}));
          gateways.ask<import_errors_text>(
              runner,
              timeout,
              read_import_errors{tenant, *id, at->cursor},
              post,
              [at, next](caf::expected<import_errors_text> piece) {
                if (!piece)
                  return next(piece.error());
                at->cursor = std::move(piece->next_cursor);
                at->has_more = piece->has_more;
                next(std::move(piece->csv));
              });
        };
        req->respond(std::move(response));
      });
}

} // namespace caly
