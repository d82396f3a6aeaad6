-- The dial protocol. Every function runs under one tenant (app.tenant_id) and its
-- row-level security, and works on sets. Locks are taken in the order calls, tenant pool,
-- number, balance, queue row, contact, system pool: the tenant's pool row orders the work
-- of one tenant, the system's is held as briefly as can be.
--
-- Plans are kept, and must stay right while the tables grow: `from (select p_tenant as ten,
-- … from unnest(…) offset 0) a join calls x on x.tenant_id = a.ten and x.id = a.id` asks to
-- look up each key, where `x.id = any (…)` may scan all rows of the tenant.

-- Failures that callers react to. The text is for people and holds no row values.
-- CY404 not found, CY409 conflict, CY422 invalid, CYFEN another node owns the shard.
create function refuse(code text, why text) returns void language plpgsql as $$
begin
  raise exception using errcode = code, message = why;
end $$;

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
  zone text;
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
    if c.dialed_count >= t.daily_cap_per_contact then
      zone := c.time_zone;
      here := local_time(at, zone);
      if here is null then
        zone := t.time_zone;
        here := at at time zone zone;
      end if;
      if c.dialed_on = here::date then
        return ('wait', 'daily_cap', (here::date + 1)::timestamp at time zone zone)::gate_verdict;
      end if;
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

-- Reserve -------------------------------------------------------------------------------

create type dial_pick as (contact_id uuid, attempt_no int, phone text, name text, variables jsonb);

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
  rows_looked_at_max constant int := 500;
  m call_campaigns;
  t tenants;
  n int := cardinality(p_calls);
  free int;
  funds bigint;
  rate number_rates;
  gap interval;
  picks dial_pick[] := '{}';
  more dial_pick[];
  got int;
  want int;
  span int;
  looked int;
  seen int := 0;
  why text := 'ok';
  until timestamptz;
