#pragma once

#include "cluster/client/api_client.hpp"
#include "cluster/client/endpoints.hpp"
#include "cluster/client/terminal.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace caly::client {

/// What every command gets.
struct command_context {
  target_options target;
  out_options out;
};

struct file_import {
  std::string file;
  std::string country = "IN";
  std::vector<std::string> map; ///< `phone=Mobile No`
};

struct campaign_import {
  file_import contacts;
  std::string agent;               ///< id, slug, name or a part of it
  std::string name;                ///< empty: that of the file
  std::int64_t concurrency = 0;    ///< 0: what the account may have
  std::int64_t attempts_max = 0;   ///< 0: the default
  std::int64_t retry_delay_s = -1; ///< below 0: the defaults
  bool start = false;
  bool watch = false;
};

/// What a simulation tries instead of what the campaign has.
struct campaign_wishes {
  std::int64_t lines = 0;  ///< 0: the campaign's
  std::string starts_at{}; ///< RFC 3339; empty: now
  double answer_rate = -1; ///< below 0: learned or assumed
  double talk_s = 0;       ///< 0: learned or assumed
};

/// Prints the failure and answers its exit code.
exit_code complain(const command_context& context, const failure& reason);

exit_code run_login(const command_context& context,
                    const std::string& email,
                    const std::string& password_file);
exit_code run_logout(const command_context& context);

exit_code import_campaign(const command_context& context, const campaign_import& order);
exit_code list_campaigns(const command_context& context, std::size_t rows_max);
exit_code
show_campaign(const command_context& context, const std::string& id, bool watch);
/// `action`: start, pause, resume, stop, redial.
exit_code change_campaign(const command_context& context,
                          const std::string& id,
                          const std::string& action);

exit_code simulate_campaign(const command_context& context,
                            const std::string& id,
                            const campaign_wishes& wishes);
/// What was predicted when it started, beside what happened.
exit_code show_forecast(const command_context& context, const std::string& id);

exit_code list_calls(const command_context& context,
                     const std::string& campaign,
                     const std::string& status,
                     std::size_t rows_max);
exit_code show_call(const command_context& context, const std::string& id);
exit_code hang_up(const command_context& context, const std::string& id);

exit_code import_contacts(const command_context& context, const file_import& order);
/// The rows of an import that were not taken, as CSV with the reasons.
exit_code show_import_errors(const command_context& context, const std::string& id);
exit_code list_contacts(const command_context& context,
                        const std::string& query,
                        std::size_t rows_max);
exit_code list_agents(const command_context& context);

/// Looks whether everything a user needs answers.
exit_code run_doctor(const command_context& context);

// -- parts

/// A forecast of the API for people.
std::string forecast_table(const json& forecast);

/// Prediction and what happened for people.
std::string beside_table(const json& beside);

/// `phone=Mobile No` as the JSON object that the API takes; empty when there are none.
outcome<std::string> mapping_text(const std::vector<std::string>& pairs);

/// The one agent that `wanted` names. Errors: `not_found`, `usage` when several fit.
outcome<json> pick_agent(const std::vector<json>& agents, const std::string& wanted);

/// Uploads and waits until the rows are there. Answers the import.
outcome<json> bring_in(api_client& api, const file_import& order, const out_options& out);

} // namespace caly::client
