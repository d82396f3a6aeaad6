#include "cluster/client/commands.hpp"
#include "cluster/client/progress.hpp"
#include "cluster/client/sign_in.hpp"
#include "runtime/base/text.hpp"

#include <cmath>
#include <iostream>

namespace caly::client {

namespace {

using kind = out_column::kind;

constexpr json_limits row_limits{64 << 10, 8, 100, 32, 3};

/// A number of the forecast as people read it.
std::string shown(const std::string& name, const json& value) {
  if (value.is_null())
    return "-";
  if (name == "credits")
    return credits_text(value.int_or(0));
  if (name == "takes" || name == "talk time")
    return clock_text(std::chrono::seconds{value.int_or(0)});
  return std::string{value.text_or("-")};
}

struct measure {
  const char* name;
  const char* member;
};

constexpr measure measures[]{{"ends at", "ends_at"},
                             {"takes", "duration_s"},
                             {"calls", "calls"},
                             {"answered", "answered"},
                             {"talk time", "talked_s"},
                             {"credits", "charged_micros"}};

json object_of(const json_writer& text) {
  const auto row = json::parse(text.str(), row_limits);
  return row ? *row : json{};
}

std::string percent(const json& share) {
  return std::to_string(std::lround(share.as_double().value_or(0) * 100)) + " %";
}

std::string counted(const json& reasons) {
  std::string out;
  for (const auto& each : reasons.items())
    out += (out.empty() ? "" : ", ") + std::string{each["reason"].text_or("")} + " " +
           std::string{each["rows"].text_or("")};
  return out;
}

std::string assumed(const json& assumptions) {
  const auto source = assumptions["source"].text_or("");
  auto out = source == "assumed"
                 ? std::string{"too few calls to learn from, so it is assumed that "}
                 : "from the last " + std::string{assumptions["calls"].text_or("0")} +
                       " calls with this " + std::string{source} + ": ";
  return out + percent(assumptions["outcomes"]["completed"]) +
         " of the calls are answered, talks last " +
         std::string{assumptions["talk_s"].text_or("?")} + " s";
}

} // namespace

std::string forecast_table(const json& forecast) {
  std::vector<json> rows;
  for (const auto& each : measures) {
    json_writer row;
    row.begin_object().field("what", each.name);
    for (const auto* rank : {"p50", "p90"})
      row.field(rank, shown(each.name, forecast[each.member][rank]));
    rows.push_back(object_of(row.end_object()));
  }
  auto out = render_rows(rows,
                         {{"", "what", kind::text},
                          {"EXPECTED", "p50", kind::number},
                          {"9 OF 10 TIMES AT MOST", "p90", kind::number}},
                         out_format::table);
  const auto line = [&](const std::string& name, const std::string& text) {
    if (!text.empty())
      out += name + ": " + text + "\n";
  };
  line("ends as", std::string{forecast["ends_as"].text_or("?")});
  const auto& credit = forecast["credit"];
  if (!credit["suffices"].bool_or(true))
    line("credit",
         "of " + credits_text(credit["needed_micros"]["p50"].int_or(0)) +
             " needed there are " + credits_text(credit["balance_micros"].int_or(0)) +
             "; calls stop at " + std::string{credit["runs_out_at"].text_or("?")});
  std::string limits;
  for (const auto& each : forecast["limited_by"].items())
    limits += (limits.empty() ? "" : ", ") + std::string{each["what"].text_or("")} + " " +
              percent(each["share"]);
  line("limited by", limits);
  line("people to call", std::string{forecast["rows"]["to_call"].text_or("0")});
  line("not called", counted(forecast["rows"]["skipped"]));
  line("called later", counted(forecast["rows"]["waiting"]));
  line("based on", assumed(forecast["assumptions"]));
  return out;
}

std::string beside_table(const json& beside) {
  const auto& predicted = beside["predicted"];
  const auto& happened = beside["happened"];
  std::vector<json> rows;
  for (const auto& each : measures) {
    if (each.member == std::string_view{"duration_s"})
      continue; // the ends say it
    const auto* real =
        each.member == std::string_view{"ends_at"} ? "ended_at" : each.member;
    json_writer row;
    row.begin_object().field("what", each.name);
    row.field("predicted", shown(each.name, predicted[each.member]["p50"]));
    row.field("happened", shown(each.name, happened[real]));
    rows.push_back(object_of(row.end_object()));
  }
  return render_rows(rows,
                     {{"", "what", kind::text},
                      {"PREDICTED", "predicted", kind::number},
                      {"HAPPENED", "happened", kind::number}},
                     out_format::table);
}

exit_code simulate_campaign(const command_context& context,
                            const std::string& id,
                            const campaign_wishes& wishes) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  json_writer body;
  body.begin_object();
  if (wishes.lines > 0)
    body.field("lines", wishes.lines);
  if (!wishes.starts_at.empty())
    body.field("starts_at", wishes.starts_at);
  if (wishes.answer_rate >= 0)
    body.field("answer_rate", wishes.answer_rate);
  if (wishes.talk_s > 0)
    body.field("talk_s", wishes.talk_s);
  body.end_object();
  const auto made =
      api->post("/api/campaigns/" + url_encode(id) + "/simulate", body.str());
  if (!made)
    return complain(context, made.error());
  std::cout << (context.out.format == out_format::table
                    ? forecast_table(*made)
                    : render_record(*made, context.out.format));
  return exit_code::ok;
}

exit_code show_forecast(const command_context& context, const std::string& id) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto beside = api->get("/api/campaigns/" + url_encode(id) + "/forecast");
  if (!beside)
    return complain(context, beside.error());
  if ((*beside)["predicted"].is_null())
    say(context.out,
        "nothing was predicted; before the start: caly campaigns simulate " + id);
  std::cout << (context.out.format == out_format::table
                    ? beside_table(*beside)
                    : render_record(*beside, context.out.format));
  return exit_code::ok;
}

} // namespace caly::client
