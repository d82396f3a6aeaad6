-- The dial protocol. Every function runs inside the caller's transaction under the
-- caller's tenant (app.tenant_id) and row-level security; locks are taken in the order
-- call, system pool, tenant pool, balance, queue row, contact.

-- Forward only: an event is applied when its rank is above the call's.
create function status_rank(status text) returns int language sql immutable parallel safe as $$
  select case status
    when 'queued' then 0 when 'dialing' then 1 when 'ringing' then 2 when 'in_progress' then 3
    else 4 end $$;

-- Local time of a zone by name; null when the name is not a zone.
create function local_time(at timestamptz, zone text) returns timestamp language plpgsql stable as $$
begin
  return at at time zone zone;
exception when invalid_parameter_value then
  return null;
end $$;

-- May this person be called now? `verdict` is 'dial', 'suppress' (never, see `reason`) or
-- 'wait' (`until` says when to look again). An unknown zone fails closed.
create type gate_verdict as (verdict text, reason text, until timestamptz);

create function dial_gate(c contacts, m call_campaigns, t tenants, at timestamptz)
returns gate_verdict language plpgsql stable as $$
declare
  v gate_verdict;
  here timestamp;
  opens timestamp;
begin
  if exists (select 1 from suppressions s where s.tenant_id = c.tenant_id and s.phone = c.phone) then
    return ('suppress', 'do_not_call', null)::gate_verdict;
  end if;
  if not c.is_active then
    return ('suppress', 'contact_deleted', null)::gate_verdict;
  end if;
  if c.last_dialed_at is not null then
    if t.contact_gap_s > 0 and c.last_dialed_at + make_interval(secs => t.contact_gap_s) > at then
      return ('wait', 'contact_gap', c.last_dialed_at + make_interval(secs => t.contact_gap_s))::gate_verdict;
    end if;
    here := local_time(at, coalesce(c.time_zone, t.time_zone));
    if c.dialed_on = here::date and c.dialed_count >= t.daily_cap_per_contact then
      return ('wait', 'daily_cap', (here::date + 1)::timestamp at time zone coalesce(c.time_zone, t.time_zone))::gate_verdict;
    end if;
  end if;
  if m.window_from is not null then
    here := local_time(at, c.time_zone);
    if here is null then
      return ('suppress', 'unknown_time_zone', null)::gate_verdict;
    end if;
    if not (extract(isodow from here)::int = any (m.window_days)
            and here::time >= m.window_from and here::time < m.window_to) then
      opens := here::date + m.window_from;
      if here::time >= m.window_from then
        opens := opens + interval '1 day';
      end if;
      for i in 1..8 loop
        exit when extract(isodow from opens)::int = any (m.window_days);
        opens := opens + interval '1 day';
      end loop;
      return ('wait', 'calling_window', opens at time zone c.time_zone)::gate_verdict;
    end if;
  end if;
  return ('dial', null, null)::gate_verdict;
end $$;

-- True while this node owns the shard. The row stays locked for sharing until commit, so
-- that nobody takes the shard over under an open transaction.
create function owns_shard(p_kind text, p_shard int, p_node text, p_fence bigint)
returns bool language plpgsql as $$
begin
  perform 1 from shards s join nodes n on n.node_id = s.owner and n.incarnation = s.owner_incarnation
    where s.kind = p_kind and s.id = p_shard and s.owner = p_node and s.fence = p_fence
      and n.lease_until > clock_timestamp()
    for share of s;
  return found;
end $$;

-- Step 1: slot, credit hold and attempt in one transaction, for up to
-- cardinality(p_calls) rows of one campaign. p_calls are new ids made by the caller: a
-- repeat after a lost answer returns the same attempts. The last row has no call_id and
-- says why no more were given: ok, fenced, not_running, campaign_at_capacity,
-- system_at_capacity, tenant_at_capacity, no_credit, number_rate, nothing_due (with the
-- time when something may be due, or null when the campaign has no row left).
create function dial_reserve(p_tenant uuid, p_shard int, p_node text, p_fence bigint,
    p_campaign uuid, p_calls uuid[], p_now timestamptz, p_hold bigint, p_cps real, p_provider text)
