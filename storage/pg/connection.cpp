#include "storage/pg/connection.hpp"

#include <algorithm>

namespace caly::pg {

namespace {

std::string setting(const char* name, std::chrono::milliseconds value) {
  return std::string{"set "} + name + " = " + std::to_string(value.count()) + ';';
}

} // namespace

std::string with_connect_limits(const connection_options& options) {
  const auto seconds =
      std::max<std::int64_t>(2, (options.connect_timeout.count() + 999) / 1000);
  const std::pair<const char*, std::int64_t> limits[] = {
      {"connect_timeout", seconds},
      {"tcp_user_timeout", options.tcp_user_timeout.count()},
      {"keepalives_idle", 2},
      {"keepalives_interval", 1},
      {"keepalives_count", 3},
  };
  auto url = options.url;
  const bool is_uri = url.find("://") != std::string::npos;
  for (const auto& [name, value] : limits) {
    if (url.find(std::string{name} + '=') != std::string::npos)
      continue;
    if (!is_uri)
      url += ' ';
    else
      url += url.find('?') == std::string::npos ? '?' : '&';
    url += std::string{name} + '=' + std::to_string(value);
  }
  return url;
}

connection::connection(const connection_options& options)
    : session_{with_connect_limits(options)} {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  // Without this libpqxx 6 silently opens a new session without our settings.
  session_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  auto settings = setting("statement_timeout", options.statement_timeout) +
                  setting("lock_timeout", options.lock_timeout) +
                  setting("idle_in_transaction_session_timeout",
                          options.idle_in_transaction_timeout) +
                  "set client_connection_check_interval = 1000;"
                  "set client_min_messages = warning;"
                  "set timezone = 'UTC';"
                  // One plan per statement, made once. It may be made while the tables
                  // are empty, when scanning them whole looks cheap: never prefer that.
                  "set plan_cache_mode = force_generic_plan;"
                  "set enable_seqscan = off;"
                  "set jit = off;";
  if (options.lookups_only)
    settings += "set enable_hashjoin = off; set enable_mergejoin = off;";
  if (!options.role.empty())
    settings += "set role " + session_.quote_name(options.role) + ';';
  pqxx::nontransaction{session_}.exec(settings);
}

void connection::prepare(const statement& what) {
  if (prepared_.contains(what.name))
    return;
  session_.prepare(what.name, what.sql);
  prepared_.insert(what.name);
}

} // namespace caly::pg
