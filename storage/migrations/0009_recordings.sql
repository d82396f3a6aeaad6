-- Recordings of calls, and what tenants want of them.

-- A call has a part for each time its audio was connected. The files of a part lie on its
-- node until it is stored: `place` is then `s3`, `shared`
-- (a folder of all nodes), or the node in whose folder it is.
--
--     recording -> storing -> ready -> erasing -> erased
--     recording, storing -> failed; everything that is not erased -> erasing
create table recordings (
  tenant_id uuid not null,
  call_id uuid not null,
  part int not null check (part > 0),
  state text not null default 'recording'
    check (state in ('recording', 'storing', 'ready', 'failed', 'erasing', 'erased')),
  node text not null,
  place text,
  key text,
  bytes bigint,
  ms bigint,
  sha256 text,
  peaks text, -- base64, see net/media/recording
  error text,
  created_at timestamptz not null default now(),
  ended_at timestamptz, -- became ready or failed
  primary key (tenant_id, call_id, part)
);
create index recordings_to_erase on recordings (tenant_id) where state = 'erasing';
create index recordings_kept on recordings (tenant_id, created_at) where state = 'ready';

create table recording_policies (
  tenant_id uuid primary key,
  calls text not null check (calls in ('off', 'on', 'agent')), -- agent: as the agent says
  keep_days int check (keep_days between 1 and 3650) -- null: the node's setting
);

do $$
declare t text;
begin
  foreach t in array array['recordings', 'recording_policies'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_wall on %I using ((tenant_id = any ((select app_tenants())::uuid[])) is true) '
                   'with check ((tenant_id = any ((select app_tenants())::uuid[])) is true)', t);
  end loop;
end $$;
grant select, insert, update, delete on recordings, recording_policies to caly_app;

-- A line of the call's timeline that listeners hear of at once.
create function recording_event(r recordings, p_kind text, p_detail jsonb) returns void language plpgsql as $$
begin
  insert into call_events (tenant_id, call_id, event_key, kind, detail, at)
    values (r.tenant_id, r.call_id, p_kind || ':' || r.part, replace(p_kind, '.', '_'),
      jsonb_build_object('part', r.part) || p_detail, clock_timestamp())
    on conflict do nothing;
  perform pg_notify('caly_event', json_build_object('type', p_kind, 'tenant', r.tenant_id, 'call', r.call_id,
    'part', r.part)::text);
end $$;

-- All of these may be repeated. They answer the state that the part is in then.

create function recording_begin(p_tenant uuid, p_call uuid, p_part int, p_node text) returns text
language plpgsql as $$
begin
  insert into recordings (tenant_id, call_id, part, node)
    select p_tenant, k.id, p_part, p_node from calls k where k.tenant_id = p_tenant and k.id = p_call
    on conflict do nothing;
  return recording_state(p_tenant, p_call, p_part);
end $$;

create function recording_state(p_tenant uuid, p_call uuid, p_part int) returns text language plpgsql stable as $$
declare found_state text;
begin
  select r.state into found_state from recordings r
    where r.tenant_id = p_tenant and r.call_id = p_call and r.part = p_part;
  if not found then
    perform refuse('CY404', 'no such call');
  end if;
  return found_state;
end $$;

-- Its file is made; who is to store it may have to try for long.
create function recording_mixed(p_tenant uuid, p_call uuid, p_part int, p_node text, p_key text, p_bytes bigint,
    p_ms bigint, p_sha256 text, p_peaks text) returns text language plpgsql as $$
begin
  perform recording_begin(p_tenant, p_call, p_part, p_node);
  update recordings r set state = 'storing', key = p_key, bytes = p_bytes, ms = p_ms, sha256 = p_sha256,
      peaks = p_peaks
    where r.tenant_id = p_tenant and r.call_id = p_call and r.part = p_part and r.state in ('recording', 'storing');
  return recording_state(p_tenant, p_call, p_part);
end $$;

create function recording_stored(p_tenant uuid, p_call uuid, p_part int, p_place text) returns text
language plpgsql as $$
declare r recordings;
begin
  update recordings x set state = case x.state when 'storing' then 'ready' else x.state end, place = p_place,
      ended_at = clock_timestamp()
    where x.tenant_id = p_tenant and x.call_id = p_call and x.part = p_part and x.place is null
      and x.state in ('storing', 'erasing')
    returning x.* into r;
  if r.state = 'ready' then
    perform recording_event(r, 'recording.ready', jsonb_build_object('ms', r.ms, 'bytes', r.bytes));
  end if;
  return recording_state(p_tenant, p_call, p_part);
