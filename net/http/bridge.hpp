#pragma once

#include "net/http/request.hpp"
#include "runtime/base/error.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace caly {

/// What a gateway does for one asker. Stays within the process.
struct gateway_job {
  std::function<void(caf::event_based_actor*)> run;
};

using gateway_job_ptr = std::shared_ptr<gateway_job>;

} // namespace caly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::gateway_job_ptr)

namespace caly {

/// A question from the moment it is asked until its answer was posted.
class open_question {
public:
  virtual ~open_question() = default;

  /// `reply` is what the asked actor sent.
  virtual void answered(caf::mailbox_element& reply) = 0;
  virtual void failed(caf::error reason) = 0;
};

template <class Result>
class question_of : public open_question,
                    public std::enable_shared_from_this<question_of<Result>> {
public:
  question_of(http_request::post_function post,
              std::function<void(caf::expected<Result>)> then)
      : post_{std::move(post)}, then_{std::move(then)} {}

  void answered(caf::mailbox_element& reply) override {
    auto& content = reply.content();
    if (content.template match_elements<Result>())
      tell(content.template move_if_unshared<Result>(0));
    else if (content.template match_elements<caf::error>())
      tell(content.template get_as<caf::error>(0));
    else
      tell(caf::make_error(caf::sec::unexpected_response));
  }

  void failed(caf::error reason) override { tell(std::move(reason)); }

  void tell(caf::expected<Result> answer) {
    answer_ = std::move(answer);
    post_([self = this->shared_from_this()] { self->then_(std::move(self->answer_)); });
  }

private:
  http_request::post_function post_;
  std::function<void(caf::expected<Result>)> then_;
  caf::expected<Result> answer_{caf::error{}};
};

/// Asks other actors on behalf of connections. An io thread never waits: it hands over a
/// question and gets the answer posted back. A thread that takes part with `serve` sends
/// its questions itself and takes all answers that came meanwhile in one turn; other
/// threads go through a few gateway actors.
class actor_gateways {
public:
  /// Answers that one gateway waits for at a time; looking one up costs time with each.
  static constexpr std::size_t waiting_max = 1000;
  /// Answers that one thread waits for at a time.
  static constexpr std::size_t thread_waiting_max = 4000;

  actor_gateways(caf::actor_system& sys, std::size_t count);

  ~actor_gateways() { stop(); }

  actor_gateways(const actor_gateways&) = delete;
  actor_gateways& operator=(const actor_gateways&) = delete;

  /// Asks `target` and calls `then(caf::expected<Result>)` by `post`, once. Errors: those
  /// of the actor, `sec::request_timeout` (up to a tenth of a second late), and
  /// `overloaded` when too many answers are due.
  template <class Result, class Handle, class Message>
  void ask(const Handle& target,
           std::chrono::milliseconds timeout,
           Message message,
           http_request::post_function post,
           std::function<void(caf::expected<Result>)> then) {
    auto question =
        std::make_shared<question_of<Result>>(std::move(post), std::move(then));
    if (!target)
      return question->failed(caf::make_error(errc::unavailable));
    if (serves_this_thread()) {
      const auto opened = open(question, timeout);
      if (!opened.sender)
        return question->failed(caf::make_error(errc::overloaded));
      caf::actor_cast<caf::strong_actor_ptr>(target)->enqueue(
          caf::make_mailbox_element(opened.sender, opened.id, {}, std::move(message)),
          opened.unit);
      return;
    }
    const auto& chosen = gateways_[next_.fetch_add(1) % gateways_.size()];
    auto load = chosen.waiting;
    if (load->fetch_add(1) >= waiting_max) {
      load->fetch_sub(1);
      return question->failed(caf::make_error(errc::overloaded));
    }
    auto job = std::make_shared<gateway_job>();
    job->run = [=, message = std::move(message)](caf::event_based_actor* self) {
      self->request(target, timeout, message)
          .then(
              [load, question](Result& answer) {
                load->fetch_sub(1);
                question->tell(std::move(answer));
              },
              [load, question](caf::error& reason) {
                load->fetch_sub(1);
                question->tell(std::move(reason));
              });
    };
    caf::anon_send(chosen.actor, std::move(job));
  }

  /// `target` only passes on what it is asked: it may run on the thread that asks, which
  /// saves a change of threads. To be called before `serve`.
  template <class Handle>
  void host(const Handle& target) {
    if (auto* guest =
            dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(target)))
      guests_.push_back(guest);
  }

  /// Lets the thread that runs `io` take part. To be called on that thread; it takes part
  /// until the result is let go of, on that thread too, and before `io` runs for the last
  /// time.
  std::shared_ptr<void> serve(boost::asio::io_context& io);

  /// Ends the gateways. Questions asked later stay without an answer.
  void stop();

private:
  struct gateway {
    caf::actor actor;
    std::shared_ptr<std::atomic<std::size_t>> waiting;
  };

  /// How to send a question; without a sender there is no room for it.
  struct opened_question {
    caf::strong_actor_ptr sender;
    caf::message_id id;
    caf::execution_unit* unit = nullptr;
  };

  class place; // an io thread that takes part

  bool serves_this_thread() const;
  opened_question open(std::shared_ptr<open_question> question,
                       std::chrono::milliseconds timeout);

  caf::actor_system& sys_;
  std::vector<gateway> gateways_;
  std::vector<caf::resumable*> guests_;
  std::atomic<std::size_t> next_{0};
};

} // namespace caly
