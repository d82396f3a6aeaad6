#pragma once

#include "net/http/request.hpp"
#include "runtime/base/error.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace caly {

/// What a gateway does for one asker. Stays within the process.
struct gateway_job {
  std::function<void(caf::event_based_actor*)> run;
};

using gateway_job_ptr = std::shared_ptr<gateway_job>;

} // namespace caly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::gateway_job_ptr)

namespace caly {

/// A few actors that ask other actors on behalf of connections. An io thread never waits:
/// it hands over a job and gets the answer posted back.
class actor_gateways {
public:
  /// Answers that one gateway waits for at a time; looking one up costs time with each.
  static constexpr std::size_t waiting_max = 1000;

  actor_gateways(caf::actor_system& sys, std::size_t count);

  ~actor_gateways() { stop(); }

  actor_gateways(const actor_gateways&) = delete;
  actor_gateways& operator=(const actor_gateways&) = delete;

  /// Asks `target` and calls `then(caf::expected<Result>)` by `post`, once. Errors: those
  /// of the actor, `sec::request_timeout`, and `overloaded` when too many answers are
  /// due.
  template <class Result, class Handle, class Message>
  void ask(const Handle& target,
           std::chrono::milliseconds timeout,
           Message message,
           http_request::post_function post,
           std::function<void(caf::expected<Result>)> then) {
    auto done = [post = std::move(post),
                 then = std::move(then)](caf::expected<Result> answer) {
      auto box = std::make_shared<caf::expected<Result>>(std::move(answer));
      post([then, box] { then(std::move(*box)); });
    };
    if (!target)
      return done(caf::make_error(errc::unavailable));
    const auto place = next_.fetch_add(1) % gateways_.size();
    auto load = gateways_[place].waiting;
    if (load->fetch_add(1) >= waiting_max) {
      load->fetch_sub(1);
      return done(caf::make_error(errc::overloaded));
    }
    auto job = std::make_shared<gateway_job>();
    job->run = [=, message = std::move(message)](caf::event_based_actor* self) {
      self->request(target, timeout, message)
          .then(
              [load, done](Result& answer) {
                load->fetch_sub(1);
                done(std::move(answer));
              },
              [load, done](caf::error& reason) {
                load->fetch_sub(1);
                done(std::move(reason));
              });
    };
    caf::anon_send(gateways_[place].actor, std::move(job));
  }

  /// Ends the gateways. Questions asked later stay without an answer.
  void stop();

private:
  struct gateway {
    caf::actor actor;
    std::shared_ptr<std::atomic<std::size_t>> waiting;
  };

  std::vector<gateway> gateways_;
  std::atomic<std::size_t> next_{0};
};

} // namespace caly
