-- Which process reads the file of an import. When it is gone, nobody reads on.

alter table imports
  add column process text, -- as in nodes; null: of a build that did not say so
  add column taken_at timestamptz;

-- The import is not over, and the process that had its file is not a member any more. A node's
-- lease may lapse for half a minute without that.
create function is_interrupted(i imports) returns bool language sql stable as $$
  select i.status = 'processing' and i.process is not null
    and i.taken_at < clock_timestamp() - interval '10 seconds'
    and not exists (select 1 from nodes n where n.process = i.process
      and n.state in ('joining', 'up', 'draining')
      and n.lease_until > clock_timestamp() - interval '30 seconds') $$;
