-- Forgets a person: what was said with them, what is known of them, and their number. What remains of their calls is what the books
-- need: when, how long, how it ended, what it cost. The number stays on the do-not-call list alone, so that no file brings them back.
-- Audio is deleted by who has it, as in 0009_recordings.sql. Erasing twice changes nothing more.
--
-- CY404: no such contact. CY409: they are in a call, or were a moment ago, and the last of it is still being written.
create function erase_person(p_tenant uuid, p_contact uuid, p_who text, p_now timestamptz, out calls bigint, out parts bigint)
language plpgsql as $$
declare
  person contacts;
  theirs uuid[];
begin
  select * into person from contacts c where c.tenant_id = p_tenant and c.id = p_contact for update;
  if not found then
    perform refuse('CY404', 'no such contact');
  end if;
  calls := 0;
  parts := 0;
  if person.status = 'erased' then
    return;
  end if;
  -- First, so that nobody dials them from here on.
  insert into suppressions (tenant_id, phone, reason, created_at)
    values (p_tenant, person.phone, 'erased', p_now) on conflict do nothing;
  update call_queue q set state = 'suppressed', reason = 'erased'
    where q.tenant_id = p_tenant and q.contact_id = p_contact and q.state = 'pending';
  select coalesce(array_agg(k.id), '{}') into theirs from calls k
    where k.tenant_id = p_tenant and (k.contact_id = p_contact
      or case k.direction when 'inbound' then k.from_number else k.to_number end = person.phone);
  if exists (select from calls k where k.tenant_id = p_tenant and k.id = any (theirs)
      and (k.ended_at is null or k.ended_at > p_now - interval '10 s')) then
    perform refuse('CY409', 'the person is in a call, or was a moment ago; try again when it is over');
  end if;
  calls := cardinality(theirs);

  update recordings r set state = case r.state when 'failed' then 'erased' else 'erasing' end, peaks = null
    where r.tenant_id = p_tenant and r.call_id = any (theirs) and r.state not in ('erasing', 'erased');
  get diagnostics parts = row_count;
  delete from transcript_turns x where x.tenant_id = p_tenant and x.call_id = any (theirs);
  delete from call_logs x where x.tenant_id = p_tenant and x.call_id = any (theirs);
  delete from call_slots x where x.tenant_id = p_tenant and x.call_id = any (theirs);
  delete from lead_analytics x where x.tenant_id = p_tenant and x.call_id = any (theirs);
  update actions x set arguments = '{}', result = '{}' where x.tenant_id = p_tenant and x.call_id = any (theirs);
  update call_events x set detail = '{}' where x.tenant_id = p_tenant and x.call_id = any (theirs);
  update call_transfers x set name = '', briefing = '', reason = null
    where x.tenant_id = p_tenant and x.call_id = any (theirs);
  update calls k set variables = '{}', analysis = case when k.analysis = 'done' then 'done' else 'none' end,
      to_number = case k.direction when 'inbound' then k.to_number else 'erased' end,
      from_number = case k.direction when 'inbound' then 'erased' else k.from_number end
    where k.tenant_id = p_tenant and k.id = any (theirs);
  update contacts c set phone = 'erased ' || c.id, name = '', tags = '{}', variables = '{}', time_zone = null,
      status = 'erased', is_active = false, updated_at = p_now
    where c.tenant_id = p_tenant and c.id = p_contact;
  perform audit(p_tenant, p_who, 'contact.erase', public_id('ctc', p_contact), null,
    jsonb_build_object('calls', calls, 'parts', parts));
end $$;
