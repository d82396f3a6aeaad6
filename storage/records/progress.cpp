#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::vector<record> all{
    {"campaigns.work",
     shape::list,
     "time now, cursor",
     "select c.id as \"id:cmp\", c.concurrency, c.from_number, c.breaker_window, "
     "c.breaker_ratio, "
     "(select count(*) from calls k where k.tenant_id = c.tenant_id and k.ended_at is "
     "null "
     "and k.campaign_id = c.id) as live, "
     "exists (select 1 from call_queue q where q.tenant_id = c.tenant_id and "
     "q.campaign_id = c.id and q.state = 'pending' and q.next_at <= :now) as due, "
     "(select nullif(min(q.next_at), '-infinity') from call_queue q where "
     "q.tenant_id = c.tenant_id and q.campaign_id = c.id and q.state = 'pending') as "
     "next_at, r.ended as recent_ended, r.failed as recent_failed, c.id as \"~cursor\" "
     "from call_campaigns c cross join lateral (select count(*) as ended, "
     "count(*) filter (where x.status in ('failed', 'refused', 'lost')) as failed from "
     "(select k.status from calls k where k.tenant_id = c.tenant_id and "
     "k.campaign_id = c.id and k.ended_at >= c.started_at and k.end_reason not in "
     "('never_sent', 'throttled') order by k.id desc limit c.breaker_window) x) r "
     "where c.tenant_id = :tenant and c.status = 'running' "
     "{and c.id > :cursor} order by c.id limit :limit"},
    {"campaigns.progress",
     shape::row,
     "cmp id, time now",
     "select p.* from campaign_progress(:tenant, :id, :now) p"},
    {"campaigns.contacts",
     shape::list,
     "cmp id, text? state, cursor",
     "select q.contact_id as \"contact_id:ctc\", c.phone, c.name, q.state, q.attempts, "
     "q.last_outcome, q.next_at, q.reason, jsonb_build_array(q.row_no, "
     "q.contact_id)::text "
     "as \"~cursor\" from (select * from (select x.*, case when x.state = 'pending' and "
     "x.attempts > 0 then 'waiting_retry' else x.state end as shown from call_queue x) q "
     "where q.tenant_id = :tenant and q.campaign_id = :id "
     "{and (q.shown = :state or (:state = 'pending' and q.state = 'pending'))} "
     "{and (q.row_no, q.contact_id) > "
     "((:cursor::jsonb ->> 0)::int, (:cursor::jsonb ->> 1)::uuid)} "
     "order by q.row_no, q.contact_id limit :limit) q "
     "cross join lateral (select phone, name from contacts y where "
     "y.tenant_id = q.tenant_id and y.id = q.contact_id offset 0) c "
     "order by q.row_no, q.contact_id"},
    {"campaigns.explain",
     shape::row,
     "cmp id, ctc contact, time now",
     "select x.state, x.reasons from explain_row(:tenant, :id, :contact, :now) x"},
};

} // namespace

std::span<const record> progress_records() {
  return all;
}

} // namespace caly::records
