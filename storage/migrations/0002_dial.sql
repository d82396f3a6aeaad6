-- The dial protocol. The steps of every call (reserve, mark, answered, progress, settle)
-- work on sets of calls of any tenants that app.tenant_id names: arrays run in parallel,
-- one element a call with its own tenant, and a row is found by both keys only. Locks are
-- taken in the order shards, calls, tenant pools, numbers, balances, queue rows, contacts,
-- system pool, and within a table by tenant and id: a tenant's pool row orders the work of
-- that tenant, the system's is held as briefly as can be. A function locks in a statement
-- of its own and judges in a later one, whose snapshot sees what it waited for.
--
-- Plans are kept, and must stay right while the tables grow: `from unnest(…) a join calls x
-- on x.tenant_id = a.ten and x.id = a.id` asks to look up each key, where `x.id = any (…)`
-- may scan all rows of the tenant, and where `exists (…)` may read a whole table once.
-- Two sets are never joined: without hash joins that is quadratic.

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

-- The same for many shards: those that this node owns, as 'shard/fence'.
create function owned_shards(p_node text, p_shards int[], p_fences bigint[]) returns text[]
language plpgsql as $$
begin
  return array(select a.shard || '/' || a.fence
    from (select distinct x.shard, x.fence from unnest(p_shards, p_fences) x (shard, fence)
      order by 1, 2 offset 0) a
    join shards s on s.kind = 'tenant' and s.id = a.shard and s.fence = a.fence and s.owner = p_node
    join nodes n on n.node_id = s.owner and n.incarnation = s.owner_incarnation
    where n.lease_until > clock_timestamp()
    for share of s);
end $$;

-- Locks calls in the order of their tenants and ids; how many there are.
create function lock_calls(p_tenants uuid[], p_calls uuid[]) returns int language plpgsql as $$
declare
  n int;
begin
  perform 1 from (select x.ten, x.id from unnest(p_tenants, p_calls) x (ten, id) order by 1, 2 offset 0) a
    join calls k on k.tenant_id = a.ten and k.id = a.id for no key update of k;
  get diagnostics n = row_count;
  return n;
end $$;

-- Locks the pool rows of tenants, in their order.
create function lock_lines(p_tenants uuid[]) returns void language plpgsql as $$
begin
  perform 1 from (select distinct 'tenant:' || x as scope from unnest(p_tenants) x order by 1 offset 0) a
    join pools p on p.scope = a.scope for no key update of p;
end $$;

-- Locks the balances of tenants, in their order.
create function lock_funds(p_tenants uuid[]) returns void language plpgsql as $$
begin
  perform 1 from (select distinct x as ten from unnest(p_tenants) x order by 1 offset 0) a
    join credit_balances b on b.tenant_id = a.ten for no key update of b;
end $$;

-- Reserve -------------------------------------------------------------------------------

-- A row of a queue that will be dialed, for request `i`.
create type dial_pick as (i int, contact_id uuid, attempt_no int, phone text, name text, variables jsonb);

-- Step 1: slot, credit hold and attempt in one transaction. Request i wants p_counts[i]
-- rows of one campaign; a tenant has at most one request. p_calls are new ids made by the
-- caller, those of request i from p_first[i] on, p_of says whose each is: a repeat after a
-- lost answer returns the same attempts. Answers the attempts, and for each request a row
-- without call_id that says why no more were given: ok, fenced, not_running,
-- campaign_at_capacity, system_at_capacity, tenant_at_capacity, no_credit, number_rate,
-- nothing_due (with the time when something may be due, or null when the campaign has no
-- row left).
create function dial_reserve(p_node text, p_tenants uuid[], p_shards int[], p_fences bigint[],
    p_campaigns uuid[], p_counts int[], p_first int[], p_calls uuid[], p_of int[],
    p_now timestamptz, p_hold bigint, p_cps real, p_provider text)