begin
  perform 1 from unnest(p_calls) a (i)
    cross join lateral (select 1 from calls k where k.tenant_id = p_tenant and k.id = a.i offset 0) k;
  if found then
    return query select k.id, k.contact_id, k.to_number, k.from_number, c.name, k.variables,
        k.attempt_no, k.agent_id, k.agent_version, k.max_call_s, null::text, null::timestamptz
      from calls k join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id
      where k.tenant_id = p_tenant and k.id = any (p_calls) order by k.id;
    call_id := null; reason := 'ok';
    return next;
    return;
  end if;
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_campaign;
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    why := 'fenced'; n := 0;
  elsif m.status is distinct from 'running' then
    why := 'not_running'; n := 0;
  end if;
  if n > 0 then
    select p.cap - p.used into free from pools p where p.scope = 'tenant:' || p_tenant for no key update;
    if coalesce(free, 0) < n then
      n := greatest(coalesce(free, 0), 0); why := 'tenant_at_capacity';
    end if;
    select p.cap - p.used into free from pools p where p.scope = 'system';
    if coalesce(free, 0) < n then
      n := greatest(coalesce(free, 0), 0); why := 'system_at_capacity';
    end if;
    select m.concurrency - count(*) into free from calls k
      where k.tenant_id = p_tenant and k.ended_at is null and k.campaign_id = p_campaign;
    if free < n then
      n := greatest(free, 0); why := 'campaign_at_capacity';
    end if;
  end if;
  if n > 0 then
    select * into rate from number_rates r where r.phone = m.from_number for no key update;
    if not found then
      insert into number_rates (phone) values (m.from_number) on conflict do nothing;
      select * into rate from number_rates r where r.phone = m.from_number for no key update;
    end if;
    rate.calls_per_s := coalesce(rate.calls_per_s, p_cps);
    gap := make_interval(secs => 1.0 / rate.calls_per_s);
    -- A quarter of a second's calls may leave at once, at least one.
    rate.tat := greatest(rate.tat, p_now - greatest(1, ceil(rate.calls_per_s / 4)) * gap);
    free := least(floor(extract(epoch from p_now - rate.tat) / extract(epoch from gap) + 1e-6), 1e6);
    if free < n then
      n := greatest(free, 0); why := 'number_rate'; until := rate.tat + gap;
    end if;
  end if;
  if n > 0 then
    select b.balance_micros into funds from credit_balances b where b.tenant_id = p_tenant for no key update;
    if p_hold > 0 and coalesce(funds, 0) / p_hold < n then
      n := coalesce(funds, 0) / p_hold; why := 'no_credit';
    end if;
    select * into t from tenants x where x.tenant_id = p_tenant;
  end if;
  loop
    want := n - cardinality(picks);
    exit when want <= 0;
    span := case when seen = 0 then want else greatest(want, 100) end;
    with due as materialized (
      select p_tenant as ten, p_campaign as cmp, q.contact_id, q.attempts, q.next_at, q.row_no from call_queue q
        where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.state = 'pending'
          and q.next_at <= p_now
        order by q.next_at, q.row_no limit span for update skip locked
    ), gated as materialized (
      select d.*, c.phone, c.name, c.variables || coalesce(i.variables, '{}') as variables,
          exists (select 1 from calls k where k.tenant_id = d.ten and k.contact_id = d.contact_id
            and k.direction = 'outbound' and k.ended_at is null and not k.overdraft)
          or exists (select 1 from calls k where k.tenant_id = d.ten and k.contact_id = d.contact_id
            and k.overdraft and k.ended_at is null) as live,
          case when not (m.window_from is null and c.last_dialed_at is null and c.is_active
              and not exists (select 1 from suppressions s where s.tenant_id = d.ten and s.phone = c.phone))
            then dial_gate(c, m, t, p_now) end as g
        from due d
        join contacts c on c.tenant_id = d.ten and c.id = d.contact_id
        left join import_contacts i on i.tenant_id = d.ten and i.import_id = m.import_id
          and i.contact_id = d.contact_id
    ), judged as materialized (
      select x.ten, x.cmp, x.contact_id, x.attempts, x.next_at, x.row_no, x.phone, x.name, x.variables, v.verdict,
          case when x.live and v.verdict = 'wait' and (x.g).verdict is distinct from 'wait'
            then 'other_call_live' else (x.g).reason end as reason,
          coalesce((x.g).until, p_now + interval '20 seconds') as until,
          row_number() over (partition by v.verdict order by x.next_at, x.row_no) as rank
        from gated x cross join lateral (select case
          when coalesce((x.g).verdict, 'dial') = 'dial' and x.live then 'wait'
          else coalesce((x.g).verdict, 'dial') end as verdict) v
    ), moved as (
      update call_queue q set
          state = case j.verdict when 'dial' then 'dialing' when 'suppress' then 'suppressed' else q.state end,
          attempts = q.attempts + (j.verdict = 'dial')::int,
          next_at = case j.verdict when 'wait' then greatest(j.until, p_now + interval '1 second') else q.next_at end,
          reason = j.reason
        from judged j
        where q.tenant_id = j.ten and q.campaign_id = j.cmp and q.contact_id = j.contact_id
          and (j.verdict <> 'dial' or j.rank <= want)
    )
    select count(*), array_agg((j.contact_id, j.attempts + 1, j.phone, j.name, j.variables)::dial_pick
        order by j.next_at, j.row_no) filter (where j.verdict = 'dial' and j.rank <= want)
      into looked, more from judged j;
    picks := picks || coalesce(more, '{}');
    seen := seen + looked;
    if looked < span and cardinality(picks) < n then
      why := 'nothing_due';
      select min(q.next_at) into until from call_queue q
        where q.tenant_id = p_tenant and q.campaign_id = p_campaign and q.state = 'pending';
      exit;
    end if;
    if seen >= rows_looked_at_max and cardinality(picks) < n then
      why := 'nothing_due'; until := p_now;
      exit;
    end if;
  end loop;
  got := cardinality(picks);
  if got > 0 then
    select p.cap - p.used into free from pools p where p.scope = 'system' for no key update;
    if free < got then
      free := greatest(free, 0);
      update call_queue q set state = 'pending', attempts = q.attempts - 1
        from (select p_tenant as ten, p_campaign as cmp, y.contact_id from unnest(picks[free + 1:]) y offset 0) x
        where q.tenant_id = x.ten and q.campaign_id = x.cmp and q.contact_id = x.contact_id;
      got := free; why := 'system_at_capacity'; until := null;
    end if;
  end if;
  if got > 0 then
    with lines as (
      update pools p set used = p.used + got where p.scope in ('system', 'tenant:' || p_tenant)
    ), pace as (
      update number_rates x set tat = rate.tat + got * gap where x.phone = m.from_number
    ), money as (
      update credit_balances b set balance_micros = b.balance_micros - got * p_hold,
        held_micros = b.held_micros + got * p_hold where b.tenant_id = p_tenant
    ), books as (
      insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
        select p_tenant, 'hold:' || k || ':1', 'hold', p_hold, k, p_now from unnest(p_calls[1:got]) k
    )
    insert into calls (tenant_id, id, direction, state, campaign_id, contact_id, attempt_no, agent_id,
        agent_version, to_number, from_number, provider, variables, node, fence, max_call_s,
        hold_micros, holds, created_at)
      select p_tenant, p_calls[x.i], 'outbound', 'reserved', p_campaign, x.contact_id, x.attempt_no,
          m.agent_id, m.agent_version, x.phone, m.from_number, p_provider, x.variables, p_node, p_fence,
          m.max_call_s, p_hold, 1, p_now
        from unnest(picks[1:got]) with ordinality x (contact_id, attempt_no, phone, name, variables, i);
    return query select p_calls[x.i], x.contact_id, x.phone, m.from_number, x.name, x.variables,
        x.attempt_no, m.agent_id, m.agent_version, m.max_call_s, null::text, null::timestamptz
      from unnest(picks[1:got]) with ordinality x (contact_id, attempt_no, phone, name, variables, i);
  end if;
  call_id := null; contact_id := null; reason := why; wait_until := until;
  return next;
