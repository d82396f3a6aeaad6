-- What a forecast of a campaign needs to know, and the one that was made at its start.

-- The people of a campaign that are alike in all that decides when they are called, with
-- one of them to judge by: those of its import while it is a draft, else those of its
-- queue. A row that is being dialed counts as one that will be.
create function forecast_people(p_tenant uuid, m call_campaigns)
returns table (state text, reason text, zone text, attempts int, due timestamptz,
    dialed_on date, dialed_count int, one uuid, count bigint)
language sql stable as $$
  with listed as (
    select l.contact_id, 0 as attempts, '-infinity'::timestamptz as next_at,
        case when l.suppressed then 'suppressed' else 'pending' end as state,
        case when l.suppressed then 'do_not_call' end as reason
      from import_contacts l
      where m.status = 'draft' and l.tenant_id = p_tenant and l.import_id = m.import_id
    union all
    select q.contact_id, q.attempts - (q.state = 'dialing')::int,
        case when q.state = 'pending' then q.next_at else '-infinity' end,
        case when q.state = 'dialing' then 'pending' else q.state end,
        case when q.state not in ('pending', 'dialing') then q.reason end
      from call_queue q
      where m.status <> 'draft' and q.tenant_id = p_tenant and q.campaign_id = m.id
  ), known as (
    -- Times are told to ten seconds, so that many people are alike.
    select l.*, c.time_zone, c.is_active, c.dialed_on, c.dialed_count,
        date_bin('10 seconds', l.next_at, 'epoch') + interval '10 seconds' as due,
        date_bin('10 seconds', c.last_dialed_at, 'epoch') as last,
        coalesce(u.unwanted, false) as unwanted
      from listed l
      cross join lateral (select * from contacts x where x.tenant_id = p_tenant and x.id = l.contact_id offset 0) c
      left join lateral (select true as unwanted from suppressions s
        where s.tenant_id = p_tenant and s.phone = c.phone limit 1) u on true
  )
  select k.state, k.reason, k.time_zone, k.attempts, k.due, k.dialed_on, k.dialed_count,
      min(k.contact_id::text collate "C")::uuid, count(*)
    from known k
    group by k.state, k.reason, k.time_zone, k.attempts, k.due, k.dialed_on, k.dialed_count,
      k.last, k.is_active, k.unwanted $$;

create function unix_ms(at timestamptz) returns bigint language sql immutable parallel safe as
$$ select (extract(epoch from at) * 1000)::bigint $$;

-- The days of a zone from the one before p_from on: when each begins, and from when until
-- when people are called on it. Unix milliseconds.
create function forecast_days(m call_campaigns, p_zone text, p_from timestamptz) returns json
language sql stable as $$
  select json_agg(json_build_array(x.begins,
        case when x.open and m.window_from is not null then unix_ms((x.day + m.window_from) at time zone p_zone)
          else x.begins end,
        case when x.open and m.window_to is not null then unix_ms((x.day + m.window_to) at time zone p_zone)
          when x.open then x.ends else x.begins end) order by x.begins)
    from (select d.day, unix_ms(d.day::timestamp at time zone p_zone) as begins,
        unix_ms((d.day + 1)::timestamp at time zone p_zone) as ends,
        m.window_from is null or extract(isodow from d.day)::int = any (m.window_days) as open
      from (select (p_from at time zone p_zone)::date + i as day from generate_series(-1, 32) i) d) x $$;

-- How the tenant's last calls went: with this agent, else with agents of its sector, when
-- there are p_calls_min of them. Null: there are not. Quantiles are evenly spaced.
create function forecast_experience(p_tenant uuid, p_agent uuid, p_calls_min int) returns json
language plpgsql stable as $$
declare
  calls_max constant int := 500;
  looked_at_max constant int := 5000;
  answer json;
