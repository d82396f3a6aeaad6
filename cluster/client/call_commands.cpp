#include "cluster/client/commands.hpp"
#include "cluster/client/sign_in.hpp"
#include "runtime/base/text.hpp"

#include <iostream>

namespace caly::client {

namespace {

using kind = out_column::kind;

std::string call_path(const std::string& id) {
  return "/api/calls/" + url_encode(id);
}

void print_talk(const json& turns) {
  for (const auto& turn : turns.items())
    std::cout << turn["role"].text_or("") << ": " << printable(turn["text"].text_or(""))
              << '\n';
}

} // namespace

exit_code list_calls(const command_context& context,
                     const std::string& campaign,
                     const std::string& status,
                     std::size_t rows_max) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  std::string query;
  if (!campaign.empty())
    query += "?campaign_id=" + url_encode(campaign);
  if (!status.empty())
    query += (query.empty() ? "?" : "&") + ("status=" + url_encode(status));
  const auto rows = api->list("/api/calls" + query, rows_max);
  if (!rows)
    return complain(context, rows.error());
  std::cout << render_rows(*rows,
                           {{"ID", "id", kind::text},
                            {"TO", "to", kind::text},
                            {"STATUS", "status", kind::text},
                            {"OUTCOME", "outcome", kind::text},
                            {"SECONDS", "duration_s", kind::number},
                            {"CREDITS", "charged_micros", kind::credits},
                            {"AGENT", "agent_name", kind::text},
                            {"CREATED", "created_at", kind::text}},
                           context.out.format);
  return exit_code::ok;
}

exit_code show_call(const command_context& context, const std::string& id) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto call = api->get(call_path(id));
  if (!call)
    return complain(context, call.error());
  if (context.out.format == out_format::id) {
    std::cout << render_record(*call, out_format::id);
    return exit_code::ok;
  }
  const auto events = api->get(call_path(id) + "/events");
  const auto turns = api->get(call_path(id) + "/transcript");
  if (!events || !turns)
    return complain(context, !events ? events.error() : turns.error());
  if (context.out.format == out_format::json) {
    json_writer all;
    all.begin_object()
        .field("call", *call)
        .field("events", *events)
        .field("transcript", *turns)
        .end_object();
    std::cout << all.str() << '\n';
    return exit_code::ok;
  }
  std::cout << render_record(*call, context.out.format);
  if (context.out.format == out_format::csv)
    return exit_code::ok;
  if (!events->items().empty())
    std::cout << '\n'
              << render_rows(events->items(),
                             {{"AT", "at", kind::text},
                              {"EVENT", "kind", kind::text},
                              {"DETAIL", "detail", kind::text}},
                             out_format::table);
  if (!turns->items().empty()) {
    std::cout << '\n';
    print_talk(*turns);
  }
  return exit_code::ok;
}

exit_code hang_up(const command_context& context, const std::string& id) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto done = api->post(call_path(id) + "/actions/hangup");
  if (!done)
    return complain(context, done.error());
  std::cout << render_record(*done, context.out.format);
  return exit_code::ok;
}

} // namespace caly::client
