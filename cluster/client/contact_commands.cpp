#include "cluster/client/commands.hpp"
#include "cluster/client/progress.hpp"
#include "cluster/client/sign_in.hpp"
#include "runtime/base/text.hpp"

#include <filesystem>
#include <iostream>

namespace caly::client {

namespace {

using kind = out_column::kind;

std::string counts_text(const json& counts) {
  std::string text;
  for (const auto& [name, count] : counts.members())
    if (count.int_or(0) > 0)
      text += (text.empty() ? "" : ", ") + count.dump() + " " + name;
  return text;
}

} // namespace

outcome<std::string> mapping_text(const std::vector<std::string>& pairs) {
  if (pairs.empty())
    return std::string{};
  json_writer out;
  out.begin_object();
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      return failure{exit_code::usage,
                     "invalid",
                     "--map " + pair + " is not FIELD=COLUMN",
                     "--map \"phone=Mobile No\" --map name=Customer"};
    out.field(pair.substr(0, equals), pair.substr(equals + 1));
  }
  out.end_object();
  return std::move(out).str();
}

outcome<json>
bring_in(api_client& api, const file_import& order, const out_options& out) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(order.file, ec))
    return failure{exit_code::usage, "not_found", "no such file: " + order.file, ""};
  const auto mapping = mapping_text(order.map);
  if (!mapping)
    return mapping.error();
  std::map<std::string, std::string> fields{{"default_country", order.country}};
  if (!mapping->empty())
    fields.emplace("mapping", *mapping);
  const auto begun = api.upload("/api/imports", order.file, fields);
  if (!begun)
    return begun.error();
  auto done = watch_import(api, std::string{(*begun)["id"].text_or("")}, out);
  if (!done)
    return done;
  const auto& counts = (*done)["counts"];
  say(out, "imported " + (*done)["rows"].dump() + " rows: " + counts_text(counts));
  if (counts["invalid"].int_or(0) > 0)
    say(out,
        "the rows that were not taken: caly contacts errors " +
            std::string{(*done)["id"].text_or("")});
  return done;
}

exit_code import_contacts(const command_context& context, const file_import& order) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto done = bring_in(*api, order, context.out);
  if (!done)
    return complain(context, done.error());
  if (context.out.format == out_format::json || context.out.format == out_format::id) {
    std::cout << render_record(*done, context.out.format);
    return exit_code::ok;
  }
  json_writer shown;
  shown.begin_object();
  for (const auto* name : {"id", "file_name", "status", "rows"})
    shown.field(name, (*done)[name]);
  shown.field("counts", (*done)["counts"])
      .field("mapping", (*done)["mapping"])
      .end_object();
  const auto record = json::parse(shown.str());
  std::cout << render_record(record ? *record : *done, context.out.format);
  return exit_code::ok;
}

exit_code show_import_errors(const command_context& context, const std::string& id) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto csv = api->text("/api/imports/" + url_encode(id) + "/errors.csv");
  if (!csv)
    return complain(context, csv.error());
  std::cout << *csv;
  return exit_code::ok;
}

exit_code list_contacts(const command_context& context,
                        const std::string& query,
                        std::size_t rows_max) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto rows = api->list(
      "/api/contacts" + (query.empty() ? "" : "?q=" + url_encode(query)), rows_max);
  if (!rows)
    return complain(context, rows.error());
  std::cout << render_rows(*rows,
                           {{"ID", "id", kind::text},
                            {"PHONE", "phone", kind::text},
                            {"NAME", "name", kind::text},
                            {"STATUS", "status", kind::text},
                            {"DO-NOT-CALL", "suppressed", kind::text},
                            {"LAST CALLED", "last_called_at", kind::text}},
                           context.out.format);
  return exit_code::ok;
}

exit_code list_agents(const command_context& context) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto rows = api->list("/api/agents", 1'000);
  if (!rows)
    return complain(context, rows.error());
  std::cout << render_rows(*rows,
                           {{"ID", "id", kind::text},
                            {"NAME", "name", kind::text},
                            {"SECTOR", "sector", kind::text},
                            {"KIND", "kind", kind::text},
                            {"VERSION", "version", kind::number},
                            {"ENABLED", "enabled", kind::text},
                            {"UPDATED", "updated_at", kind::text}},
                           context.out.format);
  return exit_code::ok;
}

} // namespace caly::client