begin
  with recent as materialized (
    select k.agent_id = p_agent as same, k.id, k.duration_s,
        extract(epoch from k.ended_at - k.created_at) as line_s,
        case k.state when 'lost' then 'lost' when 'not_placed' then 'refused' else k.status end as outcome
      from (select * from calls x where x.tenant_id = p_tenant order by x.id desc limit looked_at_max) k
      join agents a on a.tenant_id = k.tenant_id and a.id = k.agent_id
      join agents wanted on wanted.tenant_id = k.tenant_id and wanted.id = p_agent
      where k.direction = 'outbound' and k.ended_at is not null and not k.overdraft and a.sector = wanted.sector
        and (k.state <> 'not_placed' or (k.status = 'failed' and k.end_reason is distinct from 'throttled'))
  ), scope as (
    select count(*) filter (where r.same) >= p_calls_min as own from recent r
  ), chosen as (
    select r.* from recent r cross join scope s where r.same or not s.own order by r.id desc limit calls_max
  ), sorted as (
    select c.outcome, count(*) as calls,
        greatest(0, avg(c.line_s) - coalesce(avg(c.duration_s), 0)) as line_s,
        case when c.outcome in ('completed', 'voicemail')
          then percentile_cont(array(select i / 20.0 from generate_series(0, 20) i))
            within group (order by coalesce(c.duration_s, 0)) end as talk_s
      from chosen c group by c.outcome
  )
  select json_build_object('source', case when (select s.own from scope s) then 'agent' else 'sector' end,
      'calls', sum(x.calls), 'outcomes', json_object_agg(x.outcome,
        json_build_object('calls', x.calls, 'line_s', round(x.line_s, 3), 'talk_s', x.talk_s)))
    into answer from sorted x having sum(x.calls) >= p_calls_min;
  return answer;
end $$;

-- Everything that the course of a campaign depends on, as of p_start. CY404, CY409 when it
-- is over.
create function forecast_basis(p_tenant uuid, p_id uuid, p_start timestamptz, p_calls_min int)
returns table (status text, plan json, account json, number_calls_per_s real, system json, file json,
    so_far json, skipped json, waiting json, zones json, rows json, experience json)
language plpgsql stable as $$
#variable_conflict use_column
declare
  others_named_max constant int := 64;
  m call_campaigns;
  t tenants;
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id;
  if not found then
    perform refuse('CY404', 'no such campaign');
  elsif m.status in ('completed', 'stopped') then
    perform refuse('CY409', 'the campaign is ' || m.status
      || '; what was predicted stands beside what happened under /forecast');
  end if;
  select * into t from tenants x where x.tenant_id = p_tenant;
  status := m.status;
  plan := json_build_object('concurrency', m.concurrency, 'breaker_window', m.breaker_window,
    'breaker_ratio', m.breaker_ratio, 'max_attempts', m.max_attempts, 'busy_delay_s', m.busy_delay_s,
    'no_answer_delay_s', m.no_answer_delay_s, 'voicemail_delay_s', m.voicemail_delay_s,
    'failed_delay_s', m.failed_delay_s, 'retry_lost', m.retry_lost, 'max_call_s', m.max_call_s);
  select json_build_object('lines', p.cap, 'used_beside', greatest(0, p.used - own.live),
      'daily_cap', t.daily_cap_per_contact, 'contact_gap_s', t.contact_gap_s,
      'balance_micros', coalesce(b.balance_micros, 0) + own.held)
    into account
    from pools p left join credit_balances b on b.tenant_id = p_tenant
    cross join lateral (select count(*) as live, coalesce(sum(k.hold_micros), 0) as held from calls k
      where k.tenant_id = p_tenant and k.ended_at is null and k.campaign_id = p_id) own
    where p.scope = 'tenant:' || p_tenant;
  select n.calls_per_s into number_calls_per_s from number_rates n where n.phone = m.from_number;
  select json_build_object('lines', s.cap, 'full', s.used >= s.cap, 'others', (
        select coalesce(json_agg(json_build_array(o.used, o.cap)), '[]')
          from (select p.used, p.cap from pools p where p.scope like 'tenant:%'
            and p.scope <> 'tenant:' || p_tenant and p.used > 0 order by p.used desc limit others_named_max) o),
      'used_unnamed', (select coalesce(sum(o.used), 0) from (select p.used from pools p where p.scope like 'tenant:%'
        and p.scope <> 'tenant:' || p_tenant and p.used > 0 order by p.used desc offset others_named_max) o))
    into system from pools s where s.scope = 'system';
  select json_build_object('rows', i.rows, 'invalid', i.invalid, 'duplicate_in_file', i.duplicate_in_file)
    into file from imports i where i.tenant_id = p_tenant and i.id = m.import_id;
  select json_build_object('calls', count(*), 'answered', count(*) filter (where k.status = 'completed'),
      'talked_s', coalesce(sum(k.duration_s), 0), 'charged_micros', coalesce(sum(k.charged_micros), 0))
    into so_far from calls k
    where k.tenant_id = p_tenant and k.campaign_id = p_id and k.ended_at is not null and k.state <> 'not_placed';
  experience := forecast_experience(p_tenant, m.agent_id, p_calls_min);
  with judged as materialized (
    select p.*, case when p.state = 'pending' then dial_gate(c.who, m, t, p_start) end as g,
        case when local_time(p_start, p.zone) is null then t.time_zone else p.zone end as place
      from forecast_people(p_tenant, m) p
      cross join lateral (select x as who from contacts x where x.tenant_id = p_tenant and x.id = p.one offset 0) c
  ), ahead as materialized (
    select j.place, j.attempts, greatest(j.due, (j.g).until, p_start) as due, j.count, case
          when (j.g).verdict = 'wait' then (j.g).reason
          when j.due > p_start + interval '10 seconds' then 'retry' end as why,
        case when j.dialed_on = (p_start at time zone j.place)::date then j.dialed_count else 0 end as dialed
      from judged j where (j.g).verdict in ('dial', 'wait')
  ), places as materialized (
    select a.place, row_number() over (order by a.place) - 1 as n from ahead a group by a.place
  )
  select
      (select coalesce(json_object_agg(x.why, x.n), '{}') from (
        select case when j.state = 'pending' then (j.g).reason
              when j.state = 'suppressed' then coalesce(j.reason, 'do_not_call') else j.state end as why,
            sum(j.count) as n
          from judged j where j.state <> 'pending' or (j.g).verdict = 'suppress' group by 1) x),
      (select coalesce(json_object_agg(x.why, x.n), '{}') from (
        select a.why, sum(a.count) as n from ahead a where a.why is not null group by 1) x),
      (select coalesce(json_agg(forecast_days(m, p.place, p_start) order by p.n), '[]') from places p),
      (select coalesce(json_agg(json_build_array((select p.n from places p where p.place = x.place), x.attempts,
            unix_ms(x.due), x.dialed, x.n) order by x.due, x.attempts, x.place), '[]')
        from (select a.place, a.attempts, a.due, a.dialed, sum(a.count) as n from ahead a group by 1, 2, 3, 4) x)
    into skipped, waiting, zones, rows;
  return next;
