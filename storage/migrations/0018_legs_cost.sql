-- What a person's phone costs: a leg that rings a person (blind, warm) holds credit before it is dialed and is charged with its
-- call, in the same steps. A caller who is referred leaves us, and what follows is not ours.

alter table call_transfers
  add column answered_at timestamptz, -- the person, or, blind, the carrier took it on
  add column ended_at timestamptz,
  add column talked_s int check (talked_s >= 0); -- as the carrier counted it
alter table calls add column legs int not null default 0; -- stretches held for people; 0: nobody was rung

create function has_talked(t call_transfers) returns boolean language sql immutable as $$
  select t.mode <> 'refer' and t.answered_at is not null
    and t.state not in ('declined', 'no_answer', 'busy', 'failed', 'canceled') $$;

-- Seconds to be charged for the people of a call that ended at p_end, each leg in whole pulses. Who did not talk costs
-- nothing.
create function legs_s(p_tenant uuid, p_call uuid, p_end timestamptz, p_pulse_s int) returns bigint
language sql stable as $$
  select coalesce(sum((t.s + p_pulse_s - 1) / p_pulse_s * p_pulse_s), 0)::bigint
    from (select coalesce(x.talked_s, ceil(extract(epoch from greatest(interval '0',
            least(coalesce(x.ended_at, p_end), p_end) - x.answered_at)))::int) as s
      from call_transfers x
      where x.tenant_id = p_tenant and x.call_id = p_call and has_talked(x)) t $$;

-- Ends live calls by evidence: see 0002_dial.sql; the talk of people who were rung is charged too.
create or replace function dial_settle(p_items settlement[], p_now timestamptz, p_price_micros bigint, p_pulse_s int)
returns int language plpgsql as $$
declare
  tenants uuid[];
  n int;