end $$;

-- Settle --------------------------------------------------------------------------------

-- How one live call ends. `state` is ended, not_placed or lost. `kind` says what it means
-- for the row of the queue: ended (by `status`), refused, uncounted (nothing happened, dial
-- again after `delay_s`), suppressed or lost.
create type settlement as (call_id uuid, state text, status text, reason text, kind text,
  at timestamptz, duration_s int, delay_s int);

-- What a settlement comes to.
create type settled_call as (call_id uuid, campaign_id uuid, contact_id uuid, state text, status text,
  reason text, kind text, at timestamptz, duration_s int, delay_s int, hold bigint, extra bigint,
  charge bigint, holds int, attempt_no int, overdraft bool, answered_at timestamptz);

-- Ends live calls by evidence: charges the talk time, releases the rest of the hold, gives
-- the permits back and moves the queue rows on. A call that is not live changes nothing,
-- so a second settlement is harmless. The caller has locked the calls.
create function dial_settle(p_tenant uuid, p_items settlement[], p_now timestamptz,
    p_price_micros bigint, p_pulse_s int)
returns int language plpgsql as $$
declare
  done settled_call[];
  n int;
  funds bigint;
begin
  if coalesce(cardinality(p_items), 0) = 0 then
    return 0;
  end if;
  perform 1 from pools p where p.scope = 'tenant:' || p_tenant for no key update;
  select b.balance_micros into funds from credit_balances b where b.tenant_id = p_tenant for no key update;
  with timed as (
    select k.id, k.campaign_id, k.contact_id, k.hold_micros, k.holds, k.attempt_no, k.overdraft, k.answered_at,
        i.state, i.status, i.reason, i.kind, i.delay_s, least(i.at, p_now) as at,
        case when i.state <> 'ended' then null
          when i.duration_s is not null or i.status not in ('completed', 'voicemail') or k.answered_at is null
          then coalesce(i.duration_s, 0)
          else greatest(0, ceil(extract(epoch from least(i.at, p_now) - k.answered_at)))::int end as duration_s
      from (select p_tenant as ten, y.* from unnest(p_items) y offset 0) i
      join calls k on k.tenant_id = i.ten and k.id = i.call_id
      where k.ended_at is null
  ), priced as (
    select x.*, case when x.duration_s > 0 and x.status in ('completed', 'voicemail', 'failed')
        then (x.duration_s + p_pulse_s - 1) / p_pulse_s * p_pulse_s * p_price_micros / 60 else 0 end as charge
      from timed x
  ), needing as (
    select x.*, greatest(x.charge - x.hold_micros, 0) as need,
        sum(greatest(x.charge - x.hold_micros, 0)) over (order by x.id) as needed
      from priced x
  ), funded as (
    select x.*, greatest(0, least(x.need, coalesce(funds, 0) - (x.needed - x.need)))::bigint as extra from needing x
  )
  select array_agg((x.id, x.campaign_id, x.contact_id, x.state, x.status, x.reason, x.kind, x.at,
      x.duration_s, x.delay_s, x.hold_micros, x.extra, least(x.charge, x.hold_micros + x.extra), x.holds,
      x.attempt_no, x.overdraft, coalesce(x.answered_at, case when x.status in ('completed', 'voicemail') and x.duration_s > 0
        then x.at - make_interval(secs => x.duration_s) end))::settled_call order by x.id)
    into done from funded x;
  n := coalesce(cardinality(done), 0);
  if n = 0 then
    return 0;
  end if;
  with ended as (
    update calls c set state = d.state, status = d.status, ended_at = d.at, end_reason = d.reason,
        duration_s = d.duration_s, answered_at = d.answered_at, charged_micros = d.charge,
        hold_micros = d.hold + d.extra, holds = d.holds + (d.extra > 0)::int,
        analysis = case when d.status = 'completed' then 'pending' else 'none' end
      from (select p_tenant as ten, y.* from unnest(done) y offset 0) d
      where c.tenant_id = d.ten and c.id = d.call_id
  ), books as (
    insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
      select p_tenant, x.key, x.kind, x.amount, d.call_id, d.at from unnest(done) d cross join lateral (values
        ('hold:' || d.call_id || ':' || d.holds + 1, 'hold', d.extra),
        ('charge:' || d.call_id, 'charge', d.charge),
        ('release:' || d.call_id, 'release', d.hold + d.extra - d.charge)) x (key, kind, amount)
      where x.amount > 0
  ), money as (
    update credit_balances b set held_micros = b.held_micros - s.hold,
        balance_micros = b.balance_micros + s.hold - s.charge
      from (select sum(d.hold) as hold, sum(d.charge) as charge from unnest(done) d) s
      where b.tenant_id = p_tenant
  ), people as (
    update contacts c set status = case d.status when 'completed' then 'reached' else 'tried' end
      from (select p_tenant as ten, y.* from unnest(done) y where y.state = 'ended' offset 0) d
      where c.tenant_id = d.ten and c.id = d.contact_id and c.status in ('new', 'tried')
        and c.status <> case d.status when 'completed' then 'reached' else 'tried' end
  ), lines as (
    update pools p set used = p.used - n where p.scope in ('system', 'tenant:' || p_tenant)
  )
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
        from (select p_tenant as ten, y.* from unnest(done) y where not y.overdraft offset 0) d
        cross join lateral (select * from call_campaigns y where y.tenant_id = d.ten and y.id = d.campaign_id
          offset 0) m
        cross join lateral (select case d.kind when 'ended' then d.status else d.kind end as outcome) o
        offset 0) r
    where x.tenant_id = r.ten and x.campaign_id = r.campaign_id and x.contact_id = r.contact_id
      and x.state = 'dialing';
  perform pg_notify('caly_event', json_build_object('type', 'call:end', 'tenant', p_tenant,
    'call', d.call_id, 'campaign', d.campaign_id, 'status', d.status)::text) from unnest(done) d;
  return n;
