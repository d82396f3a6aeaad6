-- What peers and floors store; each part of the benchmark fills its own tables.
create or replace function hook_rank(status text) returns int language sql immutable as $$
  select array_position('{queued,initiated,ringing,in-progress,completed}', status) $$;

drop table if exists hook_events, hook_calls, list_calls, import_rows, dial_rows;

create table hook_calls (
  id uuid primary key,
  status text not null default 'queued',
  provider_call_id text,
  answered_at timestamptz
) with (fillfactor = 60);

create table hook_events (
  call_id uuid not null,
  event_key text not null,
  kind text not null,
  at timestamptz not null default now(),
  primary key (call_id, event_key)
);

create table list_calls (
  tenant_id int not null,
  id uuid not null,
  agent_id int not null,
  direction text not null,
  from_number text not null,
  to_number text not null,
  status text not null,
  sentiment text,
  duration_s int,
  charged_micros bigint,
  summary text,
  recording_url text,
  started_at timestamptz not null,
  ended_at timestamptz
);

create table import_rows (
  id bigserial primary key,
  name text not null,
  phone text not null unique,
  email text,
  variables jsonb
);

create table dial_rows (
  id bigint primary key,
  tenant_id int not null,
  phone text not null,
  name text not null,
  variables jsonb,
  status text not null default 'pending',
  attempts int not null default 0,
  dialed_at timestamptz,
  completed_at timestamptz
) with (fillfactor = 40);
