#include "net/providers/openai/responses.hpp"

#include "net/client/http_requests.hpp"
#include "net/providers/openai/api_base.hpp"
#include "runtime/base/error.hpp"

namespace caly::openai {

language_model_actor::behavior_type
responses(self_ptr<language_model_actor, responses_state> self,
          responses_options options,
          std::shared_ptr<http_client> client) {
  options.base_url = api_base(std::move(options.base_url));
  auto http = spawn<http_requests_actor, http_requests_state>(
      self, actor_label{"http_requests", "openai", ""}, http_requests, std::move(client));
  return {
      [=](const complete_text& ask) -> caf::result<completed_text> {
        http_call call;
        call.method = "POST";
        call.url = options.base_url + "/responses";
        call.headers = {"Content-Type: application/json",
                        "Authorization: Bearer " + options.api_key};
        if (!ask.correlation_id.empty())
          call.headers.push_back("X-Client-Request-Id: " + ask.correlation_id);
        call.body = ask.body;
        call.deadline = options.timeout;
        ++self->state.asked_total;
        auto promise = self->make_response_promise<completed_text>();
        const auto patience = options.timeout + std::chrono::seconds{3};
        self->request(http, patience, std::move(call))
            .then(
                [self, promise](http_answer& answer) mutable {
                  if (answer.outcome == http_outcome::answered)
                    return void(promise.deliver(
                        completed_text{answer.status, std::move(answer.body)}));
                  ++self->state.failed_total;
                  promise.deliver(caf::make_error(errc::unavailable, answer.problem));
                },
                [self, promise](const caf::error&) mutable {
                  ++self->state.failed_total;
                  promise.deliver(caf::make_error(errc::timed_out, "no answer in time"));
                });
        return promise;
      },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "asked_total", self->state.asked_total);
        caf::put(report, "failed_total", self->state.failed_total);
        return report;
      },
  };
}

} // namespace caly::openai
