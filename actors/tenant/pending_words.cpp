#include "actors/tenant/pending_words.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<tenant_actor, tenant_state>;

constexpr auto store_timeout = 10s;
constexpr auto carrier_timeout = 20s;
constexpr std::uint32_t calls_max = 20;
/// The last words of a call are in its rows by then, or lost.
constexpr auto last_words_wait = 60s;
/// Nothing is written down any more; the call is judged by what there is.
constexpr std::int64_t words_wait_ms = 3'600'000;

void analyse(self_t self, const tenant_ports& ports, const call_id& call) {
  self->send(ports.insight, analyse_call{self->state.id, call});
}

void save(self_t self,
          const tenant_ports& ports,
          const call_id& call,
          const std::vector<transcript_turn>& turns) {
  self->request(ports.call_rows, store_timeout, save_turns{self->state.id, call, turns})
      .then([self, ports, call](std::uint32_t) { analyse(self, ports, call); },
            [](const caf::error&) {}); // still pending; the next pass looks again
}

void fetch(self_t self, const tenant_ports& ports, const call_sheet& sheet) {
  doubtful_call wanted;
  wanted.id = sheet.id;
  wanted.state = sheet.state;
  wanted.provider_call_id = sheet.provider_call_id;
  self->request(ports.carriers.of(sheet.provider).actor,
                carrier_timeout,
                look_up_call{self->state.id, wanted})
      .then(
          [self, ports, sheet](const looked_up_call& found) {
            const auto waited_ms = to_unix_ms(ports.clock()) - sheet.ended_at_ms;
            if (!found.turns.empty())
              save(self, ports, sheet.id, found.turns);
            else if (!found.words_pending || waited_ms > words_wait_ms)
              analyse(self, ports, sheet.id);
          },
          [sheet](const caf::error& err) {
            warn_failed(err, "tenant: no words from the carrier call={}", sheet.id.str());
          });
}

/// The carrier's callback gets its time before the carrier is asked.
bool is_overdue(const tenant_options& options,
                const tenant_ports& ports,
                const call_sheet& sheet) {
  return to_unix_ms(ports.clock()) - sheet.ended_at_ms >
         2 * options.reconcile_interval.count();
}

void look(self_t self,
          const tenant_options& options,
          const tenant_ports& ports,
          const call_id& call) {
  const auto give_up = [](const caf::error&) {}; // the next pass looks again
  self->request(ports.call_rows, store_timeout, load_turns{self->state.id, call})
      .then(
          [=](const std::vector<transcript_turn>& turns) {
            if (!turns.empty())
              return analyse(self, ports, call);
            self->request(ports.call_rows, store_timeout, load_call{self->state.id, call})
                .then(
                    [=](const call_sheet& sheet) {
                      if (sheet.provider_call_id.empty())
                        analyse(self, ports, call);
                      else if (is_overdue(options, ports, sheet))
                        fetch(self, ports, sheet);
                    },
                    give_up);
          },
          give_up);
}

void list_pending(self_t self, const tenant_options& options, const tenant_ports& ports) {
  self->request(
          ports.call_rows, store_timeout, list_unanalysed{self->state.id, calls_max})
      .then(
          [self, options, ports](const std::vector<call_id>& calls) {
            for (const auto& call : calls)
              if (ports.carriers.of(options.provider).traits.hosts_talk)
                look(self, options, ports, call);
              else
                analyse(self, ports, call);
          },
          [](const caf::error&) {});
}

} // namespace

void analyse_pending(self_t self,
                     const tenant_options& options,
                     const tenant_ports& ports) {
  if (ports.carriers.of(options.provider).traits.hosts_talk)
    return list_pending(self, options, ports);
  // A thousand calls that nobody spoke in must not stand before one that somebody did.
  const auto then = [=] { list_pending(self, options, ports); };
  self->request(
          ports.records,
          store_timeout,
          run_record{self->state.id,
                     "calls.nothing_said",
                     {options.provider, to_rfc3339(ports.clock() - last_words_wait)},
                     0})
      .then([then](const record_answer&) { then(); },
            [then](const caf::error&) { then(); });
}

} // namespace caly