begin
  if coalesce(cardinality(p_items), 0) = 0 then
    return 0;
  end if;
  select array_agg(distinct i.tenant_id) into tenants from unnest(p_items) i;
  perform lock_lines(tenants);
  perform lock_funds(tenants);
  with items as materialized (
    select distinct on (i.tenant_id, i.call_id) i.* from unnest(p_items) i order by i.tenant_id, i.call_id
  ), timed as (
    select i.tenant_id as ten, k.id, k.campaign_id, k.contact_id, k.hold_micros, k.holds, k.attempt_no, k.overdraft,
        k.answered_at, k.legs, i.state, i.status, i.reason, i.kind, i.delay_s, least(i.at, p_now) as at,
        coalesce(b.balance_micros, 0) as funds,
        case when i.state <> 'ended' then null
          when i.duration_s is not null or i.status not in ('completed', 'voicemail') or k.answered_at is null
          then coalesce(i.duration_s, 0)
          else greatest(0, ceil(extract(epoch from least(i.at, p_now) - k.answered_at)))::int end as duration_s
      from items i
      cross join lateral (select * from calls y where y.tenant_id = i.tenant_id and y.id = i.call_id offset 0) k
      left join credit_balances b on b.tenant_id = i.tenant_id
      where k.ended_at is null
  ), priced as (
    select x.*, case when x.duration_s > 0 and x.status in ('completed', 'voicemail', 'failed')
        then (x.duration_s + p_pulse_s - 1) / p_pulse_s * p_pulse_s * p_price_micros / 60 else 0 end
        + case when x.legs > 0 then legs_s(x.ten, x.id, x.at, p_pulse_s) * p_price_micros / 60 else 0 end as cost
      from timed x
  ), needing as (
    select x.*, greatest(x.cost - x.hold_micros, 0) as need,
        sum(greatest(x.cost - x.hold_micros, 0)) over (partition by x.ten order by x.id) as needed
      from priced x
  ), funded as (
    select x.*, greatest(0, least(x.need, x.funds - (x.needed - x.need)))::bigint as extra from needing x
  ), done as materialized (
    select x.*, x.hold_micros + x.extra as hold, least(x.cost, x.hold_micros + x.extra) as charge,
        coalesce(x.answered_at, case when x.status in ('completed', 'voicemail') and x.duration_s > 0
          then x.at - make_interval(secs => x.duration_s) end) as answered from funded x
  ), ended as (
    update calls c set state = d.state, status = d.status, ended_at = d.at, end_reason = d.reason,
        duration_s = d.duration_s, answered_at = d.answered, charged_micros = d.charge,
        hold_micros = d.hold, holds = d.holds + (d.extra > 0)::int,
        analysis = case when d.status = 'completed' then 'pending' else 'none' end
      from done d where c.tenant_id = d.ten and c.id = d.id
  ), books as (
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      select d.ten, x.key, x.kind, x.amount, d.id, d.at from done d cross join lateral (values
        ('hold:' || d.id || ':' || d.holds + 1, 'hold', d.extra),
        ('charge:' || d.id, 'charge', d.charge),
        ('release:' || d.id, 'release', d.hold - d.charge)) x (key, kind, amount)
      where x.amount > 0
  ), money as (
    update credit_balances b set held_micros = b.held_micros - s.held,
        balance_micros = b.balance_micros + s.held - s.charge
      from (select d.ten, sum(d.hold_micros) as held, sum(d.charge) as charge from done d group by d.ten) s
      where b.tenant_id = s.ten
  ), people as (
    update contacts c set status = case d.status when 'completed' then 'reached' else 'tried' end
      from done d
      where d.state = 'ended' and c.tenant_id = d.ten and c.id = d.contact_id and c.status in ('new', 'tried')
        and c.status <> case d.status when 'completed' then 'reached' else 'tried' end
  ), lines as (
    update pools p set used = p.used - s.n
      from (select 'tenant:' || d.ten as scope, count(*)::int as n from done d group by d.ten) s
      where p.scope = s.scope
  ), rows as (
    -- A given-up call that came back (overdraft) has no row of its own any more.
    update call_queue x set
        state = case when r.again and r.campaign_status = 'stopped' then 'cancelled' when r.again then 'pending'
          when r.outcome = 'completed' then 'done' when r.outcome = 'suppressed' then 'suppressed' else 'exhausted' end,
        attempts = case when r.kind = 'uncounted' then x.attempts - 1 else x.attempts end,
        next_at = case when r.again then r.at + make_interval(secs => coalesce(r.delay_s, 0)) else x.next_at end,
        last_outcome = case when r.kind = 'uncounted' then x.last_outcome else r.outcome end,
        reason = case when r.again and r.kind <> 'uncounted' then 'retry_' || r.outcome else r.reason end
      from (
        select d.ten, d.campaign_id, d.contact_id, d.kind, d.reason, d.at, o.outcome, m.status as campaign_status,
            case when d.kind = 'uncounted' then d.delay_s when o.outcome = 'busy' then m.busy_delay_s
              when o.outcome = 'no_answer' then m.no_answer_delay_s
              when o.outcome = 'voicemail' then m.voicemail_delay_s else m.failed_delay_s end as delay_s,
            case when d.kind = 'uncounted' then true
              when d.attempt_no >= m.max_attempts then false
              when o.outcome = 'lost' then m.retry_lost
              else o.outcome in ('busy', 'no_answer', 'voicemail', 'failed', 'canceled') end as again
          from done d
          join call_campaigns m on m.tenant_id = d.ten and m.id = d.campaign_id
          cross join lateral (select case d.kind when 'ended' then d.status else d.kind end as outcome) o
          where not d.overdraft offset 0) r
      where x.tenant_id = r.ten and x.campaign_id = r.campaign_id and x.contact_id = r.contact_id
        and x.state = 'dialing'
  )
  select count(pg_notify('caly_event', json_build_object('type', 'call:end', 'tenant', d.ten,
    'call', d.id, 'campaign', d.campaign_id, 'status', d.status)::text)) into n from done d;
  if n > 0 then
    update pools p set used = p.used - n where p.scope = 'system';
  end if;
  return n;
end $$;

-- Holds another stretch of talk time for a live call, see 0002_dial.sql; two while a person talks in it.
create or replace function extend_hold(p_tenant uuid, p_call uuid, p_number int, p_amount bigint, p_now timestamptz)
returns bool language plpgsql as $$
declare
  k calls;
