#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::vector<record> all{
    {"recordings.of_call",
     shape::list,
     "call id",
     "select part, state, node, place, key, bytes, ms, peaks, error, created_at, "
     "ended_at "
     "from recordings where tenant_id = :tenant and call_id = :id order by part limit "
     ":limit"},
    {"recordings.begin",
     shape::row,
     "call id, int part, text node",
     "select recording_begin(:tenant, :id, :part, :node) as state"},
    {"recordings.mixed",
     shape::row,
     "call id, int part, text node, text key, int bytes, int ms, text sha256, text peaks",
     "select recording_mixed(:tenant, :id, :part, :node, :key, :bytes, :ms, :sha256, "
     ":peaks) as state"},
    {"recordings.stored",
     shape::row,
     "call id, int part, text place",
     "select recording_stored(:tenant, :id, :part, :place) as state"},
    {"recordings.failed",
     shape::row,
     "call id, int part, text node, text error",
     "select recording_failed(:tenant, :id, :part, :node, :error) as state"},
    {"recordings.erased",
     shape::row,
     "call id, int part",
     "select recording_erased(:tenant, :id, :part) as state"},
    {"recordings.erase",
     shape::row,
     "call? id, ctc? contact, text who",
     "select erase_recordings(:tenant, :id, :contact, :who) as parts"},
    {"recordings.due",
     shape::list,
     "text node, int keep_days, time now",
     "select tenant_id as \"tenant_id:ten\", call_id as \"call_id:call\", part, place, "
     "key "
     "from recordings_due(:node, :keep_days, :now, 100) limit :limit"},
    // -- recordings that the carrier makes
    {"recordings.carrier_want",
     shape::row,
     "call id, int part, text provider, text provider_call_id, text node, time now",
     "select w.paused, w.paused_by_hand from carrier_recording_want(:tenant, :id, :part, "
     ":provider, :provider_call_id, :node, :now) w"},
    {"recordings.carrier_steer",
     shape::row,
     "call id, bool paused, bool by_hand, bool missed, text node, time now",
     "select carrier_recording_steer(:tenant, :id, :paused, :by_hand, :missed, :node, "
     ":now) as state"},
    {"recordings.carrier_told",
     shape::row,
     "call id, text recording, text status, text node, time now",
     "select carrier_recording_told(:tenant, :id, :recording, :status, :node, :now) as "
     "state"},
    {"recordings.carrier_due",
     shape::list,
     "time now",
     "select tenant_id as \"tenant_id:ten\", call_id as \"call_id:call\" from "
     "carrier_recordings_due(:now, 100) limit :limit"},
    {"recordings.carrier_take",
     shape::maybe,
     "call id, text node, int hold_ms, time now",
     "select * from carrier_recording_take(:tenant, :id, :node, :hold_ms, :now)"},
    {"recordings.carrier_hold",
     shape::row,
     "call id, text node, int hold_ms, time now",
     "select carrier_recording_hold(:tenant, :id, :node, :hold_ms, :now) as held"},
    {"recordings.carrier_note",
     shape::row,
     "call id, text node, text? state, text? recording, bool? paused, int late_ms, int "
     "due_ms, time now",
     "select carrier_recording_note(:tenant, :id, :node, :state, :recording, :paused, "
     ":late_ms, :due_ms, :now) as due_ms"},
    {"recordings.policy",
     shape::row,
     "",
     "select coalesce(p.calls, 'agent') as calls, p.keep_days from (values (1)) one "
     "left join recording_policies p on p.tenant_id = :tenant"},
    {"recordings.set_policy",
     shape::row,
     "text calls, int? keep_days, text who",
     "select calls, keep_days from recording_policies where tenant_id = :tenant",
     "select set_recording_policy(:tenant, :calls, :keep_days, :who)"},
};

} // namespace

std::span<const record> recording_records() {
  return all;
}

} // namespace caly::records
