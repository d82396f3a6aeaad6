-- What the named statements of storage/records need beyond one plain SQL text: changes
-- that are refused in some states, and documents made of several tables. All run under
-- the caller's tenant.

create function public_id(prefix text, id uuid) returns text language sql immutable as
$$ select prefix || '_' || replace(id::text, '-', '') $$;

create function audit(p_tenant uuid, p_who text, p_action text, p_target text,
    p_reason text default null, p_detail jsonb default '{}')
returns void language sql as
$$ insert into audit_log (tenant_id, actor, action, target, reason, detail)
     values (p_tenant, p_who, p_action, p_target, p_reason, p_detail) $$;

create function check_time_zone(zone text) returns void language plpgsql as $$
begin
  if zone is not null and local_time(now(), zone) is null then
    perform refuse('CY422', 'no such time zone');
  end if;
end $$;

create function wake_tenant(p_tenant uuid) returns void language sql as
$$ update tenant_route set wake_at = now() where tenant_id = p_tenant and wake_at is null $$;

-- Accounts ------------------------------------------------------------------------------

create function seed_agents(p_tenant uuid, p_agents jsonb) returns int language plpgsql as $$
declare
  added int;
begin
  with given as (
    select coalesce((a ->> 'id')::uuid, gen_random_uuid()) as id, a as profile
      from jsonb_array_elements(p_agents) a
  ), new as (
    insert into agents (tenant_id, id, slug, name, sector, kind, languages)
      select p_tenant, g.id, g.profile ->> 'slug', g.profile ->> 'name', g.profile ->> 'sector',
          coalesce(g.profile ->> 'kind', 'both'),
          array(select jsonb_array_elements_text(coalesce(g.profile -> 'languages', '["en"]')))
        from given g on conflict do nothing returning id
  ), versions as (
    insert into agent_versions (tenant_id, agent_id, version, profile)
      select p_tenant, n.id, 1, g.profile - 'id' from new n join given g on g.id = n.id
  )
  select count(*) into added from new;
  return added;
end $$;

create function register_tenant(p_tenant uuid, p_user uuid, p_email text, p_password_hash text, p_name text,
    p_credits bigint, p_cap int, p_agents jsonb, p_zone text, p_country text)
returns void language plpgsql as $$
begin
  if exists (select 1 from users u where u.tenant_id = p_tenant and u.id = p_user and u.email = lower(p_email)) then
    return;
  end if;
  perform check_time_zone(p_zone);
  insert into tenants (tenant_id, name, time_zone, default_country, concurrent_calls_max)
    values (p_tenant, p_name, coalesce(p_zone, 'Asia/Kolkata'), coalesce(p_country, 'IN'), p_cap);
  insert into tenant_route (tenant_id, shard) values (p_tenant, get_byte(uuid_send(p_tenant), 15) % 128);
  insert into users (tenant_id, id, email, password_hash, role)
    values (p_tenant, p_user, lower(p_email), p_password_hash, 'owner');
  insert into user_logins (email, tenant_id, user_id) values (lower(p_email), p_tenant, p_user)
    on conflict do nothing;
  if not found then
    perform refuse('CY409', 'the e-mail address is taken');
  end if;
  insert into pools (scope, cap) values ('tenant:' || p_tenant, p_cap);
  insert into credit_balances (tenant_id, balance_micros) values (p_tenant, p_credits);
  if p_credits > 0 then
    insert into ledger (tenant_id, key, kind, amount_micros) values (p_tenant, 'topup:signup', 'topup', p_credits);
  end if;
  perform seed_agents(p_tenant, p_agents);
  perform audit(p_tenant, public_id('usr', p_user), 'tenant.register', public_id('ten', p_tenant));
end $$;

-- Sign-in happens before the tenant is known: it is found by the address and entered here.
create function find_login(p_email text)
returns table (tenant_id uuid, user_id uuid, email text, role text, password_hash text, is_active bool)
language plpgsql as $$
#variable_conflict use_column
declare
  l user_logins;
begin
  select * into l from user_logins x where x.email = lower(p_email);
  if not found then
    return;
  end if;
  perform set_config('app.tenant_id', l.tenant_id::text, true);
  return query select u.tenant_id, u.id, u.email, u.role, u.password_hash, u.is_active
    from users u where u.tenant_id = l.tenant_id and u.id = l.user_id;
end $$;

create function rotate_refresh_token(p_hash text, p_new_hash text, p_expires_at timestamptz, p_now timestamptz)
returns table (status text, family uuid, tenant_id uuid, user_id uuid, email text, role text)
language plpgsql as $$
#variable_conflict use_column
declare
  t refresh_tokens;
begin
  select * into t from refresh_tokens x where x.token_hash = p_hash for no key update;
  if not found then
    status := 'unknown'; return next; return;
  end if;
  family := t.family;
  if t.revoked_at is not null then
    status := 'revoked'; return next; return;
  elsif t.used_at is not null then
    -- Somebody holds a copy: nobody of the family may go on.
    update refresh_tokens x set revoked_at = p_now where x.family = t.family and x.revoked_at is null;
    status := 'reused'; return next; return;
  elsif t.expires_at <= p_now then
    status := 'expired'; return next; return;
  end if;
  perform set_config('app.tenant_id', t.tenant_id::text, true);
  select u.tenant_id, u.id, u.email, u.role into tenant_id, user_id, email, role
    from users u where u.tenant_id = t.tenant_id and u.id = t.user_id and u.is_active;
  if not found then
    status := 'inactive'; return next; return;
  end if;
  update refresh_tokens x set used_at = p_now where x.token_hash = p_hash;
  insert into refresh_tokens (token_hash, family, tenant_id, user_id, expires_at)
    values (p_new_hash, t.family, t.tenant_id, t.user_id, p_expires_at);
  status := 'rotated';
  return next;
end $$;

create function create_user(p_tenant uuid, p_user uuid, p_email text, p_hash text, p_role text, p_who text)
returns void language plpgsql as $$
begin
  if exists (select 1 from users u where u.tenant_id = p_tenant and u.id = p_user) then
    return;
  end if;
  insert into users (tenant_id, id, email, password_hash, role)
    values (p_tenant, p_user, lower(p_email), p_hash, p_role);
  insert into user_logins (email, tenant_id, user_id) values (lower(p_email), p_tenant, p_user)
    on conflict do nothing;
  if not found then
    perform refuse('CY409', 'the e-mail address is taken');
  end if;
  perform audit(p_tenant, p_who, 'user.create', public_id('usr', p_user), null, jsonb_build_object('role', p_role));
end $$;

