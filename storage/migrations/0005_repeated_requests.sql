-- A request that is sent again under its Idempotency-Key makes what the first one made, also
-- when the node that ran the first one died or gave an answer that does not last.

alter table idempotency_keys
  add column made uuid, -- the id of what the request makes
  add column since timestamptz; -- when the last try began; -infinity: it has ended

-- Answers what is known of a request, and the id of what it makes: `new` (run it), `running`,
-- `done` (with its answer) or `mismatch` (another request used the key). A try of a minute ago
-- has died. Keys are kept for a day.
create function begin_once(p_tenant uuid, p_route text, p_key text, p_hash text, p_made uuid)
returns table (state text, status int, body text, made uuid) language plpgsql as $$
#variable_conflict use_column
declare
  k idempotency_keys;
begin
  delete from idempotency_keys x where x.ctid = any (array(select y.ctid from idempotency_keys y
    where y.tenant_id = p_tenant and y.created_at < now() - interval '24 hours'
    order by y.created_at limit 10 for update skip locked));
  insert into idempotency_keys (tenant_id, route, key, request_hash, made, since)
    values (p_tenant, p_route, p_key, p_hash, p_made, clock_timestamp()) on conflict do nothing;
  if found then
    state := 'new'; made := p_made; return next; return;
  end if;
  select * into k from idempotency_keys x where x.tenant_id = p_tenant and x.route = p_route and x.key = p_key
    for update;
  if k.created_at < now() - interval '24 hours' then
    update idempotency_keys x set created_at = now(), since = clock_timestamp(), request_hash = p_hash,
        made = p_made, status = null, body = null
      where x.tenant_id = p_tenant and x.route = p_route and x.key = p_key;
    state := 'new'; made := p_made; return next; return;
  end if;
  if k.status is null and coalesce(k.since, k.created_at) < clock_timestamp() - interval '60 seconds' then
    made := case when k.request_hash = p_hash then coalesce(k.made, p_made) else p_made end;
    update idempotency_keys x set since = clock_timestamp(), request_hash = p_hash, made = begin_once.made
      where x.tenant_id = p_tenant and x.route = p_route and x.key = p_key;
    state := 'new'; return next; return;
  end if;
  state := case when k.request_hash <> p_hash then 'mismatch' when k.status is null then 'running' else 'done' end;
  if state = 'done' then
    status := k.status; body := k.body;
  end if;
  return next;
end $$;
