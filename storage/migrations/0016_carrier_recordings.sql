-- Recordings that a call's carrier makes, where the carrier listens and speaks and we never
-- have the audio.

-- What the carrier is asked for and how far it got. What people see is the part's row in
-- `recordings`, which is `recording` until the audio is ours; its node is `@` and the carrier.
--
--     wanted -> running -> over -> done      (done: the carrier has nothing of it any more)
create table carrier_recordings (
  tenant_id uuid not null,
  call_id uuid not null,
  part int not null check (part > 0),
  provider text not null,
  provider_call_id text not null,
  recording_id text, -- the carrier's name of it
  state text not null default 'wanted' check (state in ('wanted', 'running', 'over', 'done')),
  failure text,      -- why there is nothing to fetch
  paused bool not null default false,         -- is wanted
  paused_by_hand bool not null default false, -- not only because a person has the caller
  paused_there bool not null default false,   -- the carrier confirmed it
  paused_at timestamptz,                      -- since when it is wanted
  leaked bool not null default false,         -- something is in it that must not be
  tries int not null default 0,               -- of what comes next
  due_at timestamptz not null,
  claimed_by text,                            -- the node that works on it
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, call_id)
);
create index carrier_recordings_open on carrier_recordings (tenant_id, due_at) where state <> 'done';

alter table carrier_recordings enable row level security;
alter table carrier_recordings force row level security;
create policy tenant_wall on carrier_recordings using ((tenant_id = any ((select app_tenants())::uuid[])) is true)
  with check ((tenant_id = any ((select app_tenants())::uuid[])) is true);
grant select, insert, update, delete on carrier_recordings to caly_app;

-- A hint for `p_node`. It names no `tenant`, so that browsers do not get it.
create function carrier_recording_hint(p_tenant uuid, p_call uuid, p_node text) returns void language sql as $$
  select pg_notify('caly_event', json_build_object('type', 'carrier_recording', 'of', p_tenant, 'call', p_call,
    'node', p_node)::text) $$;

-- The call is to be recorded. Again it answers what was wanted since.
create function carrier_recording_want(p_tenant uuid, p_call uuid, p_part int, p_provider text,
    p_provider_call text, p_node text, p_now timestamptz) returns carrier_recordings language plpgsql as $$
declare r carrier_recordings;
begin
  insert into carrier_recordings (tenant_id, call_id, part, provider, provider_call_id, due_at)
    select p_tenant, k.id, p_part, p_provider, p_provider_call, p_now
      from calls k where k.tenant_id = p_tenant and k.id = p_call
    on conflict do nothing returning * into r;
  if found then
    perform recording_begin(p_tenant, p_call, p_part, '@' || p_provider);
    perform carrier_recording_hint(p_tenant, p_call, p_node);
    return r;
  end if;
  select * into r from carrier_recordings x where x.tenant_id = p_tenant and x.call_id = p_call;
  if not found then
    perform refuse('CY404', 'no such call');
  end if;
  return r;
end $$;

-- Who goes on before the carrier had paused has recorded what must not be; so has who could
-- not tell of a pause in time (`p_missed`).
create function carrier_recording_steer(p_tenant uuid, p_call uuid, p_paused bool, p_by_hand bool, p_missed bool,
    p_node text, p_now timestamptz) returns text language plpgsql as $$
declare r carrier_recordings;
begin
  update carrier_recordings x set
      leaked = x.leaked or p_missed
        or (x.paused and not p_paused and not x.paused_there and (x.state <> 'wanted' or x.tries > 0)),
      paused_at = case when p_paused and not x.paused then p_now else x.paused_at end,
      paused = p_paused, paused_by_hand = p_by_hand, due_at = p_now
    where x.tenant_id = p_tenant and x.call_id = p_call and x.state in ('wanted', 'running')
    returning x.* into r;
  if found then
    perform carrier_recording_hint(p_tenant, p_call, p_node);
  end if;
  select * into r from carrier_recordings x where x.tenant_id = p_tenant and x.call_id = p_call;
  return r.state;
end $$;

-- The carrier says how its recording stands: running, completed, absent, failed. Of another
-- recording of the call nothing is kept: it is removed with the rest. Null: none is wanted.
create function carrier_recording_told(p_tenant uuid, p_call uuid, p_recording text, p_status text, p_node text,
    p_now timestamptz) returns text language plpgsql as $$
declare r carrier_recordings;
begin
  update carrier_recordings x set recording_id = p_recording, tries = 0, due_at = p_now,
      state = case p_status when 'running' then 'running' else 'over' end,
      failure = case when p_status in ('absent', 'failed') then p_status else x.failure end
    where x.tenant_id = p_tenant and x.call_id = p_call and coalesce(x.recording_id, p_recording) = p_recording
      and (x.state = 'wanted' or x.state = 'running' and p_status <> 'running')
    returning x.* into r;
  if found then
    perform carrier_recording_hint(p_tenant, p_call, p_node);
  end if;
  select * into r from carrier_recordings x where x.tenant_id = p_tenant and x.call_id = p_call;
  return r.state;
