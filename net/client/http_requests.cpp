#include "net/client/http_requests.hpp"

namespace caly {

http_requests_actor::behavior_type
http_requests(self_ptr<http_requests_actor, http_requests_state> self,
              std::shared_ptr<http_client> client) {
  return {
      [self, client](http_call& call) -> caf::result<http_answer> {
        auto promise = self->make_response_promise<http_answer>();
        const auto number = ++self->state.sent_total;
        self->state.running.emplace(number, promise);
        client->submit(std::move(call),
                       [number, me = http_requests_actor{self}](http_answer answer) {
                         caf::anon_send(me, http_finished{number, std::move(answer)});
                       });
        return promise;
      },
      [self](http_finished& done) {
        auto& state = self->state;
        const auto found = state.running.find(done.number);
        if (found == state.running.end())
          return;
        const auto answered = done.answer.outcome == http_outcome::answered;
        ++(answered ? state.answered_total : state.failed_total);
        auto promise = std::move(found->second);
        state.running.erase(found);
        promise.deliver(std::move(done.answer));
      },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "running", self->state.running.size());
        caf::put(report, "sent_total", self->state.sent_total);
        caf::put(report, "answered_total", self->state.answered_total);
        caf::put(report, "failed_total", self->state.failed_total);
        return report;
      },
  };
}

} // namespace caly
