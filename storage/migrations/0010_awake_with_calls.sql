-- A tenant with a live call is awake: whoever takes its shard over looks after the call, also
-- when nothing but the call was going on. Takes the lock that `sleep_tenant` takes, so that one
-- of both sees what the other did.
create function keep_awake(p_tenant uuid) returns void language plpgsql as $$
begin
  perform 1 from tenant_route r where r.tenant_id = p_tenant for no key update;
  perform wake_tenant(p_tenant);
end $$;
