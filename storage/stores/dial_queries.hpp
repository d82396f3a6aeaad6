#pragma once

#include "actors/api/dial_store.hpp"
#include "storage/pg/worker.hpp"
#include "storage/stores/options.hpp"

/// The requests of the dial store as statements: arguments in, answers out. Throw what
/// libpqxx throws. `now` is one moment per request: a repeat of the statement passes the
/// same.
namespace caly::pg::dial {

using reserve_batch = batch<reserve_calls, reservation>;
using mark_batch = batch<mark_sending, sendable_calls>;
using answered_batch = batch<record_answered, std::string>;
using progress_batch = batch<record_progress, progress_answer>;

// These work on entries [from, to) of any tenants.

/// One node; no tenant twice.
void reserve_rows(tenant_txn& txn,
                  reserve_batch& all,
                  std::size_t from,
                  std::size_t to,
                  const dial_options& options,
                  const std::string& now);

/// One node; no call twice.
void mark_rows(tenant_txn& txn,
               mark_batch& all,
               std::size_t from,
               std::size_t to,
               const std::string& now);

/// No call twice.
void answer_rows(tenant_txn& txn,
                 answered_batch& all,
                 std::size_t from,
                 std::size_t to,
                 const std::string& now);

/// No call twice.
void progress_rows(tenant_txn& txn,
                   progress_batch& all,
                   std::size_t from,
                   std::size_t to,
                   const dial_options& options,
                   const std::string& now);

std::string miss_row(tenant_txn& txn,
                     const record_missed& ask,
                     const dial_options& options,
                     const std::string& now);

taken_over
take_over_rows(tenant_txn& txn, const take_over_calls& ask, const std::string& now);

doubtful_calls doubtful_rows(tenant_txn& txn,
                             const list_doubtful& ask,
                             const dial_options& options,
                             const std::string& now);

bool extend_row(tenant_txn& txn,
                const extend_hold& ask,
                const dial_options& options,
                const std::string& now);

caf::expected<reserved_call> open_row(tenant_txn& txn,
                                      const open_call& ask,
                                      const dial_options& options,
                                      const std::string& now);

} // namespace caly::pg::dial