end $$;

-- Send ----------------------------------------------------------------------------------

-- Step 2: reserved -> sending, with the fence, the do-not-call list, the campaign's state
-- and the window checked again; the person's gap and daily count start here. Answers the
-- calls that may be sent; the others are settled as not placed. The same request again
-- (the same p_now) answers the same; a later one for a call that is sending answers
-- nothing, because that call may be on its way. CYFEN: another node owns the shard.
create function dial_mark_sending(p_tenant uuid, p_shard int, p_node text, p_fence bigint,
    p_calls uuid[], p_now timestamptz)
returns setof uuid language plpgsql as $$
declare
  t tenants;
  marked uuid[];
  sendable uuid[];
  people uuid[];
  rest settlement[];
begin
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    perform refuse('CYFEN', 'another node owns the shard');
  end if;
  select * into t from tenants x where x.tenant_id = p_tenant;
  with mine as materialized (
    select a.ten, k.id, k.contact_id, k.campaign_id, k.to_number, k.state
      from (select p_tenant as ten, i from unnest(p_calls) i order by i offset 0) a
      join calls k on k.tenant_id = a.ten and k.id = a.i
      where k.fence = p_fence and (k.state = 'reserved' or (k.state = 'sending' and k.sending_at = p_now))
      for no key update of k
  ), judged as materialized (
    select k.id, k.contact_id, k.state, case
        when k.state = 'sending' then null
        when exists (select 1 from suppressions s where s.tenant_id = k.ten and s.phone = k.to_number)
          then ('suppress', 'do_not_call', null)::gate_verdict
        when k.campaign_id is null then null
        when m.status <> 'running' then ('wait', 'campaign_' || m.status, p_now)::gate_verdict
        when m.window_from is null and c.last_dialed_at is null and c.is_active then null
        else dial_gate(c, m, t, p_now) end as g
      from mine k
      left join call_campaigns m on m.tenant_id = k.ten and m.id = k.campaign_id
      left join contacts c on c.tenant_id = k.ten and c.id = k.contact_id
  )
  select array_agg(j.id) filter (where j.state = 'sending'),
      array_agg(j.id) filter (where j.state = 'reserved' and coalesce((j.g).verdict, 'dial') = 'dial'),
      array_agg(j.contact_id) filter (where j.state = 'reserved' and coalesce((j.g).verdict, 'dial') = 'dial'
        and j.contact_id is not null),
      array_agg((j.id, 'not_placed', 'canceled', (j.g).reason,
        case (j.g).verdict when 'suppress' then 'suppressed' else 'uncounted' end, p_now, null,
        greatest(0, ceil(extract(epoch from (j.g).until - p_now))::int))::settlement)
        filter (where (j.g).verdict in ('suppress', 'wait'))
    into marked, sendable, people, rest from judged j;
  if marked is not null then
    return query select unnest(marked);
  end if;
  if sendable is not null then
    with sent as (
      update calls x set state = 'sending', status = 'dialing', sending_at = p_now
        from (select p_tenant as ten, i from unnest(sendable) i offset 0) a
        where x.tenant_id = a.ten and x.id = a.i
    ), days as materialized (
      select p.zone, coalesce(local_time(p_now, p.zone), p_now at time zone t.time_zone)::date as today
        from (select distinct y.time_zone as zone
          from (select p_tenant as ten, i from unnest(people) i offset 0) a
          join contacts y on y.tenant_id = a.ten and y.id = a.i) p
    )
    update contacts c set last_dialed_at = p_now, dialed_on = z.today,
        dialed_count = case when c.dialed_on = z.today then c.dialed_count + 1 else 1 end
      from (select p_tenant as ten, i from unnest(people) i offset 0) a cross join days z
      where c.tenant_id = a.ten and c.id = a.i and c.time_zone is not distinct from z.zone;
    return query select unnest(sendable);
  end if;
  perform dial_settle(p_tenant, rest, p_now, 0, 1);