begin
  select * into k from calls x where x.tenant_id = p_tenant and x.id = p_call for no key update;
  if not found or k.state not in ('placed', 'unknown') then
    return false;
  end if;
  if k.holds >= p_number then
    return true;
  end if;
  -- A person is on the line too.
  if k.legs > 0 and exists (select 1 from call_transfers t where t.tenant_id = p_tenant and t.call_id = p_call
      and t.mode <> 'refer' and t.state in ('accepted', 'connected')) then
    p_amount := 2 * p_amount;
  end if;
  update credit_balances b set balance_micros = b.balance_micros - p_amount, held_micros = b.held_micros + p_amount
    where b.tenant_id = p_tenant and b.balance_micros >= p_amount;
  if not found then
    return false;
  end if;
  insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
    values (p_tenant, 'hold:' || p_call || ':' || p_number, 'hold', p_amount, p_call, p_now);
  update calls x set holds = p_number, hold_micros = x.hold_micros + p_amount
    where x.tenant_id = p_tenant and x.id = p_call;
  return true;
end $$;

-- Begins a transfer of a live call, see 0011_transfers.sql. CY402: the balance does not cover the leg.
create or replace function transfer_begin(p_tenant uuid, p_call uuid, p_mode text, p_destination text, p_name text,
  p_briefing text, p_by text) returns int language plpgsql as $$
declare
  t call_transfers;
  k calls;
  stretch bigint;
begin
  select * into k from calls x where x.tenant_id = p_tenant and x.id = p_call and x.ended_at is null for update;
  if not found then
    perform refuse('CY409', 'the call is over');
  end if;
  if exists (select 1 from call_transfers x where x.tenant_id = p_tenant and x.call_id = p_call
      and is_open_transfer(x.state)) then
    perform refuse('CY409', 'the call is being transferred already');
  end if;
  -- The first stretch of the person's leg; one on which nobody talked left its own for this.
  if p_mode <> 'refer' and k.legs <= (select count(*) from call_transfers x
      where x.tenant_id = p_tenant and x.call_id = p_call and has_talked(x)) then
    select l.amount_micros into stretch from ledger l where l.tenant_id = p_tenant and l.key = 'hold:' || p_call || ':1';
    update credit_balances b set balance_micros = b.balance_micros - stretch, held_micros = b.held_micros + stretch
      where b.tenant_id = p_tenant and b.balance_micros >= stretch;
    if not found and stretch > 0 then
      perform refuse('CY402', 'no credit for a call to a person');
    end if;
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      select p_tenant, 'hold:' || p_call || ':leg:' || k.legs + 1, 'hold', stretch, p_call, now() where stretch > 0;
    update calls x set legs = x.legs + 1, hold_micros = x.hold_micros + coalesce(stretch, 0)
      where x.tenant_id = p_tenant and x.id = p_call;
  end if;
  insert into call_transfers (tenant_id, call_id, number, mode, destination, name, briefing, wanted_by)
    select p_tenant, p_call, coalesce(max(x.number), 0) + 1, p_mode, p_destination, p_name, p_briefing, p_by
      from call_transfers x where x.tenant_id = p_tenant and x.call_id = p_call
    returning * into t;
  perform transfer_event(t);
  return t.number;
end $$;

-- Takes the step where it is one; answers the state after it, null: no such transfer.
create or replace function transfer_step(p_tenant uuid, p_call uuid, p_number int, p_state text, p_leg text, p_reason text)
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
  update call_transfers x set state = p_state, reason = coalesce(p_reason, x.reason), changed_at = now(),
      answered_at = case when p_state in ('accepted', 'connected') then coalesce(x.answered_at, now()) else x.answered_at end,
      ended_at = case when is_open_transfer(p_state) then null else now() end
    where x.tenant_id = p_tenant and x.call_id = p_call and x.number = p_number returning * into t;
  perform transfer_event(t);
  return t.state;
end $$;

-- As transfer_step; p_talked_s: the seconds that a carrier counted of the leg, null: it did not tell.
create function transfer_told(p_tenant uuid, p_call uuid, p_number int, p_state text, p_leg text, p_reason text, p_talked_s int)
returns text language plpgsql as $$
begin
  if p_talked_s is not null then
    update call_transfers x set talked_s = coalesce(x.talked_s, p_talked_s)
      where x.tenant_id = p_tenant and x.call_id = p_call and x.number = p_number;
  end if;
  return transfer_step(p_tenant, p_call, p_number, p_state, p_leg, p_reason);
end $$;