end $$;

-- Those that somebody has to look at, of all tenants.
create function carrier_recordings_due(p_now timestamptz, p_max int)
returns table (tenant_id uuid, call_id uuid) language plpgsql as $$
declare t tenant_route;
begin
  for t in select * from tenant_route loop
    perform set_config('app.tenant_id', t.tenant_id::text, true);
    return query select r.tenant_id, r.call_id from carrier_recordings r
      where r.tenant_id = t.tenant_id and r.state <> 'done' and r.due_at <= p_now
        and (r.claimed_until is null or r.claimed_until <= p_now)
      order by r.due_at limit p_max;
  end loop;
  perform set_config('app.tenant_id', '', true);
end $$;

-- `p_node` works on it until `p_hold_ms` from now, and nobody else does. Nothing when there
-- is nothing to do, or another node does it. Also says what the call and its part have come to.
create function carrier_recording_take(p_tenant uuid, p_call uuid, p_node text, p_hold_ms int, p_now timestamptz)
returns table (part int, provider text, provider_call_id text, recording_id text, state text, failure text, paused bool,
  paused_there bool, leaked bool, tries int, ended_at timestamptz, max_call_s int, part_state text, place text)
language plpgsql as $$
begin
  update carrier_recordings x set claimed_by = p_node, tries = x.tries + 1,
      claimed_until = p_now + p_hold_ms * interval '1 millisecond',
      due_at = p_now + p_hold_ms * interval '1 millisecond'
    where x.tenant_id = p_tenant and x.call_id = p_call and x.state <> 'done' and x.due_at <= p_now
      and (x.claimed_until is null or x.claimed_until <= p_now or x.claimed_by = p_node);
  if not found then
    return;
  end if;
  return query select x.part, x.provider, x.provider_call_id, x.recording_id, x.state, x.failure, x.paused,
      x.paused_there, x.leaked or (x.state = 'over' and x.paused and not x.paused_there), x.tries, k.ended_at,
      k.max_call_s, r.state, r.place
    from carrier_recordings x
    join calls k on k.tenant_id = x.tenant_id and k.id = x.call_id
    join recordings r on r.tenant_id = x.tenant_id and r.call_id = x.call_id and r.part = x.part
    where x.tenant_id = p_tenant and x.call_id = p_call;
end $$;

-- The node goes on working on it.
create function carrier_recording_hold(p_tenant uuid, p_call uuid, p_node text, p_hold_ms int, p_now timestamptz)
returns bool language plpgsql as $$
begin
  update carrier_recordings x set claimed_until = p_now + p_hold_ms * interval '1 millisecond',
      due_at = case when x.due_at <= p_now then x.due_at else p_now + p_hold_ms * interval '1 millisecond' end
    where x.tenant_id = p_tenant and x.call_id = p_call and x.claimed_by = p_node and x.state <> 'done';
  return found;
end $$;

-- What the node found or did: a state never goes back, and one that stays is as it should be.
-- Without a state the step is to be tried again. Its claim is over; in `p_due_ms` there is
-- more to do, or at once where something was wanted meanwhile: answers in how many milliseconds,
-- null when it is done. A pause that the carrier confirmed `p_late_ms` after it was wanted came too
-- late.
create function carrier_recording_note(p_tenant uuid, p_call uuid, p_node text, p_state text, p_recording text,
    p_paused bool, p_late_ms int, p_due_ms bigint, p_now timestamptz) returns bigint language plpgsql as $$
declare
  steps constant text[] := array['wanted', 'running', 'over', 'done'];
  r carrier_recordings;
begin
  update carrier_recordings x set
      state = case when array_position(steps, p_state) > array_position(steps, x.state) then p_state else x.state end,
      recording_id = coalesce(x.recording_id, p_recording),
      paused_there = coalesce(p_paused, x.paused_there),
      leaked = x.leaked or (p_paused and not x.paused_there
        and x.paused_at < p_now - p_late_ms * interval '1 millisecond') is true,
      tries = case when coalesce(p_state, p_paused::text) is null then x.tries else 0 end,
      due_at = case when x.due_at <= p_now then x.due_at else p_now + p_due_ms * interval '1 millisecond' end,
      claimed_by = null, claimed_until = null
    where x.tenant_id = p_tenant and x.call_id = p_call and (x.claimed_by = p_node or x.claimed_by is null);
  select * into r from carrier_recordings x where x.tenant_id = p_tenant and x.call_id = p_call;
  if not found or r.state = 'done' then
    return null;
  end if;
  return greatest(0, ceil(extract(epoch from r.due_at - p_now) * 1000)::bigint);
end $$;