create function patch_user(p_tenant uuid, p_user uuid, p_role text, p_active bool, p_hash text, p_who text)
returns void language plpgsql as $$
begin
  update users u set role = coalesce(p_role, u.role), is_active = coalesce(p_active, u.is_active),
      password_hash = coalesce(p_hash, u.password_hash)
    where u.tenant_id = p_tenant and u.id = p_user;
  if not found then
    perform refuse('CY404', 'no such user');
  end if;
  if not exists (select 1 from users u where u.tenant_id = p_tenant and u.role = 'owner' and u.is_active) then
    perform refuse('CY409', 'a tenant keeps at least one active owner');
  end if;
  if p_hash is not null or p_active = false then
    update refresh_tokens t set revoked_at = now()
      where t.tenant_id = p_tenant and t.user_id = p_user and t.revoked_at is null;
  end if;
  perform audit(p_tenant, p_who, 'user.patch', public_id('usr', p_user), null,
    jsonb_strip_nulls(jsonb_build_object('role', p_role, 'is_active', p_active, 'password', (p_hash is not null) or null)));
end $$;

create function patch_tenant(p_tenant uuid, p_cap int, p_zone text, p_country text, p_daily int, p_gap int, p_who text)
returns void language plpgsql as $$
begin
  perform check_time_zone(p_zone);
  update tenants t set concurrent_calls_max = coalesce(p_cap, t.concurrent_calls_max),
      time_zone = coalesce(p_zone, t.time_zone), default_country = coalesce(p_country, t.default_country),
      daily_cap_per_contact = coalesce(p_daily, t.daily_cap_per_contact),
      contact_gap_s = coalesce(p_gap, t.contact_gap_s)
    where t.tenant_id = p_tenant;
  if not found then
    perform refuse('CY404', 'no such tenant');
  end if;
  if p_cap is not null then
    update pools p set cap = p_cap where p.scope = 'tenant:' || p_tenant;
  end if;
  perform wake_tenant(p_tenant);
  perform audit(p_tenant, p_who, 'tenant.patch', public_id('ten', p_tenant), null, jsonb_strip_nulls(jsonb_build_object(
    'concurrent_calls_max', p_cap, 'time_zone', p_zone, 'default_country', p_country,
    'daily_cap_per_contact', p_daily, 'contact_gap_s', p_gap)));
end $$;

-- What the dial scheduler promises a tenant. All promises together fit the system's lines.
create function set_tenant_shares(p_tenant uuid, p_guaranteed int, p_weight int, p_who text)
returns setof pools language plpgsql as $$
declare
  lines int;
  promised bigint;
begin
  select p.cap into lines from pools p where p.scope = 'system' for update;
  select coalesce(sum(p.guaranteed), 0) into promised from pools p
    where p.scope <> 'system' and p.scope <> 'tenant:' || p_tenant;
  if p_guaranteed < 0 or promised + p_guaranteed > lines then
    perform refuse('CY422', format('guaranteed is from 0 to %s: the system has %s lines and %s are promised to others',
      greatest(lines - promised, 0), lines, promised));
  end if;
  if p_weight not between 1 and 100 then
    perform refuse('CY422', 'weight is from 1 to 100');
  end if;
  return query update pools p set guaranteed = coalesce(p_guaranteed, p.guaranteed), weight = coalesce(p_weight, p.weight)
    where p.scope = 'tenant:' || p_tenant returning p.*;
  if not found then
    perform refuse('CY404', 'no such tenant');
  end if;
  perform wake_tenant(p_tenant);
  perform audit(p_tenant, p_who, 'tenant.shares', public_id('ten', p_tenant), null,
    jsonb_strip_nulls(jsonb_build_object('guaranteed', p_guaranteed, 'weight', p_weight)));
end $$;

create function begin_idempotent(p_tenant uuid, p_route text, p_key text, p_hash text)
returns table (state text, status int, body text) language plpgsql as $$
#variable_conflict use_column
declare
  k idempotency_keys;
begin
  delete from idempotency_keys x where x.tenant_id = p_tenant and x.route = p_route and x.key = p_key
    and x.created_at < now() - case when x.status is null then interval '60 seconds' else interval '24 hours' end;
  insert into idempotency_keys (tenant_id, route, key, request_hash) values (p_tenant, p_route, p_key, p_hash)
    on conflict do nothing;
  if found then
    state := 'new'; return next; return;
  end if;
  select * into k from idempotency_keys x where x.tenant_id = p_tenant and x.route = p_route and x.key = p_key;
  status := k.status; body := k.body;
  state := case when k.request_hash <> p_hash then 'mismatch' when k.status is null then 'running' else 'done' end;
  if state <> 'done' then
    status := null; body := null;
  end if;
  return next;
end $$;

create function patch_agent(p_tenant uuid, p_agent uuid, p_changes jsonb, p_who text) returns void
language plpgsql as $$
declare
  a agents;
  was jsonb;
  becomes jsonb;
begin
  select * into a from agents x where x.tenant_id = p_tenant and x.id = p_agent for no key update;
  if not found then
    perform refuse('CY404', 'no such agent');
  end if;
  select v.profile into was from agent_versions v
    where v.tenant_id = p_tenant and v.agent_id = p_agent and v.version = a.version;
  becomes := was || (p_changes - '{id,slug,enabled,version,updated_at}'::text[]);
  if becomes <> was then
    a.version := a.version + 1;
    insert into agent_versions (tenant_id, agent_id, version, profile)
      values (p_tenant, p_agent, a.version, becomes);
  end if;
  update agents x set version = a.version, name = coalesce(becomes ->> 'name', x.name),
      sector = coalesce(becomes ->> 'sector', x.sector), kind = coalesce(becomes ->> 'kind', x.kind),
      languages = array(select jsonb_array_elements_text(coalesce(becomes -> 'languages', to_jsonb(x.languages)))),
      enabled = coalesce((p_changes ->> 'enabled')::bool, x.enabled), updated_at = now()
    where x.tenant_id = p_tenant and x.id = p_agent;
  perform audit(p_tenant, p_who, 'agent.patch', public_id('agt', p_agent), null,
    jsonb_build_object('version', a.version, 'fields', (select jsonb_agg(k) from jsonb_object_keys(p_changes) k)));
end $$;

-- People --------------------------------------------------------------------------------

create function create_contact(p_tenant uuid, p_id uuid, p_phone text, p_name text, p_zone text,
    p_variables jsonb, p_tags text[])
returns uuid language plpgsql as $$
declare
  made uuid;
begin
  perform check_time_zone(p_zone);
  insert into contacts as c (tenant_id, id, phone, name, time_zone, variables, tags)
    values (p_tenant, p_id, p_phone, coalesce(p_name, ''), p_zone, coalesce(p_variables, '{}'), coalesce(p_tags, '{}'))
    on conflict (tenant_id, phone) do update set is_active = true, name = excluded.name,
      time_zone = excluded.time_zone, variables = excluded.variables, tags = excluded.tags, updated_at = now()
      where not c.is_active or c.id = p_id
    returning id into made;
  if made is null then
    perform refuse('CY409', 'there is a contact with this number');
  end if;
  return made;
end $$;

create function patch_contact(p_tenant uuid, p_id uuid, p_phone text, p_name text, p_zone text,
    p_variables jsonb, p_tags text[])
