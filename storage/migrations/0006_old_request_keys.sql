-- outside a transaction
-- Keys of requests that nobody repeats any more are found by their age.
drop index concurrently if exists idempotency_keys_age;
create index concurrently idempotency_keys_age on idempotency_keys (tenant_id, created_at);
