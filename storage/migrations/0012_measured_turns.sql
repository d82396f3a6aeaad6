-- outside a transaction
-- Latency is read over all of a tenant's calls in a span of time.
drop index concurrently if exists call_events_measured;
create index concurrently call_events_measured on call_events (tenant_id, at) where kind in ('latency', 'answer_gap', 'first_audio');
