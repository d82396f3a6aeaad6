#pragma once

#include "storage/pg/statement.hpp"

/// The dial protocol's statements. Each is one call of an SQL function that commits by
/// itself; the tenants ($1, with commas between) are entered by the statement itself,
/// before the function runs: what it gets depends on that.
namespace caly::pg::dial {

/// The time beside `no_credit` is null only if the balance is too small with nothing
/// held: then no call that ends can give back what another one needs.
inline constexpr statement reserve{
    "dial_reserve",
    "select r.i, r.call_id, r.contact_id, r.to_number, r.from_number, r.name, "
    "r.variables, r.attempt_no, r.agent_id, r.agent_version, r.max_call_s, r.reason, "
    "(extract(epoch from case when r.reason = 'no_credit' and not exists (select from "
    "credit_balances b where b.tenant_id = ($3::uuid[])[r.i] and b.held_micros = 0 and "
    "b.balance_micros < $12::bigint) then $11::timestamptz + interval '250 ms' else "
    "r.wait_until end) * 1000)::bigint "
    "from set_config('app.tenant_id', $1, true) t (id), lateral "
    "dial_reserve(case when t.id <> '' then $2 end, $3::uuid[], $4::int[], "
    "$5::bigint[], $6::uuid[], $7::int[], $8::int[], $9::uuid[], $10::int[], $11, $12, "
    "$13, $14) r"};

inline constexpr statement mark_sending{
    "dial_mark_sending",
    "select r.place, r.sendable from set_config('app.tenant_id', $1, true) t (id), "
    "lateral dial_mark_sending(case when t.id <> '' then $2 end, $3::uuid[], $4::int[], "
    "$5::bigint[], $6::uuid[], $7) r"};

inline constexpr statement answered{
    "dial_answered",
    "select r from set_config('app.tenant_id', $1, true) t (id), lateral "
    "dial_answered(case when t.id <> '' then $2::uuid[] end, $3::uuid[], $4::text[], "
    "$5::text[], $6::text[], $7::int[], $8) r"};

inline constexpr statement progress{
    "dial_progress",
    "select r from set_config('app.tenant_id', $1, true) t (id), lateral "
    "dial_progress(case when t.id <> '' then $2::uuid[] end, $3::uuid[], $4::text[], "
    "$5::text[], $6::text[], $7::int[], $8::text[], $9::timestamptz[], $10, $11, $12) "
    "r"};

inline constexpr statement missed{
    "dial_missed",
    "select r from set_config('app.tenant_id', $1, true) t (id), lateral "
    "dial_missed(t.id::uuid, $2, $3, $4, $5) r"};

inline constexpr statement take_over{
    "dial_take_over",
    "select r.undone, r.doubtful from set_config('app.tenant_id', $1, true) t (id), "
    "lateral "
    "dial_take_over(t.id::uuid, $2, $3, $4, $5) r"};

inline constexpr statement doubtful{
    "dial_doubtful",
    "select r.id, r.state, r.provider, r.provider_call_id, r.to_number, r.from_number, "
    "(extract(epoch from r.sending_at) * 1000)::bigint "
    "from set_config('app.tenant_id', $1, true) t (id), lateral "
    "dial_doubtful(t.id::uuid, $2, $3, $4) r"};

inline constexpr statement extend{
    "extend_hold",
    "select r from set_config('app.tenant_id', $1, true) t (id), lateral "
    "extend_hold(t.id::uuid, $2, $3, $4, $5) r"};

inline constexpr statement open{
    "call_open",
    "select r.answer, r.id, r.contact_id, r.to_number, r.from_number, r.name, "
    "r.variables, "
    "r.agent_id, r.agent_version, r.max_call_s "
    "from set_config('app.tenant_id', $1, true) t (id), "
    "lateral keep_awake(t.id::uuid) w, lateral "
    "call_open(t.id::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, "
    "$14, "
    "$15, $16, $17) r"};

} // namespace caly::pg::dial