end $$;

-- Keeps the forecast of a campaign that has started; the first one stays. False: there is
-- one, or the campaign does not run any more.
create function keep_forecast(p_tenant uuid, p_id uuid, p_forecast jsonb, p_now timestamptz)
returns bool language plpgsql as $$
begin
  insert into campaign_forecasts (tenant_id, campaign_id, made_at, forecast)
    select p_tenant, p_id, p_now, p_forecast from call_campaigns c
      where c.tenant_id = p_tenant and c.id = p_id and c.status in ('running', 'paused')
    on conflict do nothing;
  return found;
end $$;

-- What happened to a campaign so far, to stand beside what was predicted.
create function forecast_outcome(p_tenant uuid, m call_campaigns) returns json language sql stable as $$
  select json_build_object('status', m.status, 'started_at', m.started_at, 'ended_at', m.finished_at,
      'calls', k.calls, 'answered', k.answered, 'talked_s', k.talked_s, 'charged_micros', k.charged_micros,
      'reached', q.reached, 'exhausted', q.exhausted, 'left', q.left)
    from (select count(*) as calls, count(*) filter (where x.status = 'completed') as answered,
        coalesce(sum(x.duration_s), 0) as talked_s, coalesce(sum(x.charged_micros), 0) as charged_micros
      from calls x where x.tenant_id = p_tenant and x.campaign_id = m.id and x.ended_at is not null
        and x.state <> 'not_placed') k
    cross join (select count(*) filter (where x.state = 'done') as reached,
        count(*) filter (where x.state = 'exhausted') as exhausted,
        count(*) filter (where x.state in ('pending', 'dialing', 'no_credit', 'cancelled')) as left
      from call_queue x where x.tenant_id = p_tenant and x.campaign_id = m.id) q $$;