end $$;

-- What deciding about a call needs to know. `i` is its place in the request; a call that
-- is not there has no id.
create type call_seen as (i int, id uuid, state text, status text, ended bool, overdraft bool,
  answered_by text, provider_call_id text, end_reason text, campaign_id uuid);

-- Locks the calls in the order of their ids and reads them.
create function see_calls(p_tenant uuid, p_calls uuid[]) returns call_seen[] language plpgsql as $$
begin
  return (select array_agg((s.i, s.id, s.state, s.status, s.ended, s.overdraft, s.answered_by,
      s.provider_call_id, s.end_reason, s.campaign_id)::call_seen order by s.i)
    from (
      select a.i::int, x.id, x.state, x.status, x.ended_at is not null as ended, x.overdraft, x.answered_by,
          x.provider_call_id, x.end_reason, x.campaign_id
        from (select p_tenant as ten, y.id, y.i from unnest(p_calls) with ordinality y (id, i) order by y.id offset 0) a
        left join lateral (select * from calls k where k.tenant_id = a.ten and k.id = a.id for no key update) x on true
    ) s);
end $$;

-- A call that had been given up is alive after all: permits are taken by force, above the
-- caps if need be. The caller has locked the call and must see that it is hung up.
create function dial_revive(p_tenant uuid, p_call uuid, p_status text, p_provider_call_id text, p_now timestamptz)
returns void language plpgsql as $$
begin
  update calls x set state = 'placed', status = p_status, overdraft = true, hold_micros = 0,
      provider_call_id = coalesce(x.provider_call_id, p_provider_call_id),
      placed_at = coalesce(x.placed_at, p_now), ended_at = null, end_reason = null, duration_s = null
    where x.tenant_id = p_tenant and x.id = p_call;
  update pools p set used = p.used + 1 where p.scope = 'tenant:' || p_tenant;
  update pools p set used = p.used + 1 where p.scope = 'system';
end $$;

-- Step 5: what the provider answered to create-call; arrays run in parallel, one element a
-- call. p_results: placed (with the provider's id), refused, throttled (429: nothing
-- happened, try later) or unknown. Answers per call its state afterwards, not_found, or
-- ghost (placed, but the call had been given up: hang it up).
create function dial_answered(p_tenant uuid, p_calls uuid[], p_results text[], p_provider_ids text[],
    p_reasons text[], p_retry_after_s int[], p_now timestamptz)
returns setof text language plpgsql as $$
declare
  seen call_seen[];
  k call_seen;
  states text[];
  changed int[] := '{}';
  items settlement[] := '{}';
begin
  seen := see_calls(p_tenant, p_calls);
  foreach k in array seen loop
    case
      when k.id is null then
        states[k.i] := 'not_found';
      when p_results[k.i] = 'placed' and k.state in ('not_placed', 'lost') and not k.overdraft then
        perform dial_revive(p_tenant, k.id, 'dialing', p_provider_ids[k.i], p_now);
        states[k.i] := 'ghost';
      when p_results[k.i] = 'placed' and (k.state in ('sending', 'unknown')
          or (k.state = 'placed' and k.provider_call_id is null)) then
        changed := changed || k.i;
        states[k.i] := 'placed';
      when p_results[k.i] = 'unknown' and k.state = 'sending' then
        changed := changed || k.i;
        states[k.i] := 'unknown';
      when p_results[k.i] in ('refused', 'throttled') and k.state in ('sending', 'unknown') then
        items := items || (k.id, 'not_placed', 'failed',
          case p_results[k.i] when 'throttled' then 'throttled' else p_reasons[k.i] end,
          case p_results[k.i] when 'throttled' then 'uncounted' else 'refused' end,
          p_now, null, p_retry_after_s[k.i])::settlement;
        states[k.i] := 'not_placed';
      else
        states[k.i] := k.state;
    end case;
  end loop;
  if changed <> '{}' then
    update calls x set state = states[a.i],
        placed_at = case states[a.i] when 'placed' then coalesce(x.placed_at, p_now) else x.placed_at end,
        provider_call_id = coalesce(x.provider_call_id, p_provider_ids[a.i]),
        end_reason = case when states[a.i] = 'unknown' then p_reasons[a.i]
          when x.state = 'unknown' then null else x.end_reason end,
        missed_since = case states[a.i] when 'unknown' then null else x.missed_since end
      from (select p_tenant as ten, i from unnest(changed) i offset 0) a
      where x.tenant_id = a.ten and x.id = p_calls[a.i];
  end if;
  perform dial_settle(p_tenant, items, p_now, 0, 1);
  return query select x from unnest(states) x;
