#include "storage/pg/errors.hpp"

#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

namespace caly::pg {

namespace {

std::string_view first_line(std::string_view text) {
  if (text.starts_with("ERROR:"))
    text.remove_prefix(6);
  while (text.starts_with(' '))
    text.remove_prefix(1);
  return text.substr(0, text.find('\n'));
}

caf::error own_error(std::string_view state, std::string_view text) {
  const std::string why{first_line(text)};
  if (state == "CY402")
    return caf::make_error(errc::no_credit, why);
  if (state == "CY404")
    return caf::make_error(errc::not_found, why);
  if (state == "CY409")
    return caf::make_error(errc::conflict, why);
  if (state == "CYFEN")
    return caf::make_error(errc::fenced, why);
  return caf::make_error(errc::invalid, why);
}

} // namespace

failure classify(const std::exception& thrown) {
  if (dynamic_cast<const pqxx::broken_connection*>(&thrown) != nullptr ||
      dynamic_cast<const pqxx::in_doubt_error*>(&thrown) != nullptr)
    return failure::broken;
  if (dynamic_cast<const pqxx::statement_completion_unknown*>(&thrown) != nullptr)
    return failure::broken;
  // Deadlocks and serialization failures (class 40) are no sql_error in libpqxx 6.
  if (dynamic_cast<const pqxx::transaction_rollback*>(&thrown) != nullptr)
    return failure::retry;
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&thrown);
  if (sql == nullptr)
    return failure::refused;
  const std::string_view state = sql->sqlstate();
  if (state == "40001" || state == "40P01")
    return failure::retry;
  // 57P0x: the server ends the session; 08: the link; no state: the link, seen by libpq.
  if (state.starts_with("57P") || state.starts_with("08") || state.empty())
    return failure::broken;
  return failure::refused;
}

caf::error to_error(const std::exception& thrown) {
  if (classify(thrown) != failure::refused)
    return caf::make_error(errc::unavailable, "the database does not answer");
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&thrown);
  if (sql == nullptr) {
    if (dynamic_cast<const pqxx::failure*>(&thrown) == nullptr)
      return caf::make_error(errc::invalid, thrown.what());
    return caf::make_error(errc::unavailable, "the database does not answer");
  }
  const std::string_view state = sql->sqlstate();
  if (state.starts_with("CY"))
    return own_error(state, sql->what());
  if (state == "23505")
    return caf::make_error(errc::conflict, "there is one already");
  if (state == "23503")
    return caf::make_error(errc::conflict,
                           "something else refers to it, or it is missing");
  if (state == "P0002")
    return caf::make_error(errc::not_found, "no such row");
  if (state.starts_with("22") || state.starts_with("23"))
    return caf::make_error(errc::invalid, "a value is not allowed");
  // Our own mistake (42…) or the server's trouble (53…): the first line has no row
  // values.
  spdlog::error("storage: refused state={} text={}", state, first_line(sql->what()));
  return caf::make_error(errc::unavailable,
                         "the database refused: " + std::string{state});
}

} // namespace caly::pg
