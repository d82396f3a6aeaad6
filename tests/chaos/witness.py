"""Sees in the writing transaction itself under which fence a node dials."""
from evidence import Verdict

INSTALL = """
create schema witness;
create table witness.old_fences (call_id uuid, state text, fence bigint, newest bigint,
  at timestamptz not null default clock_timestamp());
create function witness.look() returns trigger language plpgsql security definer as $$
begin
  insert into witness.old_fences (call_id, state, fence, newest)
    select new.id, new.state, new.fence, s.fence
      from public.tenant_route r join public.shards s on s.kind = 'tenant' and s.id = r.shard
      where r.tenant_id = new.tenant_id and s.fence > new.fence;
  return null;
end $$;
create trigger witness_made after insert on calls for each row
  when (new.direction = 'outbound') execute function witness.look();
create trigger witness_sent after update of state on calls for each row
  when (new.state = 'sending' and old.state <> 'sending') execute function witness.look();
"""


class FenceWatch:
    """Who owns a shard holds its row locked until it commits, so the trigger cannot see a
    newer fence than the owner's own."""

    def __init__(self, rows):
        self.rows = rows
        rows.run(INSTALL)

    def verdict(self):
        found = self.rows.ask("select * from witness.old_fences order by at")
        dialed = self.rows.one("select count(*) from calls where direction = 'outbound'")
        return Verdict(
            "I9", "nothing is dialed under a fence that a newer one replaced", f"{dialed} calls",
            [f"call {row['call_id']} became {row['state']} under {row['fence']}, the shard had {row['newest']}"
             for row in found])
