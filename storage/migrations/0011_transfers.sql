-- Calls that are handed over to people.

-- blind: the carrier rings the person and connects the caller, who waits.
-- warm:  the agent stays with the caller; the person is rung, hears the briefing and says
--        whether to be connected.
-- refer: the carrier hands the caller over by SIP REFER and is out of it.
--
--     wanted -> ringing -> accepted -> connected -> ended   (blind, refer: wanted -> connected -> ended)
--     wanted, ringing, accepted -> declined, no_answer, busy, failed, canceled
--     connected -> no_answer, busy, failed                  (blind, refer: only the carrier's end tells)
create table call_transfers (
  tenant_id uuid not null,
  call_id uuid not null,
  number int not null check (number > 0), -- counts within the call
  mode text not null check (mode in ('blind', 'warm', 'refer')),
  destination text not null, -- E.164 or sip:
  name text not null,        -- of whom is asked for, as the caller knows it
  briefing text not null,    -- what the person is told first
  state text not null default 'wanted' check (state in ('wanted', 'ringing', 'accepted', 'connected', 'ended',
    'declined', 'no_answer', 'busy', 'failed', 'canceled')),
  leg text,                  -- the carrier's name of the call to the person
  reason text,
  wanted_by text not null,   -- agent, or a user
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, call_id, number)
);
create unique index call_transfers_open on call_transfers (tenant_id, call_id)
  where state in ('wanted', 'ringing', 'accepted', 'connected');

alter table call_transfers enable row level security;
alter table call_transfers force row level security;
create policy tenant_wall on call_transfers using ((tenant_id = any ((select app_tenants())::uuid[])) is true)
  with check ((tenant_id = any ((select app_tenants())::uuid[])) is true);
grant select, insert, update, delete on call_transfers to caly_app;

create function is_open_transfer(state text) returns boolean language sql immutable parallel safe as $$
  select state in ('wanted', 'ringing', 'accepted', 'connected') $$;

-- A line of the call's timeline; listeners and the call's node hear of it at once.
create function transfer_event(t call_transfers) returns void language plpgsql as $$
begin
  insert into call_events (tenant_id, call_id, event_key, kind, detail, at)
    values (t.tenant_id, t.call_id, 'transfer:' || t.number || ':' || t.state, 'transfer_' || t.state,
      jsonb_strip_nulls(jsonb_build_object('transfer', t.number, 'mode', t.mode, 'name', t.name,
        'destination', t.destination, 'reason', t.reason, 'wanted_by', t.wanted_by)), clock_timestamp())
    on conflict do nothing;
  perform pg_notify('caly_event', json_build_object('type', 'call:transfer', 'tenant', t.tenant_id, 'call', t.call_id,
    'transfer', t.number, 'state', t.state)::text);
end $$;

-- Begins a transfer of a live call: its number. CY409: one is under way, or the call is over.
create function transfer_begin(p_tenant uuid, p_call uuid, p_mode text, p_destination text, p_name text,
  p_briefing text, p_by text) returns int language plpgsql as $$
declare
  t call_transfers;
begin
  perform 1 from calls k where k.tenant_id = p_tenant and k.id = p_call and k.ended_at is null for update;
  if not found then
    perform refuse('CY409', 'the call is over');
  end if;
  if exists (select 1 from call_transfers x where x.tenant_id = p_tenant and x.call_id = p_call
      and is_open_transfer(x.state)) then
    perform refuse('CY409', 'the call is being transferred already');
  end if;
  insert into call_transfers (tenant_id, call_id, number, mode, destination, name, briefing, wanted_by)
    select p_tenant, p_call, coalesce(max(x.number), 0) + 1, p_mode, p_destination, p_name, p_briefing, p_by
      from call_transfers x where x.tenant_id = p_tenant and x.call_id = p_call
    returning * into t;
  perform transfer_event(t);
  return t.number;
end $$;

-- Where a transfer may go from a state. The same step again changes nothing.
create function transfer_may_become(p_from text, p_to text, p_mode text) returns boolean language sql immutable as $$
  select case p_from
    when 'wanted' then p_to in ('ringing', 'accepted', 'connected', 'declined', 'no_answer', 'busy', 'failed', 'canceled')
    when 'ringing' then p_to in ('accepted', 'declined', 'no_answer', 'busy', 'failed', 'canceled')
    when 'accepted' then p_to in ('connected', 'declined', 'failed', 'canceled')
    when 'connected' then p_to = 'ended' or (p_mode <> 'warm' and p_to in ('no_answer', 'busy', 'failed', 'canceled'))
    else false end $$;

-- Takes the step where it is one; answers the state after it, null: no such transfer.
create function transfer_step(p_tenant uuid, p_call uuid, p_number int, p_state text, p_leg text, p_reason text)
returns text language plpgsql as $$
declare
  t call_transfers;
begin
  select * into t from call_transfers x
    where x.tenant_id = p_tenant and x.call_id = p_call and x.number = p_number for update;
  if not found then
    return null;
  end if;
  if p_leg is not null and t.leg is null then
    update call_transfers x set leg = p_leg
      where x.tenant_id = p_tenant and x.call_id = p_call and x.number = p_number;
  end if;
  -- The call ended before the person was there.
  if p_state = 'ended' and t.state <> 'connected' then
    p_state := 'canceled';
  end if;
  if not transfer_may_become(t.state, p_state, t.mode) then
    return t.state;
  end if;
  update call_transfers x set state = p_state, reason = coalesce(p_reason, x.reason), changed_at = now()
    where x.tenant_id = p_tenant and x.call_id = p_call and x.number = p_number returning * into t;
  perform transfer_event(t);
  return t.state;
end $$;
