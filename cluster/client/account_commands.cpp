#include "cluster/client/commands.hpp"
#include "cluster/client/console_command.hpp"
#include "cluster/client/sign_in.hpp"
#include "runtime/base/clock.hpp"

#include <cmath>
#include <iostream>

namespace caly::client {

namespace {

constexpr double clock_skew_s_max = 30;

/// What is looked at, one line each.
class examination {
public:
  void note(bool good, const std::string& what, const std::string& detail) {
    bad_ += good ? 0 : 1;
    json_writer row;
    row.begin_object()
        .field("ok", good)
        .field("check", what)
        .field("detail", detail)
        .end_object();
    if (auto parsed = json::parse(row.str()))
      rows_.push_back(std::move(*parsed));
  }

  void note(const std::string& what, const failure& reason) {
    note(false, what, reason.message + (reason.hint.empty() ? "" : "; " + reason.hint));
  }

  const std::vector<json>& rows() const { return rows_; }

  int bad() const { return bad_; }

private:
  std::vector<json> rows_;
  int bad_ = 0;
};

void look_at_node(examination& findings, api_client& api, const std::string& url) {
  const auto ready = api.probe(url + "/ready");
  if (!ready) {
    findings.note("node " + url, ready.error());
    return;
  }
  findings.note(true, "node " + url, "ready");
  const auto at = parse_rfc3339((*ready)["timestamp"].text_or(""));
  if (!at)
    return;
  const auto skew = std::chrono::duration<double>(std::chrono::system_clock::now() - *at);
  if (std::abs(skew.count()) > clock_skew_s_max)
    findings.note(false,
                  "clock of " + url,
                  "differs by " + std::to_string(std::lround(skew.count())) +
                      " s; set both clocks");
}

void look_at_account(examination& findings, const command_context& context) {
  auto api = open_api(context.target);
  if (!api) {
    findings.note("sign-in", api.error());
    return;
  }
  const auto me = api->get("/api/auth/me");
  if (!me) {
    findings.note("sign-in", me.error());
    return;
  }
  findings.note(true,
                "sign-in",
                std::string{(*me)["user"]["email"].text_or("")} + ", " +
                    std::string{(*me)["user"]["role"].text_or("")});
  const auto balance = api->get("/api/billing/balance");
  if (!balance) {
    findings.note("credits", balance.error());
    return;
  }
  const auto free =
      (*balance)["balance_micros"].int_or(0) - (*balance)["held_micros"].int_or(0);
  findings.note(free > 0,
                "credits",
                credits_text(free) +
                    (free > 0 ? " to spend" : ": top up before dialing"));
}

void look_at_console(examination& findings, const command_context& context) {
  auto console = open_console(context.target);
  if (!console) {
    findings.note("console", console.error());
    return;
  }
  const auto nodes = console->run("nodes -o json", [](const std::string&) {});
  if (!nodes) {
    findings.note("console " + console->node(), nodes.error());
    return;
  }
  const auto rows = json::parse(nodes->data);
  std::string states;
  bool good = rows.engaged();
  if (rows)
    for (const auto& row : rows->items()) {
      const auto state = row["state"].text_or("");
      good = good && state != "suspect";
      states += (states.empty() ? "" : ", ") + std::string{row["node"].text_or("")} +
                " " + std::string{state};
    }
  findings.note(good, "cluster at " + console->node(), states);
  const auto invariants = console->run("invariants -o json", [](const std::string&) {});
  if (!invariants) {
    findings.note("invariants", invariants.error());
    return;
  }
  const auto checks = json::parse(invariants->data);
  std::string broken;
  if (checks)
    for (const auto& check : checks->items())
      if (!check["ok"].bool_or(false))
        broken += (broken.empty() ? "" : ", ") + std::string{check["id"].text_or("")};
  findings.note(checks && broken.empty(),
                "invariants",
                broken.empty() ? "all hold" : "broken: " + broken);
}

} // namespace

exit_code complain(const command_context& context, const failure& reason) {
  std::cerr << render_failure(reason, context.out.color);
  return reason.exit;
}

exit_code run_login(const command_context& context,
                    const std::string& email,
                    const std::string& password_file) {
  const auto found = find_endpoints(context.target);
  if (!found)
    return complain(context, found.error());
  const auto who = email.empty() ? found->email : email;
  if (who.empty())
    return complain(
        context, {exit_code::usage, "invalid", "who are you?", "caly login --email …"});
  auto password = found->password;
  if (password.empty() || !password_file.empty() || who != found->email) {
    const auto asked = ask_password(password_file, who);
    if (!asked)
      return complain(context, asked.error());
    password = *asked;
  }
  api_client api{found->apis};
  const auto session = sign_in(api, who, password);
  if (!session)
    return complain(context, session.error());
  say(context.out, "signed in as " + who);
  std::cout << render_record((*session)["user"], context.out.format);
  return exit_code::ok;
}

exit_code run_logout(const command_context& context) {
  if (const auto done = sign_out(); !done)
    return complain(context, done.error());
  say(context.out, "signed out");
  return exit_code::ok;
}

exit_code run_doctor(const command_context& context) {
  examination findings;
  const auto found = find_endpoints(context.target);
  if (!found)
    return complain(context, found.error());
  if (found->apis.empty())
    findings.note(false, "cluster", "unknown; give --state DIR or --api URL");
  api_client api{found->apis};
  for (const auto& url : api.apis())
    look_at_node(findings, api, url);
  if (!found->apis.empty())
    look_at_account(findings, context);
  if (!found->consoles.empty())
    look_at_console(findings, context);
  std::cout << render_rows(findings.rows(),
                           {{"OK", "ok", out_column::kind::text},
                            {"CHECK", "check", out_column::kind::text},
                            {"DETAIL", "detail", out_column::kind::text}},
                           context.out.format);
  return findings.bad() == 0 ? exit_code::ok : exit_code::unavailable;
}

} // namespace caly::client
