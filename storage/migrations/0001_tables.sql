-- Tables of Caly. Every table with a tenant_id has forced row-level security (see the end);
-- the few without it route requests to tenants or hold the cluster's own state.

do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'caly_app') then
    create role caly_app nologin nosuperuser nobypassrls;
  end if;
  execute format('grant caly_app to %I', current_user);
end $$;

-- The tenants of the current transaction, set by SET LOCAL app.tenant_id: one, or for the
-- steps of the dial protocol the several whose calls a batch is about, with commas between;
-- null when unset.
create function app_tenants() returns uuid[] language sql stable parallel safe as
$$ select string_to_array(nullif(current_setting('app.tenant_id', true), ''), ',')::uuid[] $$;

-- Accounts ------------------------------------------------------------------------------

create table tenants (
  tenant_id uuid primary key,
  name text not null,
  time_zone text not null default 'Asia/Kolkata',
  default_country text not null default 'IN',
  concurrent_calls_max int not null default 5 check (concurrent_calls_max between 0 and 10000),
  daily_cap_per_contact int not null default 5 check (daily_cap_per_contact between 1 and 100),
  contact_gap_s int not null default 0 check (contact_gap_s between 0 and 2592000),
  created_at timestamptz not null default now()
);

-- Which tenant needs an owner: routing only, no personal data.
create table tenant_route (
  tenant_id uuid primary key,
  shard int not null,
  wake_at timestamptz
);
create index tenant_route_awake on tenant_route (shard) where wake_at is not null;

create table users (
  tenant_id uuid not null references tenants,
  id uuid not null,
  email text not null,
  password_hash text,
  role text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
  is_active bool not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- E-mail addresses are unique over all tenants; sign-in finds its tenant here.
create table user_logins (
  email text primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  foreign key (tenant_id, user_id) references users on delete cascade
);

create table refresh_tokens (
  token_hash text primary key,
  family uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index refresh_tokens_family on refresh_tokens (family);

create table idempotency_keys (
  tenant_id uuid not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash text not null,
  status int,
  body text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, route, key)
);

create table audit_log (
  tenant_id uuid,
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  target text,
  reason text,
  detail jsonb not null default '{}'
);

-- Agents --------------------------------------------------------------------------------

create table agents (
  tenant_id uuid not null references tenants,
  id uuid not null,
  slug text not null,
  name text not null,
  sector text not null,
  kind text not null,
  languages text[] not null,
  enabled bool not null default true,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);

-- A version is never changed, so that a running campaign keeps the one it started with.
create table agent_versions (
  tenant_id uuid not null,
  agent_id uuid not null,
  version int not null,
  profile jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, agent_id, version),
  foreign key (tenant_id, agent_id) references agents
);

-- Called number -> tenant and agent: one look-up for an inbound call.
create table phone_numbers (
  phone text primary key,
  tenant_id uuid not null,
  provider text not null default 'twilio',
  agent_id uuid,
  foreign key (tenant_id, agent_id) references agents
);

-- People --------------------------------------------------------------------------------

create table contacts (
  tenant_id uuid not null,
  id uuid not null,
  phone text not null,
  name text not null default '',
  tags text[] not null default '{}',
  status text not null default 'new',
  time_zone text,
  variables jsonb not null default '{}',
  last_dialed_at timestamptz,
  dialed_on date,
  dialed_count int not null default 0,
  is_active bool not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, phone)
) with (fillfactor = 80);

create table suppressions (
  tenant_id uuid not null references tenants,
  phone text not null,
  reason text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, phone)
);

create table imports (
  tenant_id uuid not null references tenants,
  id uuid not null,
  content_key text not null, -- sha256 of file, country and mapping: the same file is the same import
  file_name text not null,
  default_country text not null,
  mapping jsonb not null default '{}',
  columns jsonb not null default '[]',
  sample jsonb not null default '[]',
  status text not null default 'processing' check (status in ('processing', 'completed', 'failed')),
  rows int not null default 0,
  imported int not null default 0,
  updated int not null default 0,
  duplicate_in_file int not null default 0,
  duplicate_in_system int not null default 0,
  suppressed int not null default 0,
  invalid int not null default 0,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, content_key),
  check (status <> 'completed' or rows = imported + updated + duplicate_in_file
         + duplicate_in_system + suppressed + invalid)
);