returns void language plpgsql as $$
begin
  perform check_time_zone(p_zone);
  update contacts c set phone = coalesce(p_phone, c.phone), name = coalesce(p_name, c.name),
      time_zone = coalesce(p_zone, c.time_zone), variables = coalesce(p_variables, c.variables),
      tags = coalesce(p_tags, c.tags), updated_at = now()
    where c.tenant_id = p_tenant and c.id = p_id and c.is_active;
  if not found then
    perform refuse('CY404', 'no such contact');
  end if;
end $$;

-- Campaigns -----------------------------------------------------------------------------

create function create_campaign(p_tenant uuid, p_id uuid, p_name text, p_agent uuid, p_import uuid, p_from text,
    p_concurrency int, p_retry jsonb, p_window jsonb, p_breaker jsonb, p_max_call_s int, p_who text)
returns void language plpgsql as $$
declare
  v int;
begin
  if exists (select 1 from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id) then
    return;
  end if;
  select a.version into v from agents a where a.tenant_id = p_tenant and a.id = p_agent;
  if not found then
    perform refuse('CY404', 'no such agent');
  end if;
  if not exists (select 1 from imports i where i.tenant_id = p_tenant and i.id = p_import) then
    perform refuse('CY404', 'no such import');
  end if;
  p_retry := coalesce(p_retry, '{}'); p_breaker := coalesce(p_breaker, '{}');
  p_window := nullif(p_window, 'null');
  insert into call_campaigns (tenant_id, id, name, agent_id, agent_version, import_id, from_number, concurrency,
      max_attempts, busy_delay_s, no_answer_delay_s, voicemail_delay_s, failed_delay_s, retry_lost,
      window_from, window_to, window_days, breaker_window, breaker_ratio, max_call_s)
    values (p_tenant, p_id, p_name, p_agent, v, p_import, p_from, p_concurrency,
      coalesce((p_retry ->> 'max_attempts')::int, 3), coalesce((p_retry ->> 'busy_delay_s')::int, 1800),
      coalesce((p_retry ->> 'no_answer_delay_s')::int, 3600), coalesce((p_retry ->> 'voicemail_delay_s')::int, 14400),
      coalesce((p_retry ->> 'failed_delay_s')::int, 900), coalesce((p_retry ->> 'retry_lost')::bool, false),
      (p_window ->> 'from')::time, (p_window ->> 'to')::time,
      case when p_window ? 'days' then array(select jsonb_array_elements_text(p_window -> 'days')::int)
        else '{1,2,3,4,5,6,7}' end,
      coalesce((p_breaker ->> 'window')::int, 20), coalesce((p_breaker ->> 'ratio')::real, 0.5),
      coalesce(p_max_call_s, 600));
  perform audit(p_tenant, p_who, 'campaign.create', public_id('cmp', p_id));
end $$;

create function patch_campaign(p_tenant uuid, p_id uuid, p_version int, p_changes jsonb, p_who text)
returns void language plpgsql as $$
declare
  m call_campaigns;
  r jsonb := coalesce(p_changes -> 'retry', '{}');
  w jsonb := nullif(p_changes -> 'calling_window', 'null');
  b jsonb := coalesce(p_changes -> 'failure_breaker', '{}');
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id for no key update;
  if not found then
    perform refuse('CY404', 'no such campaign');
  elsif m.version <> p_version then
    perform refuse('CY409', 'the campaign was changed by somebody else');
  elsif m.status not in ('draft', 'paused') then
    perform refuse('CY409', 'the campaign is ' || m.status || '; only a draft or a paused one can be changed');
  elsif m.status = 'paused' and p_changes ?| '{agent_id,import_id}' then
    perform refuse('CY409', 'the agent and the import stay once a campaign has started');
  end if;
  if p_changes ? 'agent_id' then
    select a.id, a.version into m.agent_id, m.agent_version from agents a
      where a.tenant_id = p_tenant and public_id('agt', a.id) = p_changes ->> 'agent_id';
    if not found then
      perform refuse('CY404', 'no such agent');
    end if;
  end if;
  if p_changes ? 'import_id' then
    select i.id into m.import_id from imports i
      where i.tenant_id = p_tenant and public_id('imp', i.id) = p_changes ->> 'import_id';
    if not found then
      perform refuse('CY404', 'no such import');
    end if;
  end if;
  if p_changes ? 'calling_window' then
    m.window_from := (w ->> 'from')::time; m.window_to := (w ->> 'to')::time;
    m.window_days := case when w ? 'days' then array(select jsonb_array_elements_text(w -> 'days')::int)
      else '{1,2,3,4,5,6,7}' end;
  end if;
  update call_campaigns c set version = c.version + 1, name = coalesce(p_changes ->> 'name', c.name),
      agent_id = m.agent_id, agent_version = m.agent_version, import_id = m.import_id,
      from_number = coalesce(p_changes ->> 'from_number', c.from_number),
      concurrency = coalesce((p_changes ->> 'concurrency')::int, c.concurrency),
      max_attempts = coalesce((r ->> 'max_attempts')::int, c.max_attempts),
      busy_delay_s = coalesce((r ->> 'busy_delay_s')::int, c.busy_delay_s),
      no_answer_delay_s = coalesce((r ->> 'no_answer_delay_s')::int, c.no_answer_delay_s),
      voicemail_delay_s = coalesce((r ->> 'voicemail_delay_s')::int, c.voicemail_delay_s),
      failed_delay_s = coalesce((r ->> 'failed_delay_s')::int, c.failed_delay_s),
      retry_lost = coalesce((r ->> 'retry_lost')::bool, c.retry_lost),
      window_from = m.window_from, window_to = m.window_to, window_days = m.window_days,
      breaker_window = coalesce((b ->> 'window')::int, c.breaker_window),
      breaker_ratio = coalesce((b ->> 'ratio')::real, c.breaker_ratio),
      max_call_s = coalesce((p_changes ->> 'max_call_s')::int, c.max_call_s)
    where c.tenant_id = p_tenant and c.id = p_id;
  perform audit(p_tenant, p_who, 'campaign.patch', public_id('cmp', p_id), null,
    jsonb_build_object('fields', (select jsonb_agg(k) from jsonb_object_keys(p_changes) k)));
end $$;

-- One guarded change of state. p_from are the states it may start from.
create function move_campaign(p_tenant uuid, p_id uuid, p_from text[], p_to text, p_reason text, p_verb text,
    p_who text, p_now timestamptz)