returns table (call_id uuid, contact_id uuid, to_number text, from_number text, name text,
    variables jsonb, attempt_no int, agent_id uuid, agent_version int, max_call_s int,
    reason text, wait_until timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  m call_campaigns;
  t tenants;
  n int := cardinality(p_calls);
  got int := 0;
  free int;
  funds bigint;
  pace number_rates;
  gap interval;
  why text := 'ok';
  until timestamptz;
  g gate_verdict;
  r record;
begin
  if exists (select 1 from calls k where k.tenant_id = p_tenant and k.id = any (p_calls)) then
    return query select k.id, k.contact_id, k.to_number, k.from_number, c.name, k.variables,
        k.attempt_no, k.agent_id, k.agent_version, k.max_call_s, null::text, null::timestamptz
      from calls k join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id
      where k.tenant_id = p_tenant and k.id = any (p_calls);
    return query select null::uuid, null::uuid, null::text, null::text, null::text, null::jsonb,
        null::int, null::uuid, null::int, null::int, 'ok'::text, null::timestamptz;
    return;
  end if;
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_campaign;
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    why := 'fenced'; n := 0;
  elsif m.status is distinct from 'running' then
    why := 'not_running'; n := 0;
  end if;
  if n > 0 then
    select m.concurrency - count(*) into free from calls k
      where k.tenant_id = p_tenant and k.campaign_id = p_campaign
        and k.state in ('reserved', 'sending', 'placed', 'unknown');
    if free < n then
      n := greatest(free, 0); why := 'campaign_at_capacity';
    end if;
  end if;
  if n > 0 then
    select p.cap - p.used into free from pools p where p.scope = 'system' for no key update;
    if free < n then
      n := greatest(free, 0); why := 'system_at_capacity';
    end if;
  end if;
  if n > 0 then
    select p.cap - p.used into free from pools p where p.scope = 'tenant:' || p_tenant for no key update;
    if free < n then
      n := greatest(free, 0); why := 'tenant_at_capacity';
    end if;
  end if;
  if n > 0 then
    insert into number_rates (phone, calls_per_s) values (m.from_number, p_cps) on conflict do nothing;
    select * into pace from number_rates where phone = m.from_number for no key update;
    gap := make_interval(secs => 1.0 / pace.calls_per_s);
    pace.tat := greatest(pace.tat, p_now - pace.burst * gap);
    free := floor(extract(epoch from p_now - pace.tat) / extract(epoch from gap) + 1e-6);
    if free < n then
      n := greatest(free, 0); why := 'number_rate'; until := pace.tat + gap;
    end if;
  end if;
  if n > 0 then
    select b.balance_micros into funds from credit_balances b where b.tenant_id = p_tenant for no key update;
    if coalesce(funds, 0) / p_hold < n then
      n := coalesce(funds, 0) / p_hold; why := 'no_credit';
    end if;
  end if;
  if n > 0 then
    select * into t from tenants where tenant_id = p_tenant;
  end if;
  while got < n loop
    select q.contact_id as contact, q.attempts, c as person, i.variables as row_variables into r
      from call_queue q
      join contacts c on c.tenant_id = q.tenant_id and c.id = q.contact_id
      left join import_contacts i on i.tenant_id = q.tenant_id and i.import_id = m.import_id
        and i.contact_id = q.contact_id
      where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.state = 'pending'
        and q.next_at <= p_now
      order by q.next_at, q.row_no limit 1
      for update of q skip locked;
    if not found then
      why := 'nothing_due';
      select min(q.next_at) into until from call_queue q
        where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.state = 'pending';
      exit;
    end if;
    g := dial_gate(r.person, m, t, p_now);
    if g.verdict = 'suppress' then
      update call_queue q set state = 'suppressed', reason = g.reason
        where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.contact_id = r.contact;
      continue;
    elsif g.verdict = 'dial' and exists (select 1 from calls k where k.tenant_id = p_tenant
        and k.contact_id = r.contact and k.direction = 'outbound'
        and k.state in ('reserved', 'sending', 'placed', 'unknown')) then
      g := ('wait', 'other_call_live', p_now + interval '20 seconds')::gate_verdict;
    end if;
    if g.verdict = 'wait' then
      update call_queue q set next_at = greatest(g.until, p_now + interval '1 second'), reason = g.reason
        where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.contact_id = r.contact;
      continue;
    end if;
    got := got + 1;
    update call_queue q set state = 'dialing', attempts = r.attempts + 1, reason = null
      where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.contact_id = r.contact;
    update contacts c set last_dialed_at = p_now,
        dialed_count = case when c.dialed_on = local_time(p_now, coalesce(c.time_zone, t.time_zone))::date
          then c.dialed_count + 1 else 1 end,
        dialed_on = local_time(p_now, coalesce(c.time_zone, t.time_zone))::date
      where c.tenant_id = p_tenant and c.id = r.contact;
    insert into calls (tenant_id, id, direction, state, campaign_id, contact_id, attempt_no, agent_id,
        agent_version, to_number, from_number, provider, variables, node, fence, max_call_s,
        hold_micros, holds, created_at)
      values (p_tenant, p_calls[got], 'outbound', 'reserved', p_campaign, r.contact, r.attempts + 1,
        m.agent_id, m.agent_version, (r.person).phone, m.from_number, p_provider,
        (r.person).variables || coalesce(r.row_variables, '{}'), p_node, p_fence, m.max_call_s,
        p_hold, 1, p_now);
    call_id := p_calls[got]; contact_id := r.contact; to_number := (r.person).phone;
    from_number := m.from_number; name := (r.person).name;
    variables := (r.person).variables || coalesce(r.row_variables, '{}');
    attempt_no := r.attempts + 1; agent_id := m.agent_id; agent_version := m.agent_version;
    max_call_s := m.max_call_s; reason := null; wait_until := null;
    return next;
  end loop;
  if got > 0 then
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      select p_tenant, 'hold:' || k || ':1', 'hold', p_hold, k, p_now from unnest(p_calls[1:got]) k;
    update pools p set used = p.used + got where p.scope = 'system';
    update pools p set used = p.used + got where p.scope = 'tenant:' || p_tenant;
    update number_rates x set tat = pace.tat + got * gap where x.phone = m.from_number;
    update credit_balances b set balance_micros = b.balance_micros - got * p_hold,
        held_micros = b.held_micros + got * p_hold where b.tenant_id = p_tenant;
  end if;
  call_id := null; contact_id := null; reason := why; wait_until := until;
  return next;
end $$;

-- What settling frees, added up by the caller and taken off the shared rows once.
create type settled as (permits int, holds bigint, charges bigint);

-- Ends one live call by evidence: p_state is ended, not_placed or lost. Charges the talk
-- time, releases the rest of the hold and moves the queue row on. A call that is not live
-- changes nothing, so a second settlement is harmless. The caller has locked the row.
create function dial_settle_one(k calls, p_state text, p_status text, p_reason text, p_at timestamptz,
    p_duration_s int, p_price_micros bigint, p_pulse_s int, p_retry_after_s int)
returns settled language plpgsql as $$
declare
  m call_campaigns;
  q call_queue;
  outcome text := p_status;
  charge bigint := 0;
  extra bigint := 0;
  delay int;
  again bool := false;
  counted bool := true;
begin
  if p_state = 'ended' and coalesce(p_duration_s, 0) > 0 and (k.status = 'in_progress' or p_status in ('completed', 'voicemail')) then
    charge := ceil(p_duration_s::numeric / p_pulse_s) * p_pulse_s * p_price_micros / 60;
  end if;
  if charge > k.hold_micros then
    select least(charge - k.hold_micros, b.balance_micros) into extra
      from credit_balances b where b.tenant_id = k.tenant_id for no key update;
    extra := coalesce(extra, 0);
    if extra > 0 then
      insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
        values (k.tenant_id, 'hold:' || k.id || ':' || k.holds + 1, 'hold', extra, k.id, p_at);
      update credit_balances b set balance_micros = balance_micros - extra, held_micros = held_micros + extra
        where b.tenant_id = k.tenant_id;
    end if;
    charge := k.hold_micros + extra;
  end if;
  update calls c set state = p_state, status = p_status, ended_at = p_at, end_reason = p_reason,
      duration_s = case when p_state = 'ended' then coalesce(p_duration_s, 0) end,
      answered_at = coalesce(c.answered_at, case when p_status in ('completed', 'voicemail')
        and p_duration_s > 0 then p_at - make_interval(secs => p_duration_s) end),
      charged_micros = charge, hold_micros = k.hold_micros + extra,
      analysis = case when p_status = 'completed' then 'pending' else 'none' end
    where c.tenant_id = k.tenant_id and c.id = k.id;
  if charge > 0 then
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      values (k.tenant_id, 'charge:' || k.id, 'charge', charge, k.id, p_at);
  end if;
  if k.hold_micros + extra > charge then
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      values (k.tenant_id, 'release:' || k.id, 'release', k.hold_micros + extra - charge, k.id, p_at);
  end if;
  if k.campaign_id is not null then
    select * into m from call_campaigns c where c.tenant_id = k.tenant_id and c.id = k.campaign_id;
    select * into q from call_queue x where x.tenant_id = k.tenant_id and x.campaign_id = k.campaign_id
      and x.contact_id = k.contact_id for no key update;
    if q.state = 'dialing' then
      case
        when p_state = 'lost' then again := m.retry_lost; delay := m.failed_delay_s; outcome := 'lost';
        when p_state = 'not_placed' and p_reason in ('never_sent', 'throttled') then
          again := true; counted := false; delay := p_retry_after_s;
        when p_state = 'not_placed' and p_reason = 'do_not_call' then again := false; outcome := 'suppressed';
        when p_state = 'not_placed' then again := false; outcome := 'refused';
        when p_status = 'busy' then again := true; delay := m.busy_delay_s;
        when p_status = 'no_answer' then again := true; delay := m.no_answer_delay_s;
        when p_status = 'voicemail' then again := true; delay := m.voicemail_delay_s;
        when p_status in ('failed', 'canceled') then again := true; delay := m.failed_delay_s;
        else again := false;
      end case;
      again := again and (not counted or q.attempts < m.max_attempts);
      update call_queue x set
          state = case when again and m.status = 'stopped' then 'cancelled' when again then 'pending'
            when outcome = 'completed' then 'done' when outcome = 'suppressed' then 'suppressed'
            else 'exhausted' end,
          attempts = case when counted then x.attempts else x.attempts - 1 end,
          next_at = case when again then p_at + make_interval(secs => coalesce(delay, 0)) else x.next_at end,
          last_outcome = case when counted then outcome else x.last_outcome end,
          reason = case when again then 'retry_' || outcome else p_reason end
        where x.tenant_id = k.tenant_id and x.campaign_id = k.campaign_id and x.contact_id = k.contact_id;
    end if;
  end if;
  if k.contact_id is not null and p_state = 'ended' then
    update contacts c set status = case p_status when 'completed' then 'reached' else 'tried' end
      where c.tenant_id = k.tenant_id and c.id = k.contact_id and c.status in ('new', 'tried');
  end if;
  perform pg_notify('caly_event', json_build_object('type', 'call:end', 'tenant', k.tenant_id,
    'call', k.id, 'campaign', k.campaign_id, 'status', p_status)::text);
  return (1, k.hold_micros + extra, charge)::settled;
end $$;

create function dial_give_back(p_tenant uuid, s settled) returns void language plpgsql as $$
begin
  if s.permits > 0 then
    update pools p set used = p.used - s.permits where p.scope = 'system';
    update pools p set used = p.used - s.permits where p.scope = 'tenant:' || p_tenant;
    update credit_balances b set held_micros = b.held_micros - s.holds,
        balance_micros = b.balance_micros + s.holds - s.charges where b.tenant_id = p_tenant;
  end if;
end $$;

-- Step 2: reserved -> sending, with the fence and the do-not-call list and window checked
-- again. Answers the calls that may be sent; the others are settled as not placed here.
create function dial_mark_sending(p_tenant uuid, p_shard int, p_node text, p_fence bigint,
    p_calls uuid[], p_now timestamptz)
returns setof uuid language plpgsql as $$
declare
  k calls;
  m call_campaigns;
  c contacts;
  t tenants;
  g gate_verdict;
  freed settled := (0, 0, 0)::settled;
  one settled;
begin
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    return;
  end if;
  select * into t from tenants where tenant_id = p_tenant;
  for k in select * from calls x where x.tenant_id = p_tenant and x.id = any (p_calls)
      and x.state = 'reserved' and x.fence = p_fence order by x.id for no key update loop
    g := ('dial', null, null)::gate_verdict;
    select * into c from contacts x where x.tenant_id = p_tenant and x.id = k.contact_id;
    if exists (select 1 from suppressions s where s.tenant_id = p_tenant and s.phone = k.to_number) then
      g := ('suppress', 'do_not_call', null)::gate_verdict;
    elsif k.campaign_id is not null then
      select * into m from call_campaigns x where x.tenant_id = p_tenant and x.id = k.campaign_id;
      c.last_dialed_at := null; -- this very attempt has just been counted
      g := dial_gate(c, m, t, p_now);
      if g.verdict = 'dial' and m.status <> 'running' then
        g := ('wait', 'campaign_' || m.status, p_now)::gate_verdict;
      end if;
    end if;
    if g.verdict = 'dial' then
      update calls x set state = 'sending', status = 'dialing', sending_at = p_now
        where x.tenant_id = p_tenant and x.id = k.id;
      return next k.id;
    else
      one := dial_settle_one(k, 'not_placed', 'canceled',
        case g.verdict when 'suppress' then 'do_not_call' else 'never_sent' end,
        p_now, null, 0, 1, greatest(0, extract(epoch from g.until - p_now)::int));
      freed := (freed.permits + one.permits, freed.holds + one.holds, freed.charges + one.charges)::settled;
    end if;
  end loop;
  perform dial_give_back(p_tenant, freed);
end $$;

-- Step 5: what the provider answered to create-call. p_result: placed (with the provider's
-- id), refused, throttled (429: nothing happened, try later) or unknown.
create function dial_answered(p_tenant uuid, p_call uuid, p_result text, p_provider_call_id text,
    p_reason text, p_retry_after_s int, p_now timestamptz)
returns text language plpgsql as $$
declare
  k calls;
  freed settled;
begin
  select * into k from calls x where x.tenant_id = p_tenant and x.id = p_call for no key update;
  if not found then
    return 'not_found';
  end if;
  if k.state not in ('sending', 'unknown') then
    return k.state; -- a webhook was faster, or the reconciler decided
  end if;
  if p_result = 'placed' then
    update calls x set state = 'placed', provider_call_id = p_provider_call_id, placed_at = p_now
      where x.tenant_id = p_tenant and x.id = p_call;
    return 'placed';
  elsif p_result = 'unknown' then
    update calls x set state = 'unknown', end_reason = p_reason, missed_since = null, misses = 0
      where x.tenant_id = p_tenant and x.id = p_call;
    return 'unknown';
  end if;
  freed := dial_settle_one(k, 'not_placed', 'failed', case p_result when 'throttled' then 'throttled' else p_reason end,
    p_now, null, 0, 1, p_retry_after_s);
  perform dial_give_back(p_tenant, freed);
  return 'not_placed';
end $$;

-- Steps 6 and 9: provider events in any order, number and delay. Arrays run in parallel,
-- one element an event. Answers per event what became of it: applied, duplicate, stale,
-- unknown_call, ended (this event settled the call) or ghost (the call had been given up:
-- permits are taken by force, the caller must hang up).
create function dial_progress(p_tenant uuid, p_calls uuid[], p_keys text[], p_provider_ids text[],
    p_status text[], p_duration int[], p_answered_by text[], p_at timestamptz[],
    p_now timestamptz, p_price_micros bigint, p_pulse_s int)
returns setof text language plpgsql as $$
declare
  k calls;
  freed settled := (0, 0, 0)::settled;
  one settled;
  final text;
begin
  perform 1 from calls x where x.tenant_id = p_tenant and x.id = any (p_calls)
    order by x.id for no key update;
  for i in 1..cardinality(p_calls) loop
    select * into k from calls x where x.tenant_id = p_tenant and x.id = p_calls[i];
    if not found then
      return next 'unknown_call'; continue;
    end if;
    insert into call_events (tenant_id, call_id, event_key, kind, at, detail)
      values (p_tenant, k.id, p_keys[i], p_status[i], p_at[i],
        jsonb_strip_nulls(jsonb_build_object('duration_s', p_duration[i], 'answered_by', p_answered_by[i])))
      on conflict do nothing;
    if not found then
      return next 'duplicate'; continue;
    end if;
    if k.state in ('not_placed', 'lost') and status_rank(p_status[i]) < 4 and not k.overdraft then
      update pools p set used = p.used + 1 where p.scope in ('system', 'tenant:' || p_tenant);
      update calls x set state = 'placed', status = p_status[i], overdraft = true, hold_micros = 0, holds = 0,
          provider_call_id = coalesce(x.provider_call_id, p_provider_ids[i]), ended_at = null
        where x.tenant_id = p_tenant and x.id = k.id;
      return next 'ghost'; continue;
    end if;
    if k.state not in ('sending', 'unknown', 'placed', 'reserved') then
      return next 'stale'; continue;
    end if;
    if p_answered_by[i] is not null and k.answered_by is null then
      update calls x set answered_by = p_answered_by[i] where x.tenant_id = p_tenant and x.id = k.id;
      k.answered_by := p_answered_by[i];
    end if;
    if status_rank(p_status[i]) <= status_rank(k.status) and status_rank(p_status[i]) < 4
        and k.state = 'placed' then
      return next 'stale'; continue;
    end if;
    if status_rank(p_status[i]) < 4 then
      update calls x set state = 'placed', placed_at = coalesce(x.placed_at, p_now),
          provider_call_id = coalesce(x.provider_call_id, p_provider_ids[i]),
          status = case when status_rank(p_status[i]) > status_rank(x.status) then p_status[i] else x.status end,
          answered_at = case when p_status[i] = 'in_progress' then coalesce(x.answered_at, p_at[i]) else x.answered_at end
        where x.tenant_id = p_tenant and x.id = k.id;
      perform pg_notify('caly_event', json_build_object('type', case p_status[i] when 'in_progress' then 'call:start'
        else 'call:update' end, 'tenant', p_tenant, 'call', k.id, 'campaign', k.campaign_id, 'status', p_status[i])::text);
      return next 'applied'; continue;
    end if;
    final := case when p_status[i] = 'completed' and (k.answered_by like 'machine%' or k.answered_by = 'fax')
      then 'voicemail' else p_status[i] end;
    if k.provider_call_id is null and p_provider_ids[i] is not null then
      update calls x set provider_call_id = p_provider_ids[i], placed_at = coalesce(x.placed_at, p_now)
        where x.tenant_id = p_tenant and x.id = k.id;
    end if;
    one := dial_settle_one(k, 'ended', final, coalesce(k.end_reason, final), p_at[i], p_duration[i],
      p_price_micros, p_pulse_s, 0);
    freed := (freed.permits + one.permits, freed.holds + one.holds, freed.charges + one.charges)::settled;
    return next 'ended';
  end loop;
  perform dial_give_back(p_tenant, freed);
end $$;

-- Step 8d: the provider was asked and knew nothing of the call. The second miss, at least
-- p_apart_s after the first and p_settle_s after sending, gives the call up.
create function dial_missed(p_tenant uuid, p_call uuid, p_settle_s int, p_apart_s int, p_now timestamptz)
returns text language plpgsql as $$
declare
  k calls;
begin
  select * into k from calls x where x.tenant_id = p_tenant and x.id = p_call for no key update;
  if not found or k.state <> 'unknown' then
    return coalesce(k.state, 'not_found');
  end if;
  if k.sending_at + make_interval(secs => p_settle_s) > p_now then
    return 'unknown';
  end if;
  if k.missed_since is null then
    update calls x set missed_since = p_now, misses = 1 where x.tenant_id = p_tenant and x.id = p_call;
    return 'unknown';
  end if;
  if k.missed_since + make_interval(secs => p_apart_s) > p_now then
    return 'unknown';
  end if;
  perform dial_give_back(p_tenant, dial_settle_one(k, 'lost', 'lost', 'lost', p_now, null, 0, 1, 0));
  return 'lost';
end $$;

-- Step 7: a new owner of the shard. Reserved under an older fence was never sent; sending
-- under an older fence is unknown. Answers how many of each.
create function dial_take_over(p_tenant uuid, p_shard int, p_node text, p_fence bigint, p_now timestamptz)
returns table (undone int, doubtful int) language plpgsql as $$
declare
  k calls;
  one settled;
  freed settled := (0, 0, 0)::settled;
begin
  undone := 0; doubtful := 0;
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    return;
  end if;
  for k in select * from calls x where x.tenant_id = p_tenant and x.fence < p_fence
      and x.state in ('reserved', 'sending') order by x.id for no key update loop
    if k.state = 'reserved' then
      one := dial_settle_one(k, 'not_placed', 'canceled', 'never_sent', p_now, null, 0, 1, 0);
      freed := (freed.permits + one.permits, freed.holds + one.holds, freed.charges + one.charges)::settled;
      undone := undone + 1;
    else
      update calls x set state = 'unknown', end_reason = 'owner_lost' where x.tenant_id = p_tenant and x.id = k.id;
      doubtful := doubtful + 1;
    end if;
  end loop;
  perform dial_give_back(p_tenant, freed);
  return next;
end $$;

-- Holds another stretch of talk time for a live call; false when the balance cannot cover
-- it. p_number counts the holds of the call, so that a repeat changes nothing.
create function extend_hold(p_tenant uuid, p_call uuid, p_number int, p_amount bigint, p_now timestamptz)
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

-- Takes permits and a hold for a call that is not of a campaign: direction inbound (state
-- placed, the provider has it already) or outbound (reserved). Answers ok or the reason.
create function call_open(p_tenant uuid, p_call uuid, p_direction text, p_agent uuid, p_contact uuid,
    p_to text, p_from text, p_provider text, p_provider_call_id text, p_variables jsonb, p_node text,
    p_fence bigint, p_max_call_s int, p_hold bigint, p_now timestamptz)
returns text language plpgsql as $$
declare
  free int;
  version int;
begin
  if exists (select 1 from calls x where x.tenant_id = p_tenant and (x.id = p_call
      or (x.provider = p_provider and x.provider_call_id = p_provider_call_id))) then
    return 'ok';
  end if;
  select a.version into version from agents a where a.tenant_id = p_tenant and a.id = p_agent and a.enabled;
  if not found then
    return 'no_agent';
  end if;
  if p_direction = 'outbound' and exists (select 1 from suppressions s where s.tenant_id = p_tenant and s.phone = p_to) then
    return 'do_not_call';
  end if;
  select p.cap - p.used into free from pools p where p.scope = 'system' for no key update;
  if free < 1 then
    return 'system_at_capacity';
  end if;
  select p.cap - p.used into free from pools p where p.scope = 'tenant:' || p_tenant for no key update;
  if coalesce(free, 0) < 1 then
    return 'tenant_at_capacity';
  end if;
  update credit_balances b set balance_micros = b.balance_micros - p_hold, held_micros = b.held_micros + p_hold
    where b.tenant_id = p_tenant and b.balance_micros >= p_hold;
  if not found then
    return 'no_credit';
  end if;
  if p_direction = 'outbound' and exists (select 1 from calls k where k.tenant_id = p_tenant
      and k.contact_id = p_contact and k.direction = 'outbound'
      and k.state in ('reserved', 'sending', 'placed', 'unknown')) then
    raise exception 'contact has a live call' using errcode = 'unique_violation';
  end if;
  insert into calls (tenant_id, id, direction, state, status, contact_id, agent_id, agent_version, to_number,
      from_number, provider, provider_call_id, variables, node, fence, max_call_s, hold_micros, holds,
      created_at, placed_at)
    values (p_tenant, p_call, p_direction, case p_direction when 'inbound' then 'placed' else 'reserved' end,
      case p_direction when 'inbound' then 'ringing' else 'queued' end, p_contact, p_agent, version, p_to,
      p_from, p_provider, p_provider_call_id, p_variables, p_node, p_fence, p_max_call_s, p_hold, 1, p_now,
      case p_direction when 'inbound' then p_now end);
  insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
    values (p_tenant, 'hold:' || p_call || ':1', 'hold', p_hold, p_call, p_now);
  update pools p set used = p.used + 1 where p.scope = 'system';
  update pools p set used = p.used + 1 where p.scope = 'tenant:' || p_tenant;
  return 'ok';
end $$;