end $$;

-- Events --------------------------------------------------------------------------------

-- Steps 6 and 9: provider events in any order, number and delay. Arrays run in parallel,
-- one element an event. Answers per event what became of it: applied, duplicate, stale,
-- unknown_call, ended (this event settled the call) or ghost (the call had been given up:
-- permits are taken by force, the caller must hang up).
create function dial_progress(p_tenant uuid, p_calls uuid[], p_keys text[], p_provider_ids text[],
    p_status text[], p_duration int[], p_answered_by text[], p_at timestamptz[],
    p_now timestamptz, p_price_micros bigint, p_pulse_s int)
returns setof text language plpgsql as $$
declare
  seen call_seen[];
  k call_seen;
  effects text[];
  fresh int[];   -- events that are new, by place
  later int[];   -- of these, what a second pass takes: another event of the same call
  changed int[];
  items settlement[];
  rank int;
  final text;
  machine text;
begin
  seen := see_calls(p_tenant, p_calls);
  with added as (
    insert into call_events (tenant_id, call_id, event_key, kind, at, detail)
      select p_tenant, s.id, p_keys[s.i], p_status[s.i], p_at[s.i],
          case when p_duration[s.i] is null and p_answered_by[s.i] is null then '{}' else jsonb_strip_nulls(
            jsonb_build_object('duration_s', p_duration[s.i], 'answered_by', p_answered_by[s.i])) end
        from unnest(seen) s where s.id is not null order by s.id, p_keys[s.i], s.i
      on conflict do nothing
      returning call_id, event_key
  )
  select array_agg(f.i order by f.i) into fresh
    from (select min(s.i) as i from unnest(seen) s join added a on a.call_id = s.id and a.event_key = p_keys[s.i]
      group by s.id, a.event_key) f;
  foreach k in array seen loop
    effects[k.i] := case when k.id is null then 'unknown_call' else 'duplicate' end;
  end loop;
  -- One pass takes at most one event of each call, in the order given.
  while cardinality(fresh) > 0 loop
    select array_agg(x.i order by x.i) filter (where x.turn = 1), array_agg(x.i order by x.i) filter (where x.turn > 1)
      into fresh, later
      from (select e.i, row_number() over (partition by p_calls[e.i] order by e.i) as turn from unnest(fresh) e (i)) x;
    changed := '{}'; items := '{}';
    foreach k in array seen loop
      continue when k.i <> all (fresh);
      rank := status_rank(p_status[k.i]);
      machine := coalesce(k.answered_by, p_answered_by[k.i]);
      effects[k.i] := case
        when k.state in ('not_placed', 'lost') and rank < 4 and not k.overdraft then 'ghost'
        when k.ended then 'stale'
        when rank = 4 then 'ended'
        when k.state = 'placed' and rank <= status_rank(k.status) then 'stale'
        else 'applied' end;
      if effects[k.i] = 'ghost' then
        perform dial_revive(p_tenant, k.id, p_status[k.i], p_provider_ids[k.i], p_now);
      elsif effects[k.i] = 'applied' or (not k.ended and (k.state <> 'placed'
          or (k.answered_by is null and p_answered_by[k.i] is not null)
          or (k.provider_call_id is null and p_provider_ids[k.i] is not null))) then
        changed := changed || k.i;
      end if;
      if effects[k.i] = 'ended' then
        final := case when p_status[k.i] = 'completed' and (machine like 'machine%' or machine = 'fax')
          then 'voicemail' else p_status[k.i] end;
        items := items || (k.id, 'ended', final,
          coalesce(case when k.state <> 'unknown' then k.end_reason end, final), 'ended', p_at[k.i],
          p_duration[k.i], 0)::settlement;
      end if;
    end loop;
    if changed <> '{}' then
      -- A late word about who answered counts as long as the call is live.
      update calls x set
          answered_by = coalesce(x.answered_by, p_answered_by[a.i]),
          provider_call_id = coalesce(x.provider_call_id, p_provider_ids[a.i]),
          placed_at = coalesce(x.placed_at, p_now),
          state = 'placed',
          end_reason = case when x.state = 'unknown' then null else x.end_reason end,
          status = case when effects[a.i] = 'applied' and status_rank(p_status[a.i]) > status_rank(x.status)
            then p_status[a.i] else x.status end,
          answered_at = case when effects[a.i] = 'applied' and p_status[a.i] = 'in_progress'
            then coalesce(x.answered_at, p_at[a.i]) else x.answered_at end
        from (select p_tenant as ten, i from unnest(changed) i offset 0) a
        where x.tenant_id = a.ten and x.id = p_calls[a.i];
      perform pg_notify('caly_event', json_build_object('type', case p_status[s.i] when 'in_progress' then 'call:start'
          else 'call:update' end, 'tenant', p_tenant, 'call', s.id, 'campaign', s.campaign_id,
          'status', p_status[s.i])::text)
        from unnest(seen) s where s.i = any (changed) and effects[s.i] = 'applied';
    end if;
    perform dial_settle(p_tenant, items, p_now, p_price_micros, p_pulse_s);
    fresh := later;
    if cardinality(fresh) > 0 then
      seen := see_calls(p_tenant, p_calls);
    end if;
  end loop;
  return query select x from unnest(effects) x;