returns call_campaigns language plpgsql as $$
declare
  m call_campaigns;
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id for no key update;
  if not found then
    perform refuse('CY404', 'no such campaign');
  elsif m.status <> all (p_from) then
    perform refuse('CY409', 'the campaign is ' || m.status);
  end if;
  update call_campaigns c set status = p_to, status_reason = p_reason, version = c.version + 1,
      started_at = case when p_to = 'running' then coalesce(c.started_at, p_now) else c.started_at end,
      finished_at = case when p_to in ('completed', 'stopped') then p_now end
    where c.tenant_id = p_tenant and c.id = p_id returning * into m;
  if p_to = 'running' then
    update tenant_route set wake_at = p_now where tenant_id = p_tenant;
  end if;
  perform audit(p_tenant, p_who, 'campaign.' || p_verb, public_id('cmp', p_id), p_reason);
  perform pg_notify('caly_event', json_build_object('type', 'campaign:progress', 'tenant', p_tenant,
    'campaign', p_id, 'status', p_to)::text);
  return m;
end $$;

create function start_campaign(p_tenant uuid, p_id uuid, p_who text, p_now timestamptz)
returns int language plpgsql as $$
declare
  m call_campaigns;
  i imports;
  n int;
begin
  m := move_campaign(p_tenant, p_id, '{draft}', 'running', null, 'start', p_who, p_now);
  select * into i from imports x where x.tenant_id = p_tenant and x.id = m.import_id;
  if i.status <> 'completed' then
    perform refuse('CY409', 'the import is ' || i.status);
  end if;
  insert into call_queue (tenant_id, campaign_id, contact_id, row_no, state, reason)
    select p_tenant, p_id, l.contact_id, l.row_no, case when l.suppressed then 'suppressed' else 'pending' end,
        case when l.suppressed then 'do_not_call' end
      from import_contacts l where l.tenant_id = p_tenant and l.import_id = m.import_id order by l.row_no;
  get diagnostics n = row_count;
  if n = 0 then
    perform refuse('CY409', 'the import has no contacts');
  end if;
  return n;
end $$;

create function stop_campaign(p_tenant uuid, p_id uuid, p_who text, p_now timestamptz)
returns int language plpgsql as $$
declare
  n int;
begin
  perform move_campaign(p_tenant, p_id, '{running,paused}', 'stopped', null, 'stop', p_who, p_now);
  update call_queue q set state = 'cancelled', reason = 'campaign_stopped'
    where q.tenant_id = p_tenant and q.campaign_id = p_id and q.state in ('pending', 'no_credit');
  get diagnostics n = row_count;
  return n;
end $$;

create function redial_campaign(p_tenant uuid, p_id uuid, p_who text, p_now timestamptz)
returns int language plpgsql as $$
declare
  n int;
begin
  perform move_campaign(p_tenant, p_id, '{completed,stopped}', 'running', null, 'redial', p_who, p_now);
  update call_queue q set state = 'pending', attempts = 0, next_at = p_now, reason = 'redial'
    where q.tenant_id = p_tenant and q.campaign_id = p_id and q.state in ('exhausted', 'cancelled', 'no_credit');
  get diagnostics n = row_count;
  if n = 0 then
    perform refuse('CY409', 'no row is left to dial again');
  end if;
  -- What was predicted for the first time says nothing of this one.
  delete from campaign_forecasts f where f.tenant_id = p_tenant and f.campaign_id = p_id;
  return n;
end $$;

create function finish_campaign(p_tenant uuid, p_id uuid, p_now timestamptz) returns bool language plpgsql as $$
declare
  m call_campaigns;
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id for no key update;
  if not found then
    perform refuse('CY404', 'no such campaign');
  elsif m.status = 'completed' then
    return true;
  elsif m.status <> 'running' then
    perform refuse('CY409', 'the campaign is ' || m.status);
  elsif exists (select 1 from call_queue q where q.tenant_id = p_tenant and q.campaign_id = p_id
      and q.state in ('pending', 'dialing')) then
    return false;
  end if;
  perform move_campaign(p_tenant, p_id, '{running}', 'completed', null, 'finish', 'system', p_now);
  return true;
end $$;

-- The rows of a campaign by what becomes of them; they add up to its rows.
create function campaign_counts(p_tenant uuid, p_id uuid) returns json language sql stable as $$
  select json_build_object(
      'pending', count(*) filter (where q.state = 'pending' and q.attempts = 0),
      'waiting_retry', count(*) filter (where q.state = 'pending' and q.attempts > 0),
      'dialing', count(*) filter (where q.state = 'dialing'),
      'done', count(*) filter (where q.state = 'done'),
      'exhausted', count(*) filter (where q.state = 'exhausted'),
      'suppressed', count(*) filter (where q.state = 'suppressed'),
      'no_credit', count(*) filter (where q.state = 'no_credit'),
      'cancelled', count(*) filter (where q.state = 'cancelled'))
    from call_queue q where q.tenant_id = p_tenant and q.campaign_id = p_id $$;

create type reason_line as (code text, text text, until timestamptz);

-- What keeps a whole campaign from dialing right now, the first thing first.
create function campaign_holdups(p_tenant uuid, p_id uuid, p_now timestamptz)
returns setof reason_line language plpgsql stable as $$
declare
  m call_campaigns;
  live int;
  r record;
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id;
  if m.status <> 'running' then
    return next ('campaign_' || m.status, 'The campaign is ' || m.status
      || coalesce(' (' || m.status_reason || ')', '') || '.', null)::reason_line;
    return;
  end if;
  select count(*) into live from calls k
    where k.tenant_id = p_tenant and k.ended_at is null and k.campaign_id = p_id;
  if live >= m.concurrency then
    return next ('campaign_at_capacity', 'The campaign has as many calls under way as it may: '
      || m.concurrency || '.', null)::reason_line;
  end if;
  for r in select p.scope, p.cap from pools p where p.scope in ('system', 'tenant:' || p_tenant) and p.used >= p.cap
      order by p.scope desc loop
    if r.scope = 'system' then
      return next ('system_at_capacity', 'All lines of the system are in use.', null)::reason_line;
    else
      return next ('tenant_at_capacity', 'All ' || r.cap || ' lines of the account are in use.', null)::reason_line;
    end if;
  end loop;
  if not exists (select 1 from credit_balances b where b.tenant_id = p_tenant and b.balance_micros > 0) then
    return next ('no_credit', 'The balance does not cover another call.', null)::reason_line;
  end if;
  for r in select n.tat from number_rates n where n.phone = m.from_number and n.tat > p_now loop
    return next ('number_rate', 'The calling number may not place calls faster.', r.tat)::reason_line;
  end loop;
end $$;

create function gate_text(p_reason text) returns text language sql immutable as $$
  select case p_reason
    when 'do_not_call' then 'The number is on the do-not-call list.'
    when 'contact_deleted' then 'The contact was deleted.'
    when 'contact_gap' then 'The person was called a short while ago.'
    when 'daily_cap' then 'The person was called often enough today.'
    when 'calling_window' then 'It is outside the calling window where the person is.'
    when 'unknown_time_zone' then 'The person''s time zone is not known, so the calling window cannot be kept.'
    when 'other_call_live' then 'Another call to this person is under way.'
    else p_reason end $$;

