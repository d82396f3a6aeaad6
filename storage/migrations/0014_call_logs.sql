-- What the actors of calls were told and did, to be replayed (actors/call/log/README.md).

-- One for each actor that tended the call: a call that went on at another node has two.
create table call_logs (
  tenant_id uuid not null,
  call_id uuid not null,
  began_at_ms bigint not null,
  node text not null,
  events int not null,
  log text not null, -- JSON
  kept_at timestamptz not null default now(),
  primary key (tenant_id, call_id, began_at_ms, node)
);
create index call_logs_kept on call_logs (tenant_id, kept_at);

alter table call_logs enable row level security;
alter table call_logs force row level security;
create policy tenant_wall on call_logs using ((tenant_id = any ((select app_tenants())::uuid[])) is true)
  with check ((tenant_id = any ((select app_tenants())::uuid[])) is true);
grant select, insert, update, delete on call_logs to caly_app;