end $$;

-- Doubt ---------------------------------------------------------------------------------

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
  perform dial_settle(p_tenant, array[(k.id, 'lost', 'lost', 'lost', 'lost', p_now, null, 0)::settlement], p_now, 0, 1);
  return 'lost';
end $$;

-- Step 7: a new owner of the shard. Reserved under an older fence was never sent; sending
-- under an older fence is unknown. Answers how many of each. CYFEN: not the owner.
create function dial_take_over(p_tenant uuid, p_shard int, p_node text, p_fence bigint, p_now timestamptz)
returns table (undone int, doubtful int) language plpgsql as $$
declare
  items settlement[];
begin
  if not owns_shard('tenant', p_shard, p_node, p_fence) then
    perform refuse('CYFEN', 'another node owns the shard');
  end if;
  perform 1 from calls x where x.tenant_id = p_tenant and x.ended_at is null and x.fence < p_fence
    and x.state in ('reserved', 'sending') order by x.id for no key update;
  update calls x set state = 'unknown', end_reason = 'owner_lost', missed_since = null, misses = 0
    where x.tenant_id = p_tenant and x.ended_at is null and x.fence < p_fence and x.state = 'sending';
  get diagnostics doubtful = row_count;
  select array_agg((x.id, 'not_placed', 'canceled', 'never_sent', 'uncounted', p_now, null, 0)::settlement) into items
    from calls x where x.tenant_id = p_tenant and x.ended_at is null and x.fence < p_fence and x.state = 'reserved';
  undone := dial_settle(p_tenant, items, p_now, 0, 1);
  return next;
end $$;

