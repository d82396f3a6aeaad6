#include "net/events/event_hub.hpp"

#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly {

namespace {

/// Progress comes in floods and each one replaces the one before it.
bool is_replaceable(std::string_view type) {
  return type.ends_with(":progress") || type == "call:update";
}

std::string subject_of(const json& data) {
  std::string subject;
  for (const auto* name : {"id", "call_id", "campaign_id", "import_id"})
    subject += data[name].text_or("");
  return subject;
}

template <class Id>
void copy_id(json_writer& out, const json& from, const char* source, const char* name) {
  const auto value = parse_uuid(from[source].text_or(""));
  if (value && !value->empty())
    out.field(name, Id{*value}.str());
}

} // namespace

void event_hub::publish(const tenant_id& tenant,
                        std::string_view type,
                        std::string_view data) {
  const auto parsed = json::parse(data);
  if (!parsed || !parsed->is_object())
    return;
  auto event = std::make_shared<live_event>();
  event->type = type;
  if (is_replaceable(type))
    event->subject = subject_of(*parsed);
  const auto now = clock_();
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  std::vector<std::shared_ptr<listener>> listeners;
  {
    std::lock_guard guard{mutex_};
    if (channels_.size() >= tenants_max && !channels_.contains(tenant))
      make_room();
    auto& own = channels_[tenant];
    own.last_seq = std::max(own.last_seq + 1, static_cast<std::uint64_t>(micros.count()));
    event->seq = own.last_seq;
    json_writer out;
    out.begin_object()
        .field("type", type)
        .field("at", to_rfc3339(now))
        .field("seq", event->seq)
        .raw_field("data", data)
        .end_object();
    event->text = std::move(out).str();
    own.history.push_back(event);
    if (own.history.size() > history_max)
      own.history.pop_front();
    std::erase_if(own.listeners, [](const auto& x) { return x.expired(); });
    for (const auto& weak : own.listeners)
      if (auto alive = weak.lock())
        listeners.push_back(std::move(alive));
  }
  for (const auto& heard : listeners)
    (*heard)(event);
}

void event_hub::publish_notification(std::string_view payload) {
  const auto parsed = json::parse(payload);
  if (!parsed)
    return;
  const auto tenant = parse_uuid((*parsed)["tenant"].text_or(""));
  const auto type = (*parsed)["type"].text_or("");
  if (!tenant || type.empty())
    return;
  json_writer data;
  data.begin_object();
  copy_id<call_id>(data, *parsed, "call", "call_id");
  copy_id<campaign_id>(data, *parsed, "campaign", "campaign_id");
  copy_id<import_id>(data, *parsed, "import", "import_id");
  for (const auto& [name, value] : parsed->members())
    if (name != "tenant" && name != "type" && name != "call" && name != "campaign" &&
        name != "import")
      data.field(name, value);
  data.end_object();
  publish(tenant_id{*tenant}, type, data.str());
}

// The tenant that was silent for longest goes; who listens stays.
void event_hub::make_room() {
  auto oldest = channels_.end();
  for (auto it = channels_.begin(); it != channels_.end(); ++it) {
    const auto listened = std::any_of(it->second.listeners.begin(),
                                      it->second.listeners.end(),
                                      [](const auto& x) { return !x.expired(); });
    if (!listened &&
        (oldest == channels_.end() || it->second.last_seq < oldest->second.last_seq))
      oldest = it;
  }
  if (oldest != channels_.end())
    channels_.erase(oldest);
}

std::vector<live_event_ptr>
event_hub::after(const tenant_id& tenant, std::uint64_t seq, std::size_t limit) const {
  std::lock_guard guard{mutex_};
  const auto found = channels_.find(tenant);
  if (found == channels_.end())
    return {};
  const auto& history = found->second.history;
  auto first = std::upper_bound(
      history.begin(), history.end(), seq, [](std::uint64_t x, const auto& e) {
        return x < e->seq;
      });
  const auto count =
      std::min<std::size_t>(limit, static_cast<std::size_t>(history.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

std::shared_ptr<void> event_hub::subscribe(const tenant_id& tenant, listener heard) {
  auto made = std::make_shared<listener>(std::move(heard));
  std::lock_guard guard{mutex_};
  channels_[tenant].listeners.push_back(made);
  return made;
}

} // namespace caly
