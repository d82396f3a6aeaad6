#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/dial_store.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace caly {

/// Everything a carrier needs to place one call. Sent at most once, ever, per `call`.
struct place_call {
  tenant_id tenant;
  call_id call;
  std::string to;
  std::string from;
  std::int32_t ring_timeout_s = 30;
  std::int32_t max_call_s = 600;
  bool detect_voicemail = false;
  /// For carriers that host the agent themselves: its prompt variables, JSON object.
  std::string variables;
  /// The last moment at which the request may start, in boot-clock nanoseconds of this
  /// machine (the fuse); later it is answered `unknown` and nothing is sent.
  std::int64_t not_after_ns = 0;
  std::string correlation_id{}; ///< told to the provider; printable ASCII

  template <class Inspector>
  friend auto inspect(Inspector& f, place_call& x) {
    return f(caf::meta::type_name("caly.place_call"),
             x.tenant,
             x.call,
             x.to,
             x.from,
             x.ring_timeout_s,
             x.max_call_s,
             x.detect_voicemail,
             x.variables,
             x.not_after_ns,
             x.correlation_id);
  }
};

struct placed_call {
  create_result result = create_result::unknown;
  std::string provider_call_id;
  std::string reason;
  std::int32_t retry_after_s = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, placed_call& x) {
    return f(caf::meta::type_name("caly.placed_call"),
             x.result,
             x.provider_call_id,
             x.reason,
             x.retry_after_s);
  }
};

/// Asks the carrier what it knows of a call, by its id or, without one, by our own id,
/// the numbers and the time.
struct look_up_call {
  tenant_id tenant;
  doubtful_call call;

  template <class Inspector>
  friend auto inspect(Inspector& f, look_up_call& x) {
    return f(caf::meta::type_name("caly.look_up_call"), x.tenant, x.call);
  }
};

struct looked_up_call {
  bool found = false;
  std::string provider_call_id;
  std::string status; ///< normalised
  std::optional<std::int32_t> duration_s;
  std::string answered_by;
  std::int64_t at_ms = 0; ///< Unix time when the status came about; 0: not told
  /// What was said, where the carrier holds the conversation itself.
  std::vector<transcript_turn> turns{};
  bool words_pending = false; ///< such a carrier has not written them down yet

  template <class Inspector>
  friend auto inspect(Inspector& f, looked_up_call& x) {
    return f(caf::meta::type_name("caly.looked_up_call"),
             x.found,
             x.provider_call_id,
             x.status,
             x.duration_s,
             x.answered_by,
             x.at_ms,
             x.turns,
             x.words_pending);
  }
};

struct hang_up_call {
  tenant_id tenant;
  call_id call;
  std::string provider_call_id;

  template <class Inspector>
  friend auto inspect(Inspector& f, hang_up_call& x) {
    return f(
        caf::meta::type_name("caly.hang_up_call"), x.tenant, x.call, x.provider_call_id);
  }
};

/// Rings a person for a call that is to be handed over. Sent at most once a transfer.
struct place_leg {
  tenant_id tenant;
  call_id call;
  std::int32_t transfer = 0; ///< its number within the call
  std::string to;
  std::string from;
  std::int32_t ring_timeout_s = 30;
  std::int64_t not_after_ns = 0; ///< as in `place_call`

  template <class Inspector>
  friend auto inspect(Inspector& f, place_leg& x) {
    return f(caf::meta::type_name("caly.place_leg"),
             x.tenant,
             x.call,
             x.transfer,
             x.to,
             x.from,
             x.ring_timeout_s,
             x.not_after_ns);
  }
};

/// A carrier that hands calls over to people: it rings them, and asks what to do with a
/// caller whose media socket we closed.
using leg_carrier_actor = caf::typed_actor<
    // Never an error: what is not certain is `unknown`.
    caf::replies_to<place_leg>::with<placed_call>>;

/// A CARRIER places calls over one provider account. It never repeats a create.
using carrier_actor = caf::typed_actor<
    // Never an error: what is not certain is `unknown`.
    caf::replies_to<place_call>::with<placed_call>,
    // Errors: `unavailable`, `timed_out`. `found` false is the provider's own word.
    caf::replies_to<look_up_call>::with<looked_up_call>,
    // True also when the call had ended already. Errors: `unavailable`, `timed_out`.
    caf::replies_to<hang_up_call>::with<bool>,
    caf::replies_to<get_status>::with<status_report>>;

/// One that hands calls over, too.
using calling_actor = carrier_actor::extend_with<leg_carrier_actor>;

/// What a carrier does for a call that it has; whoever tends calls goes by it.
struct carrier_traits {
  /// It holds the conversation itself and tells afterwards what was said: no audio.
  bool hosts_talk = false;
  /// `hang_up_call` ends a live call; otherwise it ends when its media socket closes.
  bool hangs_up = true;
  /// It records calls that it listens and speaks in itself (`recording_carrier_actor`).
  bool records = false;
};

struct carrier_port {
  carrier_actor actor;
  carrier_traits traits{};
  std::string from_number{}; ///< of calls that name none, E.164
  leg_carrier_actor legs{};  ///< null: it cannot hand calls over
};

/// The carriers of a node by the provider that the row of a call names.
class carrier_book {
public:
  carrier_book() = default;

  /// One that has all calls, whatever their rows name.
  carrier_book(carrier_actor only) : usual_{std::move(only)} {}

  void add(std::string provider, carrier_port port) {
    ports_.insert_or_assign(std::move(provider), std::move(port));
  }

  const carrier_port& of(const std::string& provider) const {
    const auto found = ports_.find(provider);
    return found == ports_.end() ? usual_ : found->second;
  }

  /// The providers that record calls which they listen and speak in.
  std::set<std::string> recording() const {
    std::set<std::string> out;
    for (const auto& [provider, port] : ports_)
      if (port.traits.records)
        out.insert(provider);
    return out;
  }

private:
  carrier_port usual_;
  std::map<std::string, carrier_port> ports_;
};

} // namespace caly