-- Live calls that someone should ask the provider about: unknown ones, and placed ones
-- that are older than they can be. First it tidies what its sender left lying: reserved
-- for p_reserved_s was never sent and never will be (marking needs `reserved`), sending
-- for p_sending_s without an answer is unknown.
create function dial_doubtful(p_tenant uuid, p_reserved_s int, p_sending_s int, p_now timestamptz)
returns table (id uuid, state text, provider text, provider_call_id text, to_number text, from_number text,
    sending_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  items settlement[];
begin
  perform 1 from calls x where x.tenant_id = p_tenant and x.ended_at is null
    and (x.state = 'sending' and x.sending_at + make_interval(secs => p_sending_s) < p_now
      or x.state = 'reserved' and x.created_at + make_interval(secs => p_reserved_s) < p_now)
    order by x.id for no key update;
  if found then
    update calls x set state = 'unknown', end_reason = 'answer_lost', missed_since = null, misses = 0
      where x.tenant_id = p_tenant and x.ended_at is null and x.state = 'sending'
        and x.sending_at + make_interval(secs => p_sending_s) < p_now;
    select array_agg((x.id, 'not_placed', 'canceled', 'never_sent', 'uncounted', p_now, null, 0)::settlement) into items
      from calls x where x.tenant_id = p_tenant and x.ended_at is null and x.state = 'reserved'
        and x.created_at + make_interval(secs => p_reserved_s) < p_now;
    perform dial_settle(p_tenant, items, p_now, 0, 1);
  end if;
  return query select x.id, x.state, x.provider, x.provider_call_id, x.to_number, x.from_number, x.sending_at
    from calls x where x.tenant_id = p_tenant and x.ended_at is null
      and (x.state = 'unknown'
        or x.state = 'placed' and coalesce(x.answered_at, x.placed_at) + make_interval(secs => x.max_call_s + 120) < p_now
        -- Whoever dialed it is gone, and its callbacks may have gone to nobody.
        or x.state = 'placed' and x.direction = 'outbound' and x.fence < (select s.fence from shards s
             join tenant_route r on r.shard = s.id where s.kind = 'tenant' and r.tenant_id = p_tenant)
        or x.state = 'placed' and x.direction = 'inbound' and not exists (select 1 from nodes n
             where n.node_id = x.node and n.lease_until > clock_timestamp())
        or x.state = 'placed' and x.answered_at is null and x.placed_at + interval '2 minutes' < p_now)
    order by x.id limit 200;
end $$;

-- Calls outside campaigns, long calls ---------------------------------------------------

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
-- placed, the provider has it already) or outbound (reserved, under the owner's fence).
-- Answers ok and the call, or the reason: fenced, no_agent, do_not_call, live_call,
-- tenant_at_capacity, system_at_capacity, no_credit. The same id, or the same provider's
-- call, again answers the call that there is.
create function call_open(p_tenant uuid, p_call uuid, p_direction text, p_agent uuid, p_contact uuid,
    p_to text, p_from text, p_name text, p_provider text, p_provider_call_id text, p_variables jsonb,
    p_shard int, p_node text, p_fence bigint, p_max_call_s int, p_hold bigint, p_now timestamptz)
returns table (answer text, id uuid, contact_id uuid, to_number text, from_number text, name text,
    variables jsonb, agent_id uuid, agent_version int, max_call_s int)
language plpgsql as $$
#variable_conflict use_column
declare
  free int;
  current_version int;
begin
  perform 1 from pools p where p.scope = 'tenant:' || p_tenant for no key update;
  return query select 'ok', k.id, k.contact_id, k.to_number, k.from_number, coalesce(c.name, p_name), k.variables,
      k.agent_id, k.agent_version, k.max_call_s
    from calls k left join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id
    where k.tenant_id = p_tenant and (k.id = p_call
      or (k.provider = p_provider and k.provider_call_id = p_provider_call_id)) limit 1;
  if found then
    return;
  end if;
  select a.version into current_version from agents a where a.tenant_id = p_tenant and a.id = p_agent and a.enabled;
  if not found then
    answer := 'no_agent'; return next; return;
  end if;
  if p_direction = 'outbound' then
    if not owns_shard('tenant', p_shard, p_node, p_fence) then
      answer := 'fenced'; return next; return;
    end if;
    if exists (select 1 from suppressions s where s.tenant_id = p_tenant and s.phone = p_to) then
      answer := 'do_not_call'; return next; return;
    end if;
    if exists (select 1 from calls k where k.tenant_id = p_tenant and k.direction = 'outbound'
        and k.ended_at is null and (k.contact_id = p_contact or k.to_number = p_to)) then
      answer := 'live_call'; return next; return;
    end if;
  end if;
  select p.cap - p.used into free from pools p where p.scope = 'tenant:' || p_tenant;
  if coalesce(free, 0) < 1 then
    answer := 'tenant_at_capacity'; return next; return;
  end if;
  perform 1 from credit_balances b where b.tenant_id = p_tenant and b.balance_micros >= p_hold for no key update;
  if not found then
    answer := 'no_credit'; return next; return;
  end if;
  select p.cap - p.used into free from pools p where p.scope = 'system' for no key update;
  if coalesce(free, 0) < 1 then
    answer := 'system_at_capacity'; return next; return;
  end if;
  update credit_balances b set balance_micros = b.balance_micros - p_hold, held_micros = b.held_micros + p_hold
    where b.tenant_id = p_tenant;
  insert into calls (tenant_id, id, direction, state, status, contact_id, agent_id, agent_version, to_number,
      from_number, provider, provider_call_id, variables, node, fence, max_call_s, hold_micros, holds,
      created_at, placed_at)
    values (p_tenant, p_call, p_direction, case p_direction when 'inbound' then 'placed' else 'reserved' end,
      case p_direction when 'inbound' then 'ringing' else 'queued' end, p_contact, p_agent, current_version, p_to,
      p_from, p_provider, p_provider_call_id, p_variables, p_node, p_fence, p_max_call_s, p_hold, 1, p_now,
      case p_direction when 'inbound' then p_now end);
  insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
    values (p_tenant, 'hold:' || p_call || ':1', 'hold', p_hold, p_call, p_now);
  update pools p set used = p.used + 1 where p.scope in ('system', 'tenant:' || p_tenant);
  answer := 'ok'; id := p_call; contact_id := p_contact; to_number := p_to; from_number := p_from; name := p_name;
  variables := p_variables; agent_id := p_agent; agent_version := current_version; max_call_s := p_max_call_s;
  return next;
end $$;
