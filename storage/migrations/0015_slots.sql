-- What callers told for the slots of their agent.

create table call_slots (
  tenant_id uuid not null,
  call_id uuid not null,
  name text not null,
  kind text not null,
  value text not null,       -- canonical; empty: not told, or taken back
  confirmed boolean not null,
  asks int not null,         -- vain attempts at it
  first_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, call_id, name)
);

alter table call_slots enable row level security;
alter table call_slots force row level security;
create policy tenant_wall on call_slots using ((tenant_id = any ((select app_tenants())::uuid[])) is true)
  with check ((tenant_id = any ((select app_tenants())::uuid[])) is true);
grant select, insert, update, delete on call_slots to caly_app;

-- Keeps slots as `p_session` of the call knows them: [{name, kind, value, confirmed, asks}]. Each that changed is a line
-- of the timeline, without its value, and an event for listeners. How many changed. CYFEN: another session speaks in the
-- call by now; CY404: no such call.
create function save_slots(p_tenant uuid, p_call uuid, p_session int, p_slots jsonb) returns int language plpgsql as $$
declare
  held int;
  s record;
  changed int := 0;
begin
  select c.session into held from call_sessions c where c.tenant_id = p_tenant and c.call_id = p_call for share;
  if not found then
    perform refuse('CY404', 'no such call');
  end if;
  if held <> p_session then
    perform refuse('CYFEN', 'another session speaks in the call');
  end if;
  for s in
    insert into call_slots as x (tenant_id, call_id, name, kind, value, confirmed, asks)
      select p_tenant, p_call, n.name, n.kind, n.value, n.confirmed, n.asks
        from jsonb_to_recordset(p_slots) n (name text, kind text, value text, confirmed boolean, asks int)
      on conflict (tenant_id, call_id, name) do update set kind = excluded.kind, value = excluded.value,
        confirmed = excluded.confirmed, asks = excluded.asks, changed_at = clock_timestamp()
        where (x.value, x.confirmed, x.asks) is distinct from (excluded.value, excluded.confirmed, excluded.asks)
      returning *
  loop
    changed := changed + 1;
    insert into call_events (tenant_id, call_id, event_key, kind, detail, at)
      values (p_tenant, p_call, 'slot:' || s.name || ':' || p_session || ':' || extract(epoch from clock_timestamp()),
        'slot', jsonb_build_object('name', s.name, 'kind', s.kind, 'told', s.value <> '', 'confirmed', s.confirmed,
          'asks', s.asks), clock_timestamp())
      on conflict do nothing;
    perform pg_notify('caly_event', json_build_object('type', 'call:slot', 'tenant', p_tenant, 'call', p_call,
      'campaign', (select k.campaign_id from calls k where k.tenant_id = p_tenant and k.id = p_call),
      'name', s.name, 'kind', s.kind, 'value', s.value, 'confirmed', s.confirmed)::text);
  end loop;
  return changed;
end $$;