end $$;

create function recording_failed(p_tenant uuid, p_call uuid, p_part int, p_node text, p_error text) returns text
language plpgsql as $$
declare r recordings;
begin
  perform recording_begin(p_tenant, p_call, p_part, p_node);
  update recordings x set state = case x.state when 'erasing' then 'erased' else 'failed' end, error = p_error,
      ended_at = clock_timestamp()
    where x.tenant_id = p_tenant and x.call_id = p_call and x.part = p_part
      and (x.state in ('recording', 'storing') or x.state = 'erasing' and x.place is null)
    returning x.* into r;
  if r.state = 'failed' then
    perform recording_event(r, 'recording.failed', jsonb_build_object('error', r.error));
  end if;
  return recording_state(p_tenant, p_call, p_part);
end $$;

create function recording_erased(p_tenant uuid, p_call uuid, p_part int) returns text language plpgsql as $$
declare r recordings;
begin
  update recordings x set state = 'erased', key = null, place = null, sha256 = null, peaks = null
    where x.tenant_id = p_tenant and x.call_id = p_call and x.part = p_part and x.state = 'erasing'
    returning x.* into r;
  if found then
    perform recording_event(r, 'recording.erased', '{}');
  end if;
  return recording_state(p_tenant, p_call, p_part);
end $$;

-- From now on nobody can play them; who has the files deletes them. Of one call, or of all
-- calls of a person. Answers how many.
create function erase_recordings(p_tenant uuid, p_call uuid, p_contact uuid, p_who text) returns bigint
language plpgsql as $$
declare n bigint;
begin
  if p_call is not null and not exists (select from calls k where k.tenant_id = p_tenant and k.id = p_call) then
    perform refuse('CY404', 'no such call');
  elsif p_contact is not null
      and not exists (select from contacts c where c.tenant_id = p_tenant and c.id = p_contact) then
    perform refuse('CY404', 'no such contact');
  end if;
  update recordings r set state = case r.state when 'failed' then 'erased' else 'erasing' end, peaks = null
    where r.tenant_id = p_tenant and r.state not in ('erasing', 'erased')
      and (r.call_id = p_call or r.call_id in (select k.id from calls k
        where k.tenant_id = p_tenant and k.contact_id = p_contact));
  get diagnostics n = row_count;
  perform audit(p_tenant, p_who, 'recording.erase',
    coalesce(public_id('call', p_call), public_id('ctc', p_contact)), null, jsonb_build_object('parts', n));
  return n;
end $$;

-- What `p_node` has to delete, of all tenants: what was asked for, and what was kept for
-- long enough.
create function recordings_due(p_node text, p_keep_days int, p_now timestamptz, p_max int)
returns setof recordings language plpgsql as $$
declare
  t tenant_route;
  days int;
begin
  for t in select * from tenant_route loop
    perform set_config('app.tenant_id', t.tenant_id::text, true);
    select p.keep_days into days from recording_policies p where p.tenant_id = t.tenant_id;
    update recordings r set state = 'erasing', peaks = null
      where r.tenant_id = t.tenant_id and r.state = 'ready'
        and r.created_at < p_now - make_interval(days => coalesce(days, p_keep_days));
    return query select r.* from recordings r
      where r.tenant_id = t.tenant_id and r.state = 'erasing'
        and (r.place in ('s3', 'shared', p_node) or r.place is null and r.node = p_node)
      order by r.created_at limit p_max;
  end loop;
  perform set_config('app.tenant_id', '', true);
end $$;

create function set_recording_policy(p_tenant uuid, p_calls text, p_keep_days int, p_who text) returns void
language plpgsql as $$
begin
  insert into recording_policies (tenant_id, calls, keep_days) values (p_tenant, p_calls, p_keep_days)
    on conflict (tenant_id) do update set calls = excluded.calls, keep_days = excluded.keep_days;
  perform audit(p_tenant, p_who, 'recording.policy', public_id('ten', p_tenant), null,
    jsonb_build_object('calls', p_calls, 'keep_days', p_keep_days));
end $$;