-- The people of an import in file order, with the row's own variables.
create table import_contacts (
  tenant_id uuid not null,
  import_id uuid not null,
  contact_id uuid not null,
  row_no int not null,
  variables jsonb not null default '{}',
  suppressed bool not null default false,
  primary key (tenant_id, import_id, contact_id)
);

create table import_errors (
  tenant_id uuid not null,
  import_id uuid not null,
  row_no int not null,
  code text not null,
  message text not null,
  suggestion text not null default '',
  cells jsonb not null,
  primary key (tenant_id, import_id, row_no)
);

-- Campaigns -----------------------------------------------------------------------------

create table call_campaigns (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  status text not null default 'draft'
    check (status in ('draft', 'running', 'paused', 'completed', 'stopped')),
  status_reason text,
  agent_id uuid not null,
  agent_version int not null,
  import_id uuid not null,
  from_number text not null,
  concurrency int not null check (concurrency between 1 and 1000),
  max_attempts int not null default 3 check (max_attempts between 1 and 10),
  busy_delay_s int not null default 1800,
  no_answer_delay_s int not null default 3600,
  voicemail_delay_s int not null default 14400,
  failed_delay_s int not null default 900,
  retry_lost bool not null default false,
  window_from time,
  window_to time,
  window_days int[] not null default '{1,2,3,4,5,6,7}'
    check (cardinality(window_days) > 0 and window_days <@ '{1,2,3,4,5,6,7}'),
  breaker_window int not null default 20,
  breaker_ratio real not null default 0.5,
  max_call_s int not null default 600 check (max_call_s between 10 and 14400),
  version int not null default 1,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, agent_id, agent_version) references agent_versions,
  foreign key (tenant_id, import_id) references imports,
  check ((window_from is null) = (window_to is null) and window_from < window_to)
);

create table call_queue (
  tenant_id uuid not null,
  campaign_id uuid not null,
  contact_id uuid not null,
  row_no int not null,
  state text not null default 'pending' check (state in
    ('pending', 'dialing', 'done', 'exhausted', 'suppressed', 'no_credit', 'cancelled')),
  attempts int not null default 0,
  next_at timestamptz not null default '-infinity',
  last_outcome text,
  reason text,
  primary key (tenant_id, campaign_id, contact_id),
  foreign key (tenant_id, campaign_id) references call_campaigns
) with (fillfactor = 70);
create index call_queue_due on call_queue (tenant_id, campaign_id, next_at, row_no)
  where state = 'pending';

-- What was predicted when a campaign started, or was started again, and is never changed.
create table campaign_forecasts (
  tenant_id uuid not null,
  campaign_id uuid not null,
  made_at timestamptz not null,
  forecast jsonb not null,
  primary key (tenant_id, campaign_id),
  foreign key (tenant_id, campaign_id) references call_campaigns
);

-- Calls ---------------------------------------------------------------------------------

-- An outbound attempt and the conversation that may follow are one row: the attempt's
-- dial-protocol state is `state`, what people see is `status`. A row whose state is
-- reserved, sending, placed or unknown holds one permit of each pool.
create table calls (
  tenant_id uuid not null,
  id uuid not null,
  direction text not null check (direction in ('outbound', 'inbound')),
  state text not null check (state in
    ('reserved', 'sending', 'placed', 'unknown', 'ended', 'not_placed', 'lost')),
  status text not null default 'queued',
  campaign_id uuid,
  contact_id uuid,
  attempt_no int not null default 1,
  agent_id uuid not null,
  agent_version int not null,
  to_number text not null,
  from_number text not null,
  provider text not null,
  provider_call_id text,
  variables jsonb not null default '{}',
  node text not null,
  fence bigint not null,
  max_call_s int not null,
  last_sequence int not null default -1,
  hold_micros bigint not null default 0,
  charged_micros bigint not null default 0,
  holds int not null default 0,
  overdraft bool not null default false,
  misses int not null default 0,
  missed_since timestamptz,
  answered_by text,
  end_reason text,
  duration_s int,
  created_at timestamptz not null default now(),
  sending_at timestamptz,
  placed_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  analysis text not null default 'none' check (analysis in ('none', 'pending', 'done', 'failed')),
  primary key (tenant_id, id),
  check ((ended_at is null) = (state in ('reserved', 'sending', 'placed', 'unknown')))
) with (fillfactor = 60);
-- What at most one live call may have: of an outbound call its person, of others and of
-- given-up calls that came back themselves.
create function call_slot(direction text, overdraft bool, contact_id uuid, id uuid) returns uuid
language sql immutable parallel safe as
$$ select case when direction = 'outbound' and not overdraft then contact_id else id end $$;

