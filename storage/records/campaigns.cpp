#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select c.id as \"id:cmp\", c.name, c.status, c.status_reason, "
    "c.agent_id as \"agent_id:agt\", c.agent_version, c.import_id as \"import_id:imp\", "
    "c.from_number, c.concurrency, c.max_attempts as \"retry.max_attempts\", "
    "c.busy_delay_s as \"retry.busy_delay_s\", "
    "c.no_answer_delay_s as \"retry.no_answer_delay_s\", "
    "c.voicemail_delay_s as \"retry.voicemail_delay_s\", "
    "c.failed_delay_s as \"retry.failed_delay_s\", c.retry_lost as \"retry.retry_lost\", "
    "to_char(c.window_from, 'HH24:MI') as \"calling_window?.from\", "
    "to_char(c.window_to, 'HH24:MI') as \"calling_window?.to\", "
    "case when c.window_from is not null then to_json(c.window_days) end as "
    "\"calling_window?.days\", c.breaker_window as \"failure_breaker.window\", "
    "c.breaker_ratio as \"failure_breaker.ratio\", c.max_call_s, c.version, "
    "c.created_at, "
    "c.started_at, c.finished_at";

const std::string counted = columns + ", campaign_counts(c.tenant_id, c.id) as counts";

const std::string one =
    " from call_campaigns c where c.tenant_id = :tenant and c.id = :id";

const std::string state = "select c.id as \"id:cmp\", c.status" + one;

/// A verb whose function answers a number, shown as `what`.
std::string moving(const std::string& function, const std::string& what) {
  return "select public_id('cmp', :id) as id, " + what + " from " + function +
         "(:tenant, :id, :who, :now) n";
}

const std::string patching =
    "select patch_campaign(:tenant, :id, :version, :changes, :who)";

const std::vector<record> all{
    {"campaigns.create",
     shape::row,
     "cmp id, text name, agt agent, imp import, text from_number, int concurrency, "
     "json? retry, json? calling_window, json? failure_breaker, int? max_call_s, text "
     "who",
     counted + one,
     "select create_campaign(:tenant, :id, :name, :agent, :import, :from_number, "
     ":concurrency, :retry, :calling_window, :failure_breaker, :max_call_s, :who)"},
    {"campaigns.list",
     shape::list,
     "text? status, cursor",
     counted +
         ", c.id as \"~cursor\" from call_campaigns c where c.tenant_id = :tenant "
         "{and c.status = :status} {and c.id < :cursor} order by c.id desc limit :limit"},
    {"campaigns.total",
     shape::row,
     "text? status",
     "select count(*) as total from call_campaigns c where c.tenant_id = :tenant "
     "{and c.status = :status}"},
    {"campaigns.get", shape::row, "cmp id", counted + one},
    {"campaigns.patch",
     shape::row,
     "cmp id, int version, json changes, text who",
     counted + one,
     patching},
    {"campaigns.delete",
     shape::row,
     "cmp id, text who",
     "select public_id('cmp', :id) as id from delete_campaign(:tenant, :id, :who)"},
    {"campaigns.validate",
     shape::row,
     "cmp id, time now",
     "select public_id('cmp', :id) as id, v.* from validate_campaign(:tenant, :id, :now) "
     "v"},
    {"campaigns.start",
     shape::row,
     "cmp id, text who, time now",
     moving("start_campaign", "'running' as status, n as rows")},
    {"campaigns.pause",
     shape::row,
     "cmp id, text who, text reason, time now",
     state,
     "select move_campaign(:tenant, :id, '{running}', 'paused', :reason, 'pause', :who, "
     ":now)"},
    {"campaigns.resume",
     shape::row,
     "cmp id, text who, time now",
     state,
     "select move_campaign(:tenant, :id, '{paused}', 'running', null, 'resume', :who, "
     ":now)"},
    {"campaigns.stop",
     shape::row,
     "cmp id, text who, time now",
     moving("stop_campaign", "'stopped' as status, n as cancelled")},
    {"campaigns.redial",
     shape::row,
     "cmp id, text who, time now",
     moving("redial_campaign", "'running' as status, n as rows")},
    {"campaigns.finish",
     shape::row,
     "cmp id, time now",
     "select public_id('cmp', :id) as id, case when n then 'completed' else 'running' "
     "end "
     "as status, n as finished from finish_campaign(:tenant, :id, :now) n"},
};

} // namespace

std::span<const record> campaign_records() {
  return all;
}

} // namespace caly::records
