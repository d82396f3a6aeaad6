#include "storage/pg/tenant_txn.hpp"

namespace caly::pg {

namespace {

constexpr statement enter_tenant{"enter_tenant",
                                 "select set_config('app.tenant_id', $1, true)"};

} // namespace

tenant_txn::tenant_txn(connection& at, mode how) : connection_{at}, mode_{how} {
  if (how == mode::whole)
    transaction_ = std::make_unique<pqxx::work>(at.session());
  else
    transaction_ = std::make_unique<pqxx::nontransaction>(at.session());
}

void tenant_txn::enter(const tenant_id& tenant) {
  if (mode_ == mode::single || (tenant_ && *tenant_ == tenant))
    return;
  if (!tenant_ && tenant.empty())
    return; // a new transaction has no tenant
  run(enter_tenant, {tenant.empty() ? std::string{} : tenant.sql()});
  tenant_ = tenant;
}

pqxx::result tenant_txn::run(const statement& what, const parameters& arguments) {
  connection_.prepare(what);
  return transaction_->exec_prepared(what.name,
                                     pqxx::prepare::make_dynamic_params(arguments));
}

pqxx::result tenant_txn::run_planned(const statement& what, const parameters& arguments) {
  return transaction_->exec_params(what.sql,
                                   pqxx::prepare::make_dynamic_params(arguments));
}

void tenant_txn::commit() {
  transaction_->commit();
}

} // namespace caly::pg