-- A call is live while ended_at is null: unlike `state` it does not change until the end,
-- so that the updates in between touch no index. One index finds the live calls of a
-- tenant and keeps a person from having two.
create unique index calls_live on calls (tenant_id, call_slot(direction, overdraft, contact_id, id))
  where ended_at is null;
create index calls_overdraft on calls (tenant_id, contact_id) where overdraft and ended_at is null;
create index calls_by_campaign on calls (tenant_id, campaign_id, id);
create index calls_to_analyse on calls (tenant_id) where analysis = 'pending';
create index calls_not_analysed on calls (tenant_id, id) where analysis = 'failed';

-- Whose call a provider's id names. Apart from `calls`, so that learning it touches none of
-- that table's indexes.
create table call_provider_ids (
  tenant_id uuid not null,
  provider text not null,
  provider_call_id text not null,
  call_id uuid not null,
  primary key (tenant_id, provider, provider_call_id)
);

create table call_events (
  tenant_id uuid not null,
  call_id uuid not null,
  event_key text not null,
  kind text not null,
  at timestamptz not null default now(),
  detail jsonb not null default '{}',
  primary key (tenant_id, call_id, event_key)
);

create table transcript_turns (
  tenant_id uuid not null,
  call_id uuid not null,
  seq int not null,
  role text not null check (role in ('agent', 'caller', 'tool')),
  text text not null,
  language text,
  at timestamptz not null default now(),
  primary key (tenant_id, call_id, seq)
);

create table lead_analytics (
  tenant_id uuid not null,
  call_id uuid not null,
  status text not null check (status in ('done', 'failed')),
  sentiment text,
  outcome text,
  summary text,
  extracted jsonb not null default '{}',
  grade text,
  model text not null,
  error text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, call_id)
);

-- Who speaks in a call. `session` counts how often that changed: what an earlier session
-- writes is refused.
create table call_sessions (
  tenant_id uuid not null,
  call_id uuid not null,
  session int not null,
  node text not null,
  since timestamptz not null default now(),
  primary key (tenant_id, call_id)
) with (fillfactor = 70);

-- What agents did for people; one effect per tool call of the model, and per thing done.
create table actions (
  tenant_id uuid not null,
  call_id uuid not null,
  tool_call_id text not null,
  kind text not null,
  arguments jsonb not null default '{}',
  result jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, call_id, tool_call_id)
);

-- Lines and money -----------------------------------------------------------------------

-- `used` caches the number of live calls of its scope and changes with them in one
-- transaction. Scopes: system, tenant:<uuid>. `guaranteed` and `weight` say how the dial
-- scheduler shares the system's lines out. A number's row carries its call rate (GCRA).
create table pools (
  scope text primary key,
  cap int not null check (cap >= 0),
  used int not null default 0 check (used >= 0),
  guaranteed int not null default 0 check (guaranteed >= 0),
  weight int not null default 1 check (weight between 1 and 100)
) with (fillfactor = 20);

create table number_rates (
  phone text primary key,
  calls_per_s real check (calls_per_s > 0), -- null: the node's setting
  tat timestamptz not null default '-infinity'
) with (fillfactor = 20);

create table credit_balances (
  tenant_id uuid primary key references tenants,
  balance_micros bigint not null default 0 check (balance_micros >= 0),
  held_micros bigint not null default 0 check (held_micros >= 0)
) with (fillfactor = 20);

