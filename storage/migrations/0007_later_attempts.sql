-- How the tenant's last calls went: with this agent, else with agents of its sector, when
-- there are p_calls_min of them. Null: there are not. Quantiles are evenly spaced.
-- Later calls are those of a person's second attempt and on.
create or replace function forecast_experience(p_tenant uuid, p_agent uuid, p_calls_min int) returns json
language plpgsql stable as $$
declare
  calls_max constant int := 500;
  looked_at_max constant int := 5000;
  answer json;
begin
  with recent as materialized (
    select k.agent_id = p_agent as same, k.attempt_no > 1 as later, k.id, k.duration_s,
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
        count(*) filter (where c.later) as later_calls,
        greatest(0, avg(c.line_s) - coalesce(avg(c.duration_s), 0)) as line_s,
        case when c.outcome in ('completed', 'voicemail')
          then percentile_cont(array(select i / 20.0 from generate_series(0, 20) i))
            within group (order by coalesce(c.duration_s, 0)) end as talk_s
      from chosen c group by c.outcome
  )
  select json_build_object('source', case when (select s.own from scope s) then 'agent' else 'sector' end,
      'calls', sum(x.calls), 'later_calls', sum(x.later_calls), 'outcomes', json_object_agg(x.outcome,
        json_build_object('calls', x.calls, 'later_calls', x.later_calls, 'line_s', round(x.line_s, 3), 'talk_s', x.talk_s)))
    into answer from sorted x having sum(x.calls) >= p_calls_min;
  return answer;
end $$;