returns table (i int, call_id uuid, contact_id uuid, to_number text, from_number text, name text,
    variables jsonb, attempt_no int, agent_id uuid, agent_version int, max_call_s int,
    reason text, wait_until timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  rows_looked_at_max constant int := 500;
  requests constant int := cardinality(p_tenants);
  repeated int[];
  owned text[];
  phones text[];
  rates real[];
  tats timestamptz[];
  whys text[] := array_fill('ok'::text, array[requests]);
  untils timestamptz[] := array_fill(null::timestamptz, array[requests]);
  wants int[] := array_fill(0, array[requests]);
  spans int[];
  seen int[] := array_fill(0, array[requests]);
  f record;
  n int;
  free bigint;
  system_free int;
  overdrafts bool;
  gap interval;
  place int;
  took int[];
  looked int[];
  picks dial_pick[] := '{}';
  more dial_pick[];
  got int;
begin
  -- Whatever a request was given, it was given its first id.
  select array_agg(a.i) into repeated
    from unnest(p_tenants, p_first) with ordinality a (ten, first, i)
    cross join lateral (select 1 from calls k where k.tenant_id = a.ten and k.id = p_calls[a.first] offset 0) k;
  if repeated is not null then
    return query select a.i, k.id, k.contact_id, k.to_number, k.from_number, c.name, k.variables,
        k.attempt_no, k.agent_id, k.agent_version, k.max_call_s, null::text, null::timestamptz
      from unnest(p_calls, p_of) a (id, i)
      join calls k on k.tenant_id = p_tenants[a.i] and k.id = a.id
      join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id
      where a.i = any (repeated) order by a.i, k.id;
  end if;

  owned := owned_shards(p_node, p_shards, p_fences);
  perform lock_lines(p_tenants);
  select array_agg(distinct m.from_number) into phones
    from unnest(p_tenants, p_campaigns) a (ten, cmp)
    join call_campaigns m on m.tenant_id = a.ten and m.id = a.cmp where m.status = 'running';
  for turn in 1..2 loop
    perform 1 from (select x as phone from unnest(phones) x order by 1 offset 0) a
      join number_rates r on r.phone = a.phone for no key update of r;
    get diagnostics n = row_count;
    exit when n >= coalesce(cardinality(phones), 0);
    insert into number_rates (phone) select x from unnest(phones) x order by 1 on conflict do nothing;
  end loop;
  perform lock_funds(p_tenants);
  select array_agg(coalesce(r.calls_per_s, p_cps) order by a.i), array_agg(r.tat order by a.i) into rates, tats
    from unnest(phones) with ordinality a (phone, i) join number_rates r on r.phone = a.phone;
  select p.cap - p.used into system_free from pools p where p.scope = 'system';

  -- What each may have, in the order in which they came.
  for f in
    select a.i, m.status, m.from_number, m.concurrency - live.n as campaign_free, p.cap - p.used as tenant_free,
        b.balance_micros as funds, a.shard || '/' || a.fence = any (owned) as mine
      from unnest(p_tenants, p_campaigns, p_shards, p_fences) with ordinality a (ten, cmp, shard, fence, i)
      left join call_campaigns m on m.tenant_id = a.ten and m.id = a.cmp
      left join pools p on p.scope = 'tenant:' || a.ten
      left join credit_balances b on b.tenant_id = a.ten
      cross join lateral (select count(*) as n from (select k.campaign_id from calls k
        where k.tenant_id = a.ten and k.ended_at is null offset 0) k where k.campaign_id = a.cmp) live
      order by a.i
  loop
    continue when f.i = any (repeated);
    n := p_counts[f.i];
    if not f.mine then
      whys[f.i] := 'fenced';
      continue;
    elsif f.status is distinct from 'running' or f.from_number <> all (coalesce(phones, '{}')) then
      whys[f.i] := 'not_running';
      continue;
    end if;
    if coalesce(f.tenant_free, 0) < n then
      n := greatest(coalesce(f.tenant_free, 0), 0); whys[f.i] := 'tenant_at_capacity';
    end if;
    if coalesce(system_free, 0) < n then
      n := greatest(coalesce(system_free, 0), 0); whys[f.i] := 'system_at_capacity';
    end if;
    if f.campaign_free < n then
      n := greatest(f.campaign_free, 0); whys[f.i] := 'campaign_at_capacity';
    end if;
    if n > 0 then
      place := array_position(phones, f.from_number);
      gap := make_interval(secs => 1.0 / rates[place]);
      -- A quarter of a second's calls may leave at once, at least one.
      tats[place] := greatest(tats[place], p_now - greatest(1, ceil(rates[place] / 4)) * gap);
      free := least(floor(extract(epoch from p_now - tats[place]) / extract(epoch from gap) + 1e-6), 1e6);
      if free < n then
        n := greatest(free, 0); whys[f.i] := 'number_rate'; untils[f.i] := tats[place] + gap;
      end if;
    end if;
    if n > 0 and p_hold > 0 and coalesce(f.funds, 0) / p_hold < n then
      n := coalesce(f.funds, 0) / p_hold; whys[f.i] := 'no_credit';
    end if;
    if n > 0 then
      tats[place] := tats[place] + n * gap;
      system_free := system_free - n;
      wants[f.i] := n;
    end if;
  end loop;

  overdrafts := (select bool_or(o.found) from unnest(p_tenants) a (ten) cross join lateral (
    select true as found from calls k where k.tenant_id = a.ten and k.overdraft and k.ended_at is null limit 1) o);
  spans := wants;
  while 0 < any (wants) loop
    with due as materialized (
      select r.i, r.ten, r.cmp, r.want, q.contact_id, q.attempts, q.next_at, q.row_no
        from unnest(p_tenants, p_campaigns, wants, spans) with ordinality r (ten, cmp, want, span, i)
        cross join lateral (
          select q.contact_id, q.attempts, q.next_at, q.row_no from call_queue q
            where q.tenant_id = r.ten and q.campaign_id = r.cmp and q.state = 'pending' and q.next_at <= p_now
            order by q.next_at, q.row_no limit r.span for update skip locked) q
        where r.want > 0
    ), gated as materialized (
      select d.*, c.phone, c.name, case when v.variables <> '{}' then c.variables || v.variables
            else c.variables end as variables,
          coalesce(l.live, o.live, false) as live,
          case when m.window_from is not null or c.last_dialed_at is not null or not c.is_active or u.unwanted
            then dial_gate(c, m, t, p_now) end as g
        from due d
        join call_campaigns m on m.tenant_id = d.ten and m.id = d.cmp
        join tenants t on t.tenant_id = d.ten
        join contacts c on c.tenant_id = d.ten and c.id = d.contact_id
        left join import_contacts v on v.tenant_id = d.ten and v.import_id = m.import_id
          and v.contact_id = d.contact_id
        left join lateral (select true as live from calls k where k.tenant_id = d.ten
          and call_slot(k.direction, k.overdraft, k.contact_id, k.id) = d.contact_id
          and k.ended_at is null limit 1) l on true
        left join lateral (select true as live from calls k where overdrafts and k.tenant_id = d.ten
          and k.contact_id = d.contact_id and k.overdraft and k.ended_at is null limit 1) o on true
        left join lateral (select true as unwanted from suppressions s where s.tenant_id = d.ten
          and s.phone = c.phone limit 1) u on true
    ), judged as materialized (
      select x.i, x.ten, x.cmp, x.want, x.contact_id, x.attempts, x.next_at, x.row_no, x.phone, x.name, x.variables,
          v.verdict, case when x.live and v.verdict = 'wait' and (x.g).verdict is distinct from 'wait'
            then 'other_call_live' else (x.g).reason end as reason,
          coalesce((x.g).until, p_now + interval '20 seconds') as until,
          row_number() over (partition by x.i, v.verdict order by x.next_at, x.row_no) as rank
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
          and (j.verdict <> 'dial' or j.rank <= j.want)
    )
    select array_agg((j.i, j.contact_id, j.attempts + 1, j.phone, j.name, j.variables)::dial_pick
          order by j.i, j.next_at, j.row_no) filter (where j.verdict = 'dial' and j.rank <= j.want),
        array_agg(j.i) filter (where j.verdict = 'dial' and j.rank <= j.want), array_agg(j.i)
      into more, took, looked from judged j;
    picks := picks || coalesce(more, '{}');
    for r in 1..requests loop
      continue when wants[r] = 0;
      n := coalesce(cardinality(array_positions(looked, r)), 0);
      seen[r] := seen[r] + n;
      wants[r] := wants[r] - coalesce(cardinality(array_positions(took, r)), 0);
      continue when wants[r] = 0;
      if n < spans[r] then
        whys[r] := 'nothing_due'; wants[r] := 0;
        untils[r] := (select min(q.next_at) from call_queue q
          where q.tenant_id = p_tenants[r] and q.campaign_id = p_campaigns[r] and q.state = 'pending');
      elsif seen[r] >= rows_looked_at_max then
        whys[r] := 'nothing_due'; wants[r] := 0; untils[r] := p_now;
      end if;
      spans[r] := greatest(wants[r], 100);
    end loop;
  end loop;

  got := cardinality(picks);
  if got > 0 then
    select p.cap - p.used into system_free from pools p where p.scope = 'system' for no key update;
    if system_free < got then
      system_free := greatest(system_free, 0);
      update call_queue q set state = 'pending', attempts = q.attempts - 1
        from (select p_tenants[y.i] as ten, p_campaigns[y.i] as cmp, y.contact_id
          from unnest(picks[system_free + 1:]) y offset 0) x
        where q.tenant_id = x.ten and q.campaign_id = x.cmp and q.contact_id = x.contact_id;
      for f in select distinct y.i from unnest(picks[system_free + 1:]) y loop
        whys[f.i] := 'system_at_capacity'; untils[f.i] := null;
      end loop;
      got := system_free;
    end if;
  end if;
  if got > 0 then
    return query
    with made as materialized (
      select q.i, p_calls[p_first[q.i] - 1 + row_number() over (partition by q.i order by q.place)] as id,
          p_tenants[q.i] as ten, p_campaigns[q.i] as cmp, p_fences[q.i] as fence, q.contact_id, q.attempt_no,
          q.phone, q.name, q.variables, m.agent_id, m.agent_version, m.from_number, m.max_call_s
        from unnest(picks[1:got]) with ordinality q (i, contact_id, attempt_no, phone, name, variables, place)
        join call_campaigns m on m.tenant_id = p_tenants[q.i] and m.id = p_campaigns[q.i]
    ), lines as (
      update pools p set used = p.used + x.n
        from (select 'tenant:' || y.ten as scope, count(*)::int as n from made y group by y.ten) x
        where p.scope = x.scope
    ), pace as (
      update number_rates r set tat = greatest(r.tat, p_now - greatest(1, ceil(c.rate / 4)) * c.gap) + x.n * c.gap
        from (select y.from_number, count(*) as n from made y group by y.from_number) x
        join number_rates o on o.phone = x.from_number
        cross join lateral (select coalesce(o.calls_per_s, p_cps) as rate,
          make_interval(secs => 1.0 / coalesce(o.calls_per_s, p_cps)) as gap) c
        where r.phone = x.from_number
    ), money as (
      update credit_balances b set balance_micros = b.balance_micros - x.n * p_hold,
          held_micros = b.held_micros + x.n * p_hold
        from (select y.ten, count(*) as n from made y group by y.ten) x where b.tenant_id = x.ten
    ), books as (
      insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
        select y.ten, 'hold:' || y.id || ':1', 'hold', p_hold, y.id, p_now from made y
    ), attempts as (
      insert into calls (tenant_id, id, direction, state, campaign_id, contact_id, attempt_no, agent_id,
          agent_version, to_number, from_number, provider, variables, node, fence, max_call_s,
          hold_micros, holds, created_at)
        select y.ten, y.id, 'outbound', 'reserved', y.cmp, y.contact_id, y.attempt_no, y.agent_id,
            y.agent_version, y.phone, y.from_number, p_provider, y.variables, p_node, y.fence, y.max_call_s,
            p_hold, 1, p_now
          from made y
    )
    select y.i, y.id, y.contact_id, y.phone, y.from_number, y.name, y.variables, y.attempt_no, y.agent_id,
        y.agent_version, y.max_call_s, null::text, null::timestamptz
      from made y order by y.i;
    update pools p set used = p.used + got where p.scope = 'system';
  end if;
  return query select a.i::int, null::uuid, null::uuid, null, null, null, null::jsonb, null::int, null::uuid,
      null::int, null::int, a.why, a.until
    from unnest(whys, untils) with ordinality a (why, until, i);
end $$;

-- Settle --------------------------------------------------------------------------------

-- How one live call ends. `state` is ended, not_placed or lost. `kind` says what it means
-- for the row of the queue: ended (by `status`), refused, uncounted (nothing happened, dial
-- again after `delay_s`), suppressed or lost.
create type settlement as (tenant_id uuid, call_id uuid, state text, status text, reason text, kind text,
  at timestamptz, duration_s int, delay_s int);

-- Ends live calls by evidence: charges the talk time, releases the rest of the hold, gives
-- the permits back and moves the queue rows on. A call that is not live changes nothing,
-- so a second settlement is harmless. The caller has locked the calls.
create function dial_settle(p_items settlement[], p_now timestamptz, p_price_micros bigint, p_pulse_s int)
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
        k.answered_at, i.state, i.status, i.reason, i.kind, i.delay_s, least(i.at, p_now) as at,
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
        then (x.duration_s + p_pulse_s - 1) / p_pulse_s * p_pulse_s * p_price_micros / 60 else 0 end as cost
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

-- Send ----------------------------------------------------------------------------------

-- Step 2: reserved -> sending, with the fence, the do-not-call list, the campaign's state
-- and the window checked again; the person's gap and daily count start here. A call is
-- named once. Answers places in the request: `sendable` those that may be sent, else those
-- of shards that this node does not own; every other call was settled as not placed or is
-- on its way. The same request again (the same p_now) answers the same; a later one for a
-- call that is sending answers nothing, because that call may have been sent.
create function dial_mark_sending(p_node text, p_tenants uuid[], p_shards int[], p_fences bigint[],
    p_calls uuid[], p_now timestamptz)
returns table (place int, sendable bool) language plpgsql as $$
declare
  owned text[];
  marked int[];
  rest settlement[];
begin
  owned := owned_shards(p_node, p_shards, p_fences);
  with mine as materialized (
    select a.i, a.ten, k.id, k.contact_id, k.campaign_id, k.to_number, k.state
      from (select * from unnest(p_tenants, p_shards, p_fences, p_calls) with ordinality y (ten, shard, fence, id, i)
        where y.shard || '/' || y.fence = any (owned) order by y.ten, y.id offset 0) a
      join calls k on k.tenant_id = a.ten and k.id = a.id
      where k.fence = a.fence and (k.state = 'reserved' or (k.state = 'sending' and k.sending_at = p_now))
      for no key update of k
  ), judged as materialized (
    select k.i, k.ten, k.id, k.contact_id, k.state, c.time_zone as zone, t.time_zone as tenant_zone, case
        when k.state = 'sending' then null
        when u.unwanted then ('suppress', 'do_not_call', null)::gate_verdict
        when k.campaign_id is null then null
        when m.status <> 'running' then ('wait', 'campaign_' || m.status, p_now)::gate_verdict
        when m.window_from is null and c.last_dialed_at is null and c.is_active then null
        else dial_gate(c, m, t, p_now) end as g
      from mine k
      join tenants t on t.tenant_id = k.ten
      left join call_campaigns m on m.tenant_id = k.ten and m.id = k.campaign_id
      left join contacts c on c.tenant_id = k.ten and c.id = k.contact_id
      left join lateral (select true as unwanted from suppressions s where s.tenant_id = k.ten
        and s.phone = k.to_number limit 1) u on true
  ), fresh as materialized (
    select j.ten, j.id, j.contact_id, j.zone, j.tenant_zone from judged j
      where j.state = 'reserved' and coalesce((j.g).verdict, 'dial') = 'dial'
  ), sent as (
    update calls x set state = 'sending', status = 'dialing', sending_at = p_now
      from fresh f where x.tenant_id = f.ten and x.id = f.id
  ), days as materialized (
    select z.zone, z.tenant_zone,
        coalesce(local_time(p_now, z.zone), p_now at time zone z.tenant_zone)::date as today
      from (select distinct f.zone, f.tenant_zone from fresh f) z
  ), people as (
    update contacts c set last_dialed_at = p_now, dialed_on = z.today,
        dialed_count = case when c.dialed_on = z.today then c.dialed_count + 1 else 1 end
      from fresh f cross join days z
      where c.tenant_id = f.ten and c.id = f.contact_id
        and f.zone is not distinct from z.zone and f.tenant_zone = z.tenant_zone
  )
  select array_agg(j.i) filter (where coalesce((j.g).verdict, 'dial') = 'dial'),
      array_agg((j.ten, j.id, 'not_placed', 'canceled', (j.g).reason,
        case (j.g).verdict when 'suppress' then 'suppressed' else 'uncounted' end, p_now, null,
        greatest(0, ceil(extract(epoch from (j.g).until - p_now))::int))::settlement)
        filter (where (j.g).verdict in ('suppress', 'wait'))
    into marked, rest from judged j;
  perform dial_settle(rest, p_now, 0, 1);
  return query select x, true from unnest(marked) x;
  return query select a.i::int, false from unnest(p_shards, p_fences) with ordinality a (shard, fence, i)
    where a.shard || '/' || a.fence <> all (owned);
end $$;

-- Learns what a provider calls a call, once.
create function name_call(p_tenant uuid, p_call uuid, p_provider_call_id text) returns void
language plpgsql as $$
begin
  with named as (
    update calls x set provider_call_id = p_provider_call_id
      where x.tenant_id = p_tenant and x.id = p_call and x.provider_call_id is null
        and p_provider_call_id is not null
      returning x.provider
  )
  insert into call_provider_ids (tenant_id, provider, provider_call_id, call_id)
    select p_tenant, n.provider, p_provider_call_id, p_call from named n;
end $$;

-- A call that had been given up is alive after all: permits are taken by force, above the
-- caps if need be. The caller has locked the call and must see that it is hung up.
create function dial_revive(p_tenant uuid, p_call uuid, p_status text, p_provider_call_id text, p_now timestamptz)
returns void language plpgsql as $$
begin
  perform name_call(p_tenant, p_call, p_provider_call_id);
  update calls x set state = 'placed', status = p_status, overdraft = true, hold_micros = 0,
      placed_at = coalesce(x.placed_at, p_now), ended_at = null, end_reason = null, duration_s = null
    where x.tenant_id = p_tenant and x.id = p_call;
  update pools p set used = p.used + 1 where p.scope = 'tenant:' || p_tenant;
  update pools p set used = p.used + 1 where p.scope = 'system';
end $$;

-- Step 5: what the provider answered to create-call; a call is named once. p_results:
-- placed (with the provider's id), refused, throttled (429: nothing happened, try later) or
-- unknown. Answers per call its state afterwards, not_found, or ghost (placed, but the call
-- had been given up: hang it up).
create function dial_answered(p_tenants uuid[], p_calls uuid[], p_results text[], p_provider_ids text[],
    p_reasons text[], p_retry_after_s int[], p_now timestamptz)
returns setof text language plpgsql as $$
declare
  states text[] := array_fill(null::text, array[cardinality(p_calls)]);
  placed int[];
  rest int[];
  ghosts int[];
  items settlement[];
  f record;
  g int;
begin
  -- The usual: it was sent, and the provider has it.
  with sent as (
    update calls x set state = 'placed', placed_at = coalesce(x.placed_at, p_now),
        provider_call_id = a.provider_id,
        end_reason = case when x.state = 'unknown' then null else x.end_reason end
      from (select y.* from unnest(p_tenants, p_calls, p_results, p_provider_ids)
        with ordinality y (ten, id, result, provider_id, i)
        where y.result = 'placed' order by y.ten, y.id offset 0) a
      where x.tenant_id = a.ten and x.id = a.id and x.state in ('sending', 'unknown')
        and x.provider_call_id is null
      returning a.i, x.tenant_id, x.provider, x.provider_call_id, x.id
  ), named as (
    insert into call_provider_ids (tenant_id, provider, provider_call_id, call_id)
      select s.tenant_id, s.provider, s.provider_call_id, s.id from sent s where s.provider_call_id is not null
  )
  select array_agg(s.i) into placed from sent s;
  if cardinality(placed) = cardinality(p_calls) then
    return query select 'placed' from unnest(placed);
    return;
  end if;
  foreach g in array coalesce(placed, '{}') loop
    states[g] := 'placed';
  end loop;
  perform lock_calls(p_tenants, p_calls);
  for f in
    select a.*, k.id as found, k.state, k.overdraft
      from unnest(p_tenants, p_calls, p_results, p_provider_ids, p_reasons, p_retry_after_s)
        with ordinality a (ten, id, result, provider_id, why, retry_after_s, i)
      left join calls k on k.tenant_id = a.ten and k.id = a.id
      where a.i <> all (coalesce(placed, '{}')) order by a.ten, a.id
  loop
    states[f.i] := case
      when f.found is null then 'not_found'
      when f.result = 'placed' and f.state in ('not_placed', 'lost') and not f.overdraft then 'ghost'
      when f.result = 'placed' and f.state in ('sending', 'unknown') then 'placed'
      when f.result = 'unknown' and f.state = 'sending' then 'unknown'
      when f.result in ('refused', 'throttled') and f.state in ('sending', 'unknown') then 'not_placed'
      else f.state end;
    if states[f.i] = 'ghost' then
      ghosts := ghosts || f.i::int;
    elsif f.result = 'placed' and f.state = 'placed' then
      perform name_call(f.ten, f.id, f.provider_id);
    elsif f.result = 'placed' and f.state in ('sending', 'unknown') then
      update calls x set state = 'placed', placed_at = coalesce(x.placed_at, p_now),
          end_reason = case when x.state = 'unknown' then null else x.end_reason end
        where x.tenant_id = f.ten and x.id = f.id;
    elsif f.result = 'unknown' and f.state = 'sending' then
      update calls x set state = 'unknown', end_reason = f.why, missed_since = null
        where x.tenant_id = f.ten and x.id = f.id;
      perform name_call(f.ten, f.id, f.provider_id);
    elsif f.result in ('refused', 'throttled') and f.state in ('sending', 'unknown') then
      items := items || (f.ten, f.id, 'not_placed', 'failed',
        case f.result when 'throttled' then 'throttled' else f.why end,
        case f.result when 'throttled' then 'uncounted' else 'refused' end, p_now, null, f.retry_after_s)::settlement;
    end if;
  end loop;
  if ghosts is not null then
    perform lock_lines(p_tenants);
  end if;
  perform dial_settle(items, p_now, 0, 1);
  foreach g in array coalesce(ghosts, '{}') loop
    perform dial_revive(p_tenants[g], p_calls[g], 'dialing', p_provider_ids[g], p_now);
  end loop;
  return query select x from unnest(states) x;
end $$;

-- Events --------------------------------------------------------------------------------

-- Steps 6 and 9: provider events in any order, number and delay; a call is named once.
-- Answers per event what became of it: applied, duplicate, stale, unknown_call, ended (this
-- event settled the call) or ghost (the call had been given up: permits are taken by force,
-- the caller must hang up).
create function dial_progress(p_tenants uuid[], p_calls uuid[], p_keys text[], p_provider_ids text[],
    p_status text[], p_duration int[], p_answered_by text[], p_at timestamptz[],
    p_now timestamptz, p_price_micros bigint, p_pulse_s int)
returns setof text language plpgsql as $$
declare
  known bool; -- every call
  fresh uuid[];
  all_fresh bool;
  effects text[];
  ghosts int[];
  items settlement[];
  g int;
begin
  known := lock_calls(p_tenants, p_calls) = cardinality(p_calls);
  -- Who inserts an event for a call holds the call.
  with added as (
    insert into call_events (tenant_id, call_id, event_key, kind, at, detail)
      select a.ten, a.id, a.key, a.status, a.at,
          case when a.duration_s is null and a.answered_by is null then '{}' else jsonb_strip_nulls(
            jsonb_build_object('duration_s', a.duration_s, 'answered_by', a.answered_by)) end
        from unnest(p_tenants, p_calls, p_keys, p_status, p_duration, p_answered_by, p_at)
          a (ten, id, key, status, duration_s, answered_by, at)
        left join lateral (select true as found from calls k
          where not known and k.tenant_id = a.ten and k.id = a.id limit 1) k on true
        where known or k.found
      on conflict do nothing
      returning call_id
  )
  select array_agg(a.call_id) into fresh from added a;
  all_fresh := coalesce(cardinality(fresh), 0) = cardinality(p_calls);
  with seen as materialized (
    select a.*, status_rank(a.status) as rank, k.id as found, k.state, k.status as was, k.ended_at is not null as ended,
        k.overdraft, k.answered_by as known_answered_by, k.provider_call_id as known_provider_id, k.end_reason,
        k.campaign_id, not all_fresh and a.id <> all (coalesce(fresh, '{}')) as again
      from unnest(p_tenants, p_calls, p_keys, p_provider_ids, p_status, p_duration, p_answered_by, p_at)
        with ordinality a (ten, id, key, provider_id, status, duration_s, answered_by, at, i)
      left join calls k on k.tenant_id = a.ten and k.id = a.id
  ), judged as materialized (
    select s.*, case
        when s.found is null then 'unknown_call'
        when s.again then 'duplicate'
        when s.state in ('not_placed', 'lost') and s.rank < 4 and not s.overdraft then 'ghost'
        when s.ended then 'stale'
        when s.rank = 4 then 'ended'
        when s.state = 'placed' and s.rank <= status_rank(s.was) then 'stale'
        else 'applied' end as effect
      from seen s
  ), changed as (
    -- A late word about who answered counts as long as the call is live.
    update calls x set
        answered_by = coalesce(x.answered_by, j.answered_by),
        provider_call_id = coalesce(x.provider_call_id, j.provider_id),
        placed_at = coalesce(x.placed_at, p_now),
        state = 'placed',
        end_reason = case when x.state = 'unknown' then null else x.end_reason end,
        status = case when j.effect = 'applied' and j.rank > status_rank(x.status) then j.status else x.status end,
        answered_at = case when j.effect = 'applied' and j.status = 'in_progress'
          then coalesce(x.answered_at, least(j.at, p_now)) else x.answered_at end
      from judged j
      where x.tenant_id = j.ten and x.id = j.id and j.effect in ('applied', 'ended', 'stale')
        and (j.effect = 'applied' or (not j.ended and (j.state <> 'placed'
          or (j.known_answered_by is null and j.answered_by is not null)
          or (j.known_provider_id is null and j.provider_id is not null))))
      returning j.known_provider_id, x.tenant_id, x.provider, x.provider_call_id, x.id
  ), named as (
    insert into call_provider_ids (tenant_id, provider, provider_call_id, call_id)
      select c.tenant_id, c.provider, c.provider_call_id, c.id from changed c
        where c.known_provider_id is null and c.provider_call_id is not null
  )
  select array_agg(j.effect order by j.i), array_agg(j.i) filter (where j.effect = 'ghost'),
      array_agg((j.ten, j.id, 'ended', f.status, coalesce(case when j.state <> 'unknown' then j.end_reason end, f.status),
        'ended', j.at, j.duration_s, 0)::settlement) filter (where j.effect = 'ended'),
      count(pg_notify('caly_event', json_build_object('type', case j.status when 'in_progress' then 'call:start'
        else 'call:update' end, 'tenant', j.ten, 'call', j.id, 'campaign', j.campaign_id, 'status', j.status)::text))
        filter (where j.effect = 'applied')
    into effects, ghosts, items, g
    from judged j cross join lateral (select case when j.status = 'completed'
      and (coalesce(j.known_answered_by, j.answered_by) like 'machine%'
        or coalesce(j.known_answered_by, j.answered_by) = 'fax') then 'voicemail' else j.status end as status) f;
  if ghosts is not null then
    perform lock_lines(p_tenants);
  end if;
  perform dial_settle(items, p_now, p_price_micros, p_pulse_s);
  foreach g in array coalesce(ghosts, '{}') loop
    perform dial_revive(p_tenants[g], p_calls[g], p_status[g], p_provider_ids[g], p_now);
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
  perform dial_settle(array[(p_tenant, k.id, 'lost', 'lost', 'lost', 'lost', p_now, null, 0)::settlement], p_now, 0, 1);
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
  select array_agg((p_tenant, x.id, 'not_placed', 'canceled', 'never_sent', 'uncounted', p_now, null, 0)::settlement) into items
    from calls x where x.tenant_id = p_tenant and x.ended_at is null and x.fence < p_fence and x.state = 'reserved';
  undone := dial_settle(items, p_now, 0, 1);
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
    select array_agg((p_tenant, x.id, 'not_placed', 'canceled', 'never_sent', 'uncounted', p_now, null, 0)::settlement) into items
      from calls x where x.tenant_id = p_tenant and x.ended_at is null and x.state = 'reserved'
        and x.created_at + make_interval(secs => p_reserved_s) < p_now;
    perform dial_settle(items, p_now, 0, 1);
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
    where k.tenant_id = p_tenant and k.id = any (array[p_call, (select i.call_id from call_provider_ids i
      where i.tenant_id = p_tenant and i.provider = p_provider and i.provider_call_id = p_provider_call_id)]) limit 1;
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
    if p_contact is null then -- a contact's number is that person, for campaigns, too
      select c.id into p_contact from contacts c where c.tenant_id = p_tenant and c.phone = p_to;
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
  if p_provider_call_id is not null then
    insert into call_provider_ids (tenant_id, provider, provider_call_id, call_id)
      values (p_tenant, p_provider, p_provider_call_id, p_call);
  end if;
  insert into ledger (tenant_id, key, kind, amount_micros, ref, at)
    values (p_tenant, 'hold:' || p_call || ':1', 'hold', p_hold, p_call, p_now);
  update pools p set used = p.used + 1 where p.scope in ('system', 'tenant:' || p_tenant);
  answer := 'ok'; id := p_call; contact_id := p_contact; to_number := p_to; from_number := p_from; name := p_name;
  variables := p_variables; agent_id := p_agent; agent_version := current_version; max_call_s := p_max_call_s;
  return next;
end $$;
