#include "net/providers/openai/responses.hpp"

#include "runtime/base/error.hpp"

namespace caly::openai {

language_model_actor::behavior_type
responses(self_ptr<language_model_actor, responses_state> self,
          responses_options options,
          std::shared_ptr<http_client> client) {
  return {
      [=](const complete_text& ask) -> caf::result<completed_text> {
        http_call call;
        call.method = "POST";
        call.url = options.base_url + "/responses";
        call.headers = {"Content-Type: application/json",
                        "Authorization: Bearer " + options.api_key};
        call.body = ask.body;
        call.deadline = options.timeout;
        ++self->state.asked_total;
        auto promise = std::make_shared<caf::typed_response_promise<completed_text>>(
            self->make_response_promise<completed_text>());
        client->submit(std::move(call), [promise](const http_answer& answer) {
          if (answer.outcome == http_outcome::answered)
            promise->deliver(completed_text{answer.status, answer.body});
          else
            promise->deliver(caf::make_error(errc::unavailable, answer.problem));
        });
        return *promise;
      },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "asked_total", self->state.asked_total);
        return report;
      },
  };
}

} // namespace caly::openai
