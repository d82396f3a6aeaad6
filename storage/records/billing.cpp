#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::vector<record> all{
    {"billing.balance",
     shape::row,
     "",
     "select balance_micros, held_micros from credit_balances where tenant_id = :tenant"},
    {"billing.ledger",
     shape::list,
     "cursor",
     "select key, kind, amount_micros, ref as \"ref:call\", at, "
     "jsonb_build_array(at, key)::text as \"~cursor\" from ledger where tenant_id = "
     ":tenant "
     "{and at <= (:cursor::jsonb ->> 0)::timestamptz and "
     "(at < (:cursor::jsonb ->> 0)::timestamptz or key > :cursor::jsonb ->> 1)} "
     "order by at desc, key limit :limit"},
    {"billing.topup",
     shape::row,
     "int amount_micros, text reference, text who",
     "select b.balance_micros, b.held_micros, r.applied from "
     "top_up_answer(:tenant, :amount_micros, :reference, :who) r, lateral "
     "balance_of(r.tenant) b"},
    {"ledger.check",
     shape::row,
     "",
     "select s.balance = s.ledger_balance and s.held = s.ledger_held and s.orphans = 0 "
     "as "
     "ok, s.balance as balance_micros, s.held as held_micros, s.ledger_balance as "
     "ledger_balance_micros, s.ledger_held as ledger_held_micros, s.orphans as "
     "holds_without_live_call from ledger_sums(:tenant) s"},
};

} // namespace

std::span<const record> billing_records() {
  return all;
}

} // namespace caly::records