create function explain_row(p_tenant uuid, p_campaign uuid, p_contact uuid, p_now timestamptz)
returns table (state text, reasons json) language plpgsql stable as $$
#variable_conflict use_column
declare
  q call_queue;
  m call_campaigns;
  c contacts;
  t tenants;
  g gate_verdict;
  lines reason_line[] := '{}';
begin
  select * into q from call_queue x where x.tenant_id = p_tenant and x.campaign_id = p_campaign
    and x.contact_id = p_contact;
  if not found then
    return;
  end if;
  state := q.state;
  if q.state = 'pending' then
    select * into m from call_campaigns x where x.tenant_id = p_tenant and x.id = p_campaign;
    select * into c from contacts x where x.tenant_id = p_tenant and x.id = p_contact;
    select * into t from tenants x where x.tenant_id = p_tenant;
    if m.status <> 'running' then
      select array_agg(h) into lines from campaign_holdups(p_tenant, p_campaign, p_now) h;
    end if;
    g := dial_gate(c, m, t, p_now);
    if g.verdict <> 'dial' then
      lines := lines || (g.reason, gate_text(g.reason), g.until)::reason_line;
    elsif exists (select 1 from calls k where k.tenant_id = p_tenant and k.contact_id = p_contact
        and k.direction = 'outbound' and k.ended_at is null) then
      lines := lines || ('other_call_live', gate_text('other_call_live'), null)::reason_line;
    end if;
    if q.next_at > p_now then
      lines := lines || (coalesce(q.reason, 'retry'), case when q.reason like 'retry_%' then 'The last attempt ended as '
        || replace(q.last_outcome, '_', ' ') || '; the next one is planned.' else gate_text(coalesce(q.reason, 'Later.')) end,
        q.next_at)::reason_line;
    end if;
    if m.status = 'running' then
      select lines || coalesce(array_agg(h), '{}') into lines from campaign_holdups(p_tenant, p_campaign, p_now) h;
    end if;
    if cardinality(lines) = 0 then
      lines := lines || ('next', 'It is being dialed as soon as the dialer comes to it.', null)::reason_line;
    end if;
  else
    lines := array[(coalesce(q.reason, q.state), case q.state
      when 'dialing' then 'A call to the person is under way.'
      when 'done' then 'The person was reached.'
      when 'exhausted' then 'No attempt is left; the last one ended as ' || coalesce(replace(q.last_outcome, '_', ' '), 'refused') || '.'
      when 'suppressed' then gate_text(coalesce(q.reason, 'do_not_call'))
      when 'cancelled' then 'The campaign was stopped.'
      else 'The balance did not cover the call.' end, null)::reason_line];
  end if;
  select coalesce(json_agg(json_build_object('code', l.code, 'text', l.text, 'until',
      to_char(l.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]') into reasons from unnest(lines) l;
  return next;
end $$;

-- Money ---------------------------------------------------------------------------------

create function top_up(p_tenant uuid, p_amount bigint, p_reference text, p_who text)
returns bool language plpgsql as $$
declare
  was bigint;
begin
  if p_amount <= 0 then
    perform refuse('CY422', 'amount_micros must be above zero');
  end if;
  perform 1 from credit_balances b where b.tenant_id = p_tenant for no key update;
  select l.amount_micros into was from ledger l where l.tenant_id = p_tenant and l.key = 'topup:' || p_reference;
  if found then
    if was <> p_amount then
      perform refuse('CY409', 'this reference was used for another amount');
    end if;
    return false;
  end if;
  insert into ledger (tenant_id, key, kind, amount_micros) values (p_tenant, 'topup:' || p_reference, 'topup', p_amount);
  update credit_balances b set balance_micros = b.balance_micros + p_amount where b.tenant_id = p_tenant;
  update call_queue q set state = 'pending', next_at = now(), reason = null from call_campaigns m
    where q.tenant_id = p_tenant and q.state = 'no_credit' and m.tenant_id = p_tenant and m.id = q.campaign_id
      and m.status = 'running';
  update tenant_route set wake_at = now() where tenant_id = p_tenant;
  perform audit(p_tenant, p_who, 'billing.topup', p_reference, null, jsonb_build_object('amount_micros', p_amount));
  return true;
end $$;

create function ledger_sums(p_tenant uuid)
returns table (balance bigint, held bigint, ledger_balance bigint, ledger_held bigint, orphans bigint)
language sql stable as $$
  select b.balance_micros, b.held_micros, coalesce(s.balance, 0), coalesce(s.held, 0),
      (select count(*) from ledger l where l.tenant_id = p_tenant and l.kind = 'hold' and l.key like '%:1'
        and not exists (select 1 from calls k where k.tenant_id = p_tenant and k.id = l.ref and k.ended_at is null)
        and not exists (select 1 from ledger e where e.tenant_id = p_tenant
          and e.key in ('charge:' || l.ref, 'release:' || l.ref)) and l.amount_micros > 0)
    from credit_balances b left join lateral (
      select sum(case l.kind when 'hold' then -l.amount_micros when 'charge' then 0 else l.amount_micros end)::bigint as balance,
          sum(case l.kind when 'hold' then l.amount_micros when 'charge' then -l.amount_micros
            when 'release' then -l.amount_micros else 0 end)::bigint as held
        from ledger l where l.tenant_id = p_tenant) s on true
    where b.tenant_id = p_tenant $$;

-- Cluster -------------------------------------------------------------------------------

-- What became of a node or of its shards, and by whom. The newest 10,000 entries are kept.
create function note_membership(p_node text, p_incarnation bigint, p_event text, p_by text, p_detail text)
returns void language sql as $$
  with noted as (insert into membership_log (node_id, incarnation, event, by_whom, detail)
    values (p_node, p_incarnation, p_event, p_by, p_detail) returning id)
  delete from membership_log l using noted n where l.id <= n.id - 10000 $$;

-- What follows when a node's row was made `dead`, in the same transaction.
create function note_death(p_node text, p_incarnation bigint, p_event text, p_by text, p_why text)
returns void language plpgsql as $$
begin
  delete from suspicions s where s.of_node = p_node and s.of_incarnation <= p_incarnation;
  update shards s set wanted = null where s.wanted = p_node;
  perform note_membership(p_node, p_incarnation, p_event, p_by, p_why);
  update cluster set version = version + 1;
end $$;

-- Makes a node dead that its lease still keeps alive. CY404: no such node. CY409: it is
-- the one that asks, it is gone already, or no other is left.
create function evict_node(p_node text, p_asked_at text, p_who text, p_why text)
returns setof nodes language plpgsql as $$
declare
  n nodes;
begin
  select * into n from nodes x where x.node_id = p_node for no key update;
  if not found then
    perform refuse('CY404', 'no node ' || p_node);
  elsif p_node = p_asked_at then
    perform refuse('CY409', p_node || ' cannot evict itself; ask another node');
  elsif n.state in ('dead', 'left') then
    perform refuse('CY409', p_node || ' is ' || n.state || ' already');
  elsif not exists (select 1 from nodes o where o.node_id <> p_node and o.state = 'up'
      and o.lease_until > clock_timestamp()) then
    perform refuse('CY409', p_node || ' is the last node; nobody could take its shards');
  end if;
  update nodes x set state = 'dead' where x.node_id = p_node;
  perform note_death(p_node, n.incarnation, 'evicted', p_who, p_why);
  return next n;
end $$;

-- Where an operator wants a shard, until that node drains or dies; null: the placement
-- decides again. Its owner gives it back when it reads this, and the other takes it.
-- CY404: no such shard or node. CY409: the node takes no shards.
create function move_shard(p_kind text, p_id int, p_to text, p_who text, p_why text)
returns setof shards language plpgsql as $$
declare
  s shards;
  n nodes;
begin
  select * into s from shards x where x.kind = p_kind and x.id = p_id for no key update;
  if not found then
    perform refuse('CY404', 'no shard ' || p_kind || '/' || p_id);
  end if;
  if p_to is not null then
    select * into n from nodes x where x.node_id = p_to;
    if not found then
      perform refuse('CY404', 'no node ' || p_to);
    elsif n.state <> 'up' or n.lease_until < clock_timestamp() then
      perform refuse('CY409', p_to || ' takes no shards: '
        || case when n.state = 'up' then 'its lease ran out' else 'it is ' || n.state end);
    end if;
  end if;
  update shards x set wanted = p_to where x.kind = p_kind and x.id = p_id;
  perform note_membership(coalesce(s.owner, '-'), coalesce(s.owner_incarnation, 0), 'shard_move', p_who,
    p_kind || '/' || p_id || ' to ' || coalesce(p_to, 'where the placement says') || ': ' || p_why);
  update cluster set version = version + 1;
  return query select * from shards x where x.kind = p_kind and x.id = p_id;
end $$;

-- Console -------------------------------------------------------------------------------

create function tenant_invariants(p_tenant uuid)
returns table (id text, violations bigint, text text) language sql stable as $$
  select 'I1', (select count(*) from (select 1 from calls k where k.tenant_id = p_tenant and k.campaign_id is not null
      and k.state not in ('not_placed') group by k.campaign_id, k.contact_id, k.attempt_no having count(*) > 1) x),
    'no attempt was sent twice'
  union all select 'I1b', (select count(*) from (select 1 from calls k where k.tenant_id = p_tenant
      and k.direction = 'outbound' and k.contact_id is not null and k.ended_at is null and not k.overdraft
      group by k.contact_id having count(*) > 1) x), 'no person has two live calls'
  union all select 'I3', (select count(*) from pools p where p.scope = 'tenant:' || p_tenant
      and p.used <> (select count(*) from calls k where k.tenant_id = p_tenant and k.ended_at is null)),
    'permits in use are the live calls'
  union all select 'I4', (select count(*) from ledger_sums(p_tenant) s
      where s.balance <> s.ledger_balance or s.held <> s.ledger_held or s.orphans > 0), 'the ledger adds up' $$;

create function system_invariants() returns table (id text, violations bigint, text text)
language plpgsql as $$
#variable_conflict use_column
declare
  r tenant_route;
  live bigint := 0;
  n bigint;
  sums jsonb := '{}';
  texts jsonb := '{}';
  x record;
begin
  for r in select * from tenant_route loop
    perform set_config('app.tenant_id', r.tenant_id::text, true);
    for x in select * from tenant_invariants(r.tenant_id) loop
      sums := sums || jsonb_build_object(x.id, coalesce((sums ->> x.id)::bigint, 0) + x.violations);
      texts := texts || jsonb_build_object(x.id, x.text);
    end loop;
    select count(*) into n from calls k where k.tenant_id = r.tenant_id and k.ended_at is null;
    live := live + n;
  end loop;
  perform set_config('app.tenant_id', '', true);
  sums := sums || jsonb_build_object('I3-system',
    (select count(*) from pools p where p.scope = 'system' and p.used <> live));
  texts := texts || jsonb_build_object('I3-system', 'permits of the system are the live calls');
  return query select k.key, k.value::bigint, texts ->> k.key from jsonb_each_text(sums) k order by k.key;
end $$;

-- How long lines are held and people wait, over all tenants. Read each half minute.
create function work_ages() returns table (permits_used int, permits_max int,
  oldest_permit_s float8, oldest_due_s float8, due_campaigns int)
language plpgsql as $$
declare
  r tenant_route;
  held timestamptz;
  held_first timestamptz;
  due timestamptz;
  due_first timestamptz;
  n int;
begin
  due_campaigns := 0;
  for r in select * from tenant_route loop
    perform set_config('app.tenant_id', r.tenant_id::text, true);
    select min(k.created_at) into held from calls k where k.tenant_id = r.tenant_id and k.ended_at is null;
    held_first := least(held_first, held);
    select min(greatest(q.next_at, c.started_at)), count(*) into due, n
      from call_campaigns c cross join lateral (
        select w.next_at from call_queue w
          where w.tenant_id = c.tenant_id and w.campaign_id = c.id and w.state = 'pending' and w.next_at <= now()
          order by w.next_at, w.row_no limit 1) q
      where c.tenant_id = r.tenant_id and c.status = 'running';
    due_first := least(due_first, due);
    due_campaigns := due_campaigns + n;
  end loop;
  perform set_config('app.tenant_id', '', true);
  oldest_permit_s := coalesce(extract(epoch from clock_timestamp() - held_first), 0);
  oldest_due_s := coalesce(extract(epoch from clock_timestamp() - due_first), 0);
  select p.used, p.cap into permits_used, permits_max from pools p where p.scope = 'system';
end $$;

-- Work that stays in its state for longer than p_patience_s and should not, and why as far
-- as rows tell.
create function stuck_work(p_tenant uuid, p_patience_s int, p_now timestamptz)
returns table (what text, id text, state text, since timestamptz, why text) language plpgsql stable as $$
#variable_conflict use_column
declare
  before timestamptz := p_now - make_interval(secs => p_patience_s);
  m call_campaigns;
  holdup text;
begin
  return query select 'call', public_id('call', k.id), k.state, coalesce(k.placed_at, k.sending_at, k.created_at),
      case k.state
        when 'reserved' then 'never sent; the next reconciliation undoes it'
        when 'sending' then 'no answer was recorded; the next reconciliation asks the provider'
        when 'unknown' then coalesce(k.end_reason, 'answer lost') || '; the provider did not know it '
          || k.misses || ' times'
        else case when k.answered_at is null then 'no word from the provider since it was placed'
          else 'talks for longer than its ' || k.max_call_s || ' s' end end
    from calls k where k.tenant_id = p_tenant and k.ended_at is null and case
      when k.state <> 'placed' then coalesce(k.sending_at, k.created_at) < before
      when k.answered_at is null then k.placed_at < before
      else k.answered_at + make_interval(secs => k.max_call_s) < before end;
  return query select 'analysis', public_id('call', k.id), k.analysis, k.ended_at,
      'waits for its talk or for the insight actor'
    from calls k where k.tenant_id = p_tenant and k.analysis = 'pending' and k.ended_at < before;
  return query select 'import', public_id('imp', i.id), i.status, i.created_at,
      'nobody reads its file any more; the same upload goes on'
    from imports i where i.tenant_id = p_tenant and i.status = 'processing' and i.created_at < before;
  for m in select * from call_campaigns c where c.tenant_id = p_tenant and c.status = 'running'
      and c.started_at < before loop
    if exists (select 1 from call_queue q where q.tenant_id = p_tenant and q.campaign_id = m.id
          and q.state = 'pending' and q.next_at < before)
        and not exists (select 1 from calls k where k.tenant_id = p_tenant and k.campaign_id = m.id
          and (k.ended_at is null or k.created_at > before)) then
      select h.text into holdup from campaign_holdups(p_tenant, m.id, p_now) h limit 1;
      return query select 'campaign', public_id('cmp', m.id), m.status,
        coalesce((select max(k.created_at) from calls k where k.tenant_id = p_tenant and k.campaign_id = m.id),
          m.started_at), coalesce(holdup, 'rows are due and nothing holds them: who-owns shows who should dial');
    end if;
  end loop;
end $$;

-- What holds something for a call that does not live: what must not be left when all is quiet.
create function orphaned_work(p_tenant uuid)
returns table (what text, id text, why text) language sql stable as $$
  select 'permit', p.scope, 'in use ' || p.used || ', live calls ' || n.live
    from pools p, lateral (select count(*) as live from calls k where k.tenant_id = p_tenant and k.ended_at is null) n
    where p.scope = 'tenant:' || p_tenant and p.used <> n.live
  union all
  select 'hold', public_id('call', l.ref), l.amount_micros || ' micros held, neither charged nor released'
    from ledger l where l.tenant_id = p_tenant and l.kind = 'hold' and l.key like '%:1' and l.amount_micros > 0
      and not exists (select 1 from calls k where k.tenant_id = p_tenant and k.id = l.ref and k.ended_at is null)
      and not exists (select 1 from ledger e where e.tenant_id = p_tenant
        and e.key in ('charge:' || l.ref, 'release:' || l.ref))
  union all
  select 'row', public_id('ctc', q.contact_id), 'dialing in ' || public_id('cmp', q.campaign_id) || ' without a live call'
    from call_queue q where q.tenant_id = p_tenant and q.state = 'dialing'
      and not exists (select 1 from calls k where k.tenant_id = p_tenant and k.campaign_id = q.campaign_id
        and k.contact_id = q.contact_id and k.ended_at is null) $$;

-- The least version 7 UUID of a time.
create function uuid_floor(at timestamptz) returns uuid language sql immutable as
$$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- What was given up since p_since and stays so until somebody does something.
create function given_up(p_tenant uuid, p_since timestamptz)
returns table (kind text, id text, at timestamptz, why text, replay bool) language sql stable as $$
  select 'analysis', public_id('call', k.id), a.created_at, coalesce(a.error, 'no reason kept'), true
    from calls k left join lead_analytics a on a.tenant_id = k.tenant_id and a.call_id = k.id
    where k.tenant_id = p_tenant and k.analysis = 'failed' and k.id >= uuid_floor(p_since)
  union all
  select 'call', public_id('call', k.id), k.ended_at,
      'the provider knew nothing of it; whether it rang is not known', false
    from calls k where k.tenant_id = p_tenant and k.id >= uuid_floor(p_since) and k.state = 'lost'
  union all
  select 'import', public_id('imp', i.id), i.completed_at, coalesce(i.error_code || ': ' || i.error_message, 'failed'),
      false
    from imports i where i.tenant_id = p_tenant and i.status = 'failed' and i.created_at >= p_since $$;

-- Lets failed analyses be tried again: of one call, or of all since p_since. CY409: that
-- call's did not fail.
create function replay_given_up(p_tenant uuid, p_call uuid, p_since timestamptz, p_who text)
returns int language plpgsql as $$
declare
  n int;
begin
  update calls k set analysis = 'pending' where k.tenant_id = p_tenant and k.analysis = 'failed'
    and case when p_call is null then k.id >= uuid_floor(p_since) else k.id = p_call end;
  get diagnostics n = row_count;
  if n = 0 and p_call is not null then
    perform refuse('CY409', 'that call has no failed analysis');
  end if;
  perform audit(p_tenant, p_who, 'analysis.replay', public_id('call', p_call), null, jsonb_build_object('calls', n));
  perform wake_tenant(p_tenant);
  return n;
end $$;

-- What the alarms of a node watch in the rows, over all tenants.
create function alarm_facts(p_patience_s int, p_now timestamptz)
returns table (stuck bigint, doubtful bigint, doubtful_since timestamptz, no_credit bigint, lost bigint,
    not_analysed bigint, permits_off bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  r tenant_route;
  before timestamptz := p_now - make_interval(secs => p_patience_s);
  live bigint := 0;
  n bigint;
  since timestamptz;
begin
  stuck := 0; doubtful := 0; no_credit := 0; lost := 0; not_analysed := 0; permits_off := 0;
  for r in select * from tenant_route loop
    perform set_config('app.tenant_id', r.tenant_id::text, true);
    stuck := stuck + (select count(*) from stuck_work(r.tenant_id, p_patience_s, p_now));
    select count(*) into n from calls k where k.tenant_id = r.tenant_id and k.ended_at is null;
    live := live + n;
    permits_off := permits_off
      + (select count(*) from pools p where p.scope = 'tenant:' || r.tenant_id and p.used <> n);
    select count(*), min(k.sending_at) into n, since from calls k
      where k.tenant_id = r.tenant_id and k.ended_at is null and k.state = 'unknown' and k.sending_at < before;
    doubtful := doubtful + n;
    doubtful_since := least(doubtful_since, since);
    no_credit := no_credit + (select count(*) from credit_balances b where b.tenant_id = r.tenant_id
      and b.balance_micros <= 0 and exists (select 1 from call_campaigns c
        where c.tenant_id = r.tenant_id and c.status = 'running'));
    lost := lost + (select count(*) from calls k where k.tenant_id = r.tenant_id
      and k.id >= uuid_floor(p_now - interval '1 hour') and k.state = 'lost');
    not_analysed := not_analysed + (select count(*) from calls k where k.tenant_id = r.tenant_id
      and k.analysis = 'failed' and k.id >= uuid_floor(p_now - interval '1 hour'));
  end loop;
  perform set_config('app.tenant_id', '', true);
  permits_off := permits_off + (select count(*) from pools p where p.scope = 'system' and p.used <> live);
  return next;
end $$;

-- The tenant of a call, for the rare callback that names only the call: asks each tenant.
create function tenant_of_call(p_call uuid) returns uuid language plpgsql as $$
declare
  r tenant_route;
begin
  for r in select * from tenant_route loop
    perform set_config('app.tenant_id', r.tenant_id::text, true);
    if exists (select 1 from calls k where k.tenant_id = r.tenant_id and k.id = p_call) then
      return r.tenant_id;
    end if;
  end loop;
  return null;
end $$;

create function sleep_tenant(p_tenant uuid) returns bool language plpgsql as $$
begin
  perform 1 from tenant_route r where r.tenant_id = p_tenant for no key update;
  if exists (select 1 from call_campaigns c where c.tenant_id = p_tenant and c.status = 'running')
      or exists (select 1 from calls k where k.tenant_id = p_tenant and k.ended_at is null)
      or exists (select 1 from calls k where k.tenant_id = p_tenant and k.analysis = 'pending') then
    return false;
  end if;
  update tenant_route r set wake_at = null where r.tenant_id = p_tenant;
  return true;
end $$;

-- Documents that a statement reads after a function has changed or entered something.
create function tenant_of(p_tenant uuid) returns setof tenants language plpgsql as $$
begin
  return query select * from tenants t where t.tenant_id = p_tenant;
end $$;

create function balance_of(p_tenant uuid) returns setof credit_balances language plpgsql as $$
begin
  return query select * from credit_balances b where b.tenant_id = p_tenant;
end $$;

create function top_up_answer(p_tenant uuid, p_amount bigint, p_reference text, p_who text)
returns table (tenant uuid, applied bool) language plpgsql as $$
begin
  applied := top_up(p_tenant, p_amount, p_reference, p_who);
  tenant := p_tenant;
  return next;
end $$;

create function set_number(p_tenant uuid, p_phone text, p_agent uuid, p_provider text, p_who text)
returns void language plpgsql as $$
begin
  insert into phone_numbers as n (phone, tenant_id, provider, agent_id)
    values (p_phone, p_tenant, p_provider, p_agent)
    on conflict (phone) do update set provider = excluded.provider, agent_id = excluded.agent_id
      where n.tenant_id = p_tenant;
  if not found then
    perform refuse('CY409', 'the number belongs to another account');
  end if;
  perform audit(p_tenant, p_who, 'number.set', null);
end $$;

create function delete_campaign(p_tenant uuid, p_id uuid, p_who text) returns void language plpgsql as $$
declare
  s text;
begin
  select c.status into s from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id for update;
  if not found then
    perform refuse('CY404', 'no such campaign');
  elsif s <> 'draft' then
    perform refuse('CY409', 'the campaign is ' || s || '; only a draft can be deleted');
  end if;
  delete from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id;
  perform audit(p_tenant, p_who, 'campaign.delete', public_id('cmp', p_id));
end $$;

create function validate_campaign(p_tenant uuid, p_id uuid, p_now timestamptz)
returns table (status text, ok bool, rows bigint, dialable bigint, problems json)
language plpgsql stable as $$
#variable_conflict use_column
declare
  m call_campaigns;
  i imports;
  found_problems jsonb := '[]';
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id;
  if not found then
    return;
  end if;
  select * into i from imports x where x.tenant_id = p_tenant and x.id = m.import_id;
  select count(*), count(*) filter (where not l.suppressed and c.is_active
      and not exists (select 1 from suppressions s where s.tenant_id = p_tenant and s.phone = c.phone)
      and (m.window_from is null or c.time_zone is not null))
    into rows, dialable
    from import_contacts l join contacts c on c.tenant_id = p_tenant and c.id = l.contact_id
    where l.tenant_id = p_tenant and l.import_id = m.import_id;
  if i.status <> 'completed' then
    found_problems := found_problems || jsonb_build_object('code', 'import_' || i.status, 'text', 'The import is ' || i.status || '.');
  end if;
  if rows = 0 then
    found_problems := found_problems || jsonb_build_object('code', 'no_contacts', 'text', 'The import has no contacts.');
  elsif dialable = 0 then
    found_problems := found_problems || jsonb_build_object('code', 'nobody_to_dial',
      'text', 'Every contact is on the do-not-call list, deleted or without a time zone for the calling window.');
  end if;
  if not exists (select 1 from agents a where a.tenant_id = p_tenant and a.id = m.agent_id and a.enabled) then
    found_problems := found_problems || jsonb_build_object('code', 'agent_disabled', 'text', 'The agent is not enabled.');
  end if;
  if not exists (select 1 from credit_balances b where b.tenant_id = p_tenant and b.balance_micros > 0) then
    found_problems := found_problems || jsonb_build_object('code', 'no_credit', 'text', 'The balance is empty.');
  end if;
  status := m.status; ok := found_problems = '[]'; problems := found_problems::json;
  return next;
end $$;

create function campaign_progress(p_tenant uuid, p_id uuid, p_now timestamptz)
returns table (status text, status_reason text, rows bigint, counts json, outcomes json, live bigint,
    eta_s bigint, waiting_for text, charged_micros bigint, attempts bigint)
language plpgsql stable as $$
#variable_conflict use_column
declare
  m call_campaigns;
  waiting bigint;
  due bigint;
  settled_rows bigint;
  elapsed numeric;
begin
  select * into m from call_campaigns c where c.tenant_id = p_tenant and c.id = p_id;
  if not found then
    return;
  end if;
  status := m.status; status_reason := m.status_reason;
  select count(*), count(*) filter (where q.state = 'pending'),
      count(*) filter (where q.state = 'pending' and q.next_at <= p_now),
      count(*) filter (where q.state in ('done', 'exhausted'))
    into rows, waiting, due, settled_rows
    from call_queue q where q.tenant_id = p_tenant and q.campaign_id = p_id;
  counts := campaign_counts(p_tenant, p_id);
  select coalesce(json_object_agg(x.status, x.n) filter (where x.status is not null), '{}'),
      coalesce(sum(x.n), 0), coalesce(sum(x.charged), 0)
    into outcomes, attempts, charged_micros
    from (select case when k.ended_at is not null then k.status end as status, count(*) as n,
        sum(k.charged_micros) as charged
      from calls k where k.tenant_id = p_tenant and k.campaign_id = p_id and k.state <> 'not_placed' group by 1) x;
  select count(*) into live from calls k where k.tenant_id = p_tenant and k.ended_at is null and k.campaign_id = p_id;
  if m.status = 'running' then
    elapsed := extract(epoch from p_now - m.started_at);
    if settled_rows > 0 and elapsed > 0 and waiting + live > 0 then
      eta_s := ceil((waiting + live) * elapsed / settled_rows);
    end if;
    if waiting > 0 then
      select h.code into waiting_for from campaign_holdups(p_tenant, p_id, p_now) h limit 1;
      if waiting_for is null and due = 0 then
        select case when q.reason like 'retry_%' then 'retry' else coalesce(q.reason, 'retry') end into waiting_for
          from call_queue q where q.tenant_id = p_tenant and q.campaign_id = p_id and q.state = 'pending'
          order by q.next_at, q.row_no limit 1;
      end if;
    end if;
  end if;
  return next;
end $$;