-- Append-only. Amounts: topup and adjust change the balance; hold moves balance to held,
-- release moves it back, charge takes from held.
create table ledger (
  tenant_id uuid not null,
  key text not null,
  kind text not null check (kind in ('topup', 'hold', 'charge', 'release', 'adjust')),
  amount_micros bigint not null check (kind = 'adjust' or amount_micros >= 0),
  ref uuid,
  at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index ledger_by_time on ledger (tenant_id, at desc, key);

-- Cluster -------------------------------------------------------------------------------

create sequence fence_seq;
create sequence incarnation_seq;

create table cluster (
  one bool primary key default true check (one),
  version bigint not null default 1
);
insert into cluster default values;

create table nodes (
  node_id text primary key,
  incarnation bigint not null,
  basp_host text not null,
  basp_port int not null,
  http_url text not null,
  build text not null,
  state text not null check (state in ('joining', 'up', 'draining', 'left', 'dead')),
  lease_until timestamptz not null,
  capacity float8 not null default 1 check (capacity > 0),
  process text not null default '', -- tells runs of the program under one name apart
  proto_min int not null default 1,
  proto_max int not null default 1,
  config_hash text not null default '', -- of the settings that all nodes share
  shared_config jsonb not null default '{}', -- these settings; secrets as digests
  started_at timestamptz not null default now(),
  load jsonb not null default '{}'
) with (fillfactor = 20);

create table shards (
  kind text not null,
  id int not null,
  owner text,
  owner_incarnation bigint,
  fence bigint not null default 0,
  wanted text, -- where an operator wants it; null: where the placement says
  moved_at timestamptz not null default now(),
  primary key (kind, id)
) with (fillfactor = 50);
insert into shards (kind, id) select 'tenant', i from generate_series(0, 127) i;
insert into shards (kind, id) values ('scheduler', 0);

-- Who could not reach whom, and when last; counts for seconds only.
create table suspicions (
  of_node text not null,
  of_incarnation bigint not null,
  by_node text not null,
  by_incarnation bigint not null,
  at timestamptz not null,
  primary key (of_node, of_incarnation, by_node)
) with (fillfactor = 50);

create table membership_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  node_id text not null,
  incarnation bigint not null,
  event text not null,
  by_whom text, -- a node, or `console:asha@n1`
  detail text
);

-- Keys ----------------------------------------------------------------------------------

-- Keys compare by their bytes: cheaper, and an index does not depend on the sort order of
-- the server's locale, which changes with its C library.
do $$
declare c record;
begin
  for c in select distinct a.attrelid::regclass as t, a.attname as n
      from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
      where x.indrelid in (select k.oid from pg_class k where k.relnamespace = 'public'::regnamespace)
        and a.atttypid = 'text'::regtype loop
    execute format('alter table %s alter column %I type text collate "C"', c.t, c.n);
  end loop;
end $$;

-- Statistics ----------------------------------------------------------------------------

-- Nothing chooses a plan by what documents hold, and comparing them is dear.
do $$
declare c record;
begin
  for c in select table_name as t, column_name as n from information_schema.columns
      where table_schema = 'public' and data_type = 'jsonb' loop
    execute format('alter table %I alter column %I set statistics 0', c.t, c.n);
  end loop;
end $$;

-- Row-level security --------------------------------------------------------------------

-- `is true` keeps the policy a pure filter: it never chooses an index. Every statement
-- names its tenant itself, and so decides alone how its rows are found.
do $$
declare t text;
begin
  foreach t in array array['tenants', 'users', 'idempotency_keys', 'agents',
      'agent_versions', 'contacts', 'suppressions', 'imports', 'import_contacts',
      'import_errors', 'call_campaigns', 'call_queue', 'campaign_forecasts', 'calls', 'call_provider_ids', 'call_events',
      'call_sessions', 'transcript_turns', 'lead_analytics', 'actions', 'credit_balances', 'ledger'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_wall on %I using ((tenant_id = any ((select app_tenants())::uuid[])) is true) '
                   'with check ((tenant_id = any ((select app_tenants())::uuid[])) is true)', t);
  end loop;
end $$;

-- Platform events carry no tenant; a tenant reads only its own.
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy tenant_wall on audit_log using ((tenant_id = any ((select app_tenants())::uuid[])) is true)
  with check (tenant_id is null or (tenant_id = any ((select app_tenants())::uuid[])) is true);

-- Attempts under the name that operators know.
create view attempts with (security_invoker = true) as
  select tenant_id, id, campaign_id, contact_id, attempt_no, state, status, provider,
         provider_call_id, node, fence, created_at, sending_at, placed_at, ended_at
    from calls where direction = 'outbound';

grant usage on schema public to caly_app;
grant select, insert, update, delete on all tables in schema public to caly_app;
grant usage on all sequences in schema public to caly_app;
revoke update, delete on ledger, audit_log from caly_app;
