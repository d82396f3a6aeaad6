#include "actors/campaign/progress_board.hpp"

#include "runtime/base/error.hpp"

#include <algorithm>
#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<records_actor, progress_board_state>;
using key_t = std::pair<tenant_id, std::string>;

constexpr auto read_timeout = 20s;

void forget_old(self_t self) {
  const auto now = self->clock().now();
  std::erase_if(self->state.views, [&](const auto& each) {
    return each.second.waiting.empty() && each.second.fresh_until <= now;
  });
}

void read(self_t self, const records_actor& rows, const key_t& key, run_record ask) {
  ++self->state.read_total;
  self->request(rows, read_timeout, std::move(ask))
      .then(
          [self, key](const record_answer& answer) {
            auto& view = self->state.views.at(key);
            const auto now = self->clock().now();
            const caf::actor_clock::duration_type most = progress_board_state::fresh_max;
            view.fresh_until =
                now +
                std::min(most, (now - view.asked_at) * progress_board_state::fresh_times);
            view.last = answer;
            for (auto& each : std::exchange(view.waiting, {}))
              each.deliver(answer);
          },
          [self, key](const caf::error& why) {
            const auto view = self->state.views.extract(key);
            for (auto& each : view.mapped().waiting)
              each.deliver(why);
          });
}

caf::result<record_answer> look(self_t self, const records_actor& rows, run_record& ask) {
  if (ask.statement != "campaigns.progress" || ask.arguments.empty())
    return caf::make_error(errc::invalid, "only campaigns.progress is answered here");
  auto& state = self->state;
  const key_t key{ask.tenant, ask.arguments.front().value_or("")};
  const auto now = self->clock().now();
  auto found = state.views.find(key);
  if (found != state.views.end() && found->second.last &&
      now < found->second.fresh_until) {
    ++state.shared_total;
    return *found->second.last;
  }
  if (found == state.views.end()) {
    forget_old(self);
    if (state.views.size() >= progress_board_state::views_max)
      return caf::make_error(errc::overloaded, "too many campaigns are looked at");
    found = state.views.try_emplace(key).first;
  }
  auto& view = found->second;
  auto promise = self->make_response_promise<record_answer>();
  view.waiting.push_back(promise);
  if (view.waiting.size() > 1) {
    ++state.shared_total;
    return promise;
  }
  view.last.reset();
  view.asked_at = now;
  read(self, rows, key, std::move(ask));
  return promise;
}

} // namespace

records_actor::behavior_type progress_board(self_t self, records_actor rows) {
  return {
      [self, rows](run_record& ask) { return look(self, rows, ask); },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "views", self->state.views.size());
        caf::put(report, "read_total", self->state.read_total);
        caf::put(report, "shared_total", self->state.shared_total);
        return report;
      },
  };
}

} // namespace caly
