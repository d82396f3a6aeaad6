#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

// One pass over the calls of the span; each breakdown folds the same rows.
const std::string kpis =
    "with k as materialized (select k.status, k.answered_at, k.duration_s, "
    "k.charged_micros, l.outcome, l.sentiment, l.grade from calls k "
    "left join lead_analytics l on l.tenant_id = k.tenant_id and l.call_id = k.id "
    "where k.tenant_id = :tenant and k.ended_at is not null and k.state <> 'not_placed' "
    "{and k.created_at >= :from} {and k.created_at < :to}) "
    "select count(*) as calls, count(answered_at) as answered, "
    "coalesce(round(count(answered_at)::numeric / nullif(count(*), 0), 4), 0) as "
    "answer_rate, coalesce(round(avg(duration_s) filter (where answered_at is not null), "
    "1), 0) as avg_duration_s, coalesce(sum(charged_micros), 0)::bigint as "
    "charged_micros, "
    "(select coalesce(json_object_agg(x.status, x.n), '{}') from (select status, "
    "count(*) as n from k group by status) x) as by_outcome, "
    "(select coalesce(json_object_agg(x.sentiment, x.n), '{}') from (select sentiment, "
    "count(*) as n from k where sentiment is not null group by sentiment) x) as "
    "by_sentiment, "
    "(select coalesce(json_object_agg(x.grade, x.n), '{}') from (select grade, count(*) "
    "as "
    "n from k where grade is not null group by grade) x) as by_grade, "
    "count(*) filter (where outcome = 'appointment') as appointments from k";

const std::string campaigns =
    "select c.id as \"campaign_id:cmp\", c.name, q.rows, k.calls, k.answered, q.done, "
    "k.charged_micros, k.by_outcome, c.id as \"~cursor\" from (select * from "
    "call_campaigns where tenant_id = :tenant {and id < :cursor} "
    "order by id desc limit :limit) c "
    "cross join lateral (select count(*) as rows, count(*) filter (where x.state = "
    "'done') "
    "as done from call_queue x where x.tenant_id = c.tenant_id and x.campaign_id = c.id) "
    "q "
    "cross join lateral (select coalesce(sum(y.n), 0)::bigint as calls, "
    "coalesce(sum(y.answered), 0)::bigint as answered, coalesce(sum(y.charged), "
    "0)::bigint as charged_micros, coalesce(json_object_agg(y.status, y.n), '{}') as "
    "by_outcome from (select k.status, count(*) as n, count(k.answered_at) as answered, "
    "sum(k.charged_micros) as charged from calls k where k.tenant_id = c.tenant_id and "
    "k.campaign_id = c.id and k.ended_at is not null and k.state <> 'not_placed' "
    "group by k.status) y) k order by c.id desc";

// Every number of these lines is milliseconds; `gap_ms` was measured on the audio.
const std::string latency =
    "select replace(x.key, '_ms', '') as stage, count(*) as turns, "
    "percentile_cont(0.5) within group (order by x.value::text::numeric) as p50_ms, "
    "percentile_cont(0.95) within group (order by x.value::text::numeric) as p95_ms, "
    "percentile_cont(0.99) within group (order by x.value::text::numeric) as p99_ms, "
    "max(x.value::text::numeric) as max_ms from call_events e, jsonb_each(e.detail) x "
    "where e.tenant_id = :tenant and e.kind in ('latency', 'answer_gap', 'first_audio') "
    "{and e.at >= :from} {and e.at < :to} and jsonb_typeof(x.value) = 'number' "
    "group by x.key order by x.key";

const std::vector<record> all{
    {"analytics.latency", shape::list, "time? from, time? to", latency},
    {"analytics.kpis", shape::row, "time? from, time? to", kpis},
    {"analytics.campaigns", shape::list, "cursor", campaigns},
};

} // namespace

std::span<const record> analytics_records() {
  return all;
}

} // namespace caly::records
