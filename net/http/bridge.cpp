#include "net/http/bridge.hpp"

#include "net/http/io_unit.hpp"
#include "runtime/observe/spawn.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>
#include <unordered_map>

namespace caly {

namespace {

constexpr std::chrono::milliseconds sweep_interval{100};

struct gateway_state {};

caf::behavior run_gateway(self_ptr<caf::actor, gateway_state> self) {
  return {
      [self](gateway_job_ptr& job) { job->run(self); },
      [](const get_status&) { return status_report{}; },
  };
}

/// Where answers wait for their io thread.
struct answer_box {
  std::mutex mutex;
  std::vector<caf::mailbox_element_ptr> replies;
  boost::asio::io_context* io = nullptr; ///< null: nobody waits any more
  std::function<void()> drain;           ///< only its thread calls and changes it
};

/// Who asks in the name of an io thread. Answers do not go through its mailbox.
class io_gateway : public observed<caf::actor> {
public:
  io_gateway(caf::actor_config& cfg, actor_label label, std::shared_ptr<answer_box> box)
      : observed<caf::actor>(cfg, std::move(label)), box_{std::move(box)} {}

  using observed<caf::actor>::enqueue;

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* host) override {
    if (!x->mid.is_response())
      return observed<caf::actor>::enqueue(std::move(x), host);
    const std::lock_guard guard{box_->mutex};
    if (box_->io == nullptr)
      return;
    box_->replies.push_back(std::move(x));
    if (box_->replies.size() == 1)
      boost::asio::post(*box_->io, [box = box_] {
        if (box->drain)
          box->drain();
      });
  }

  caf::behavior make_behavior() override {
    return {[](const get_status&) { return status_report{}; }};
  }

private:
  const std::shared_ptr<answer_box> box_;
};

} // namespace

class actor_gateways::place {
public:
  using clock = std::chrono::steady_clock;

  place(actor_gateways& owner, boost::asio::io_context& io)
      : owner_{&owner},
        unit_{std::make_shared<io_unit>(owner.sys_, io, owner.guests_)},
        timer_{io} {
    box_->io = &io;
    box_->drain = [this] { drain(); };
    caf::actor_config cfg;
    const auto key = std::to_string(owner.next_.fetch_add(1));
    actor_ = owner.sys_.spawn_class<io_gateway, caf::no_spawn_options>(
        cfg, actor_label{"net_io_gateway", key, ""}, box_);
    sender_ = caf::actor_cast<caf::strong_actor_ptr>(actor_);
    here = this;
  }

  ~place() {
    here = nullptr;
    box_->drain = nullptr;
    {
      const std::lock_guard guard{box_->mutex};
      box_->io = nullptr;
      box_->replies.clear();
    }
    unit_->leave();
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  }

  place(const place&) = delete;
  place& operator=(const place&) = delete;

  static place* of(const actor_gateways& owner) {
    return here != nullptr && here->owner_ == &owner ? here : nullptr;
  }

  opened_question open(std::shared_ptr<open_question> question,
                       std::chrono::milliseconds timeout) {
    if (waiting_.size() >= thread_waiting_max)
      return {};
    const caf::message_id id{caf::message_id::default_async_value | ++last_id_};
    waiting_.emplace(last_id_, entry{std::move(question), clock::now() + timeout});
    if (!std::exchange(sweeping_, true))
      sweep_later();
    return {sender_, id, unit_.get()};
  }

private:
  struct entry {
    std::shared_ptr<open_question> question;
    clock::time_point deadline;
  };

  void drain() {
    std::vector<caf::mailbox_element_ptr> replies;
    {
      const std::lock_guard guard{box_->mutex};
      replies.swap(box_->replies);
    }
    for (auto& each : replies)
      if (auto found = waiting_.extract(each->mid.request_id().integer_value()))
        found.mapped().question->answered(*each);
  }

  /// Runs only while answers are due.
  void sweep_later() {
    timer_.expires_after(sweep_interval);
    timer_.async_wait([this](boost::system::error_code ec) {
      if (!ec)
        sweep();
    });
  }

  void sweep() {
    const auto now = clock::now();
    std::vector<std::shared_ptr<open_question>> late;
    for (auto each = waiting_.begin(); each != waiting_.end();) {
      if (each->second.deadline > now) {
        ++each;
        continue;
      }
      late.push_back(std::move(each->second.question));
      each = waiting_.erase(each);
    }
    for (const auto& question : late)
      question->failed(caf::make_error(caf::sec::request_timeout));
    sweeping_ = !waiting_.empty();
    if (sweeping_)
      sweep_later();
  }

  static constinit thread_local place* here;

  const actor_gateways* owner_;
  std::shared_ptr<answer_box> box_ = std::make_shared<answer_box>();
  std::shared_ptr<io_unit> unit_;
  boost::asio::steady_timer timer_;
  caf::actor actor_;
  caf::strong_actor_ptr sender_;
  std::unordered_map<std::uint64_t, entry> waiting_;
  std::uint64_t last_id_ = 0;
  bool sweeping_ = false;
};

constinit thread_local actor_gateways::place* actor_gateways::place::here = nullptr;

actor_gateways::actor_gateways(caf::actor_system& sys, std::size_t count) : sys_{sys} {
  for (std::size_t i = 0; i < count; ++i)
    gateways_.push_back({spawn<caf::actor, gateway_state>(
                             sys, {"net_gateway", std::to_string(i), ""}, run_gateway),
                         std::make_shared<std::atomic<std::size_t>>(0)});
}

std::shared_ptr<void> actor_gateways::serve(boost::asio::io_context& io) {
  return std::make_shared<place>(*this, io);
}

bool actor_gateways::serves_this_thread() const {
  return place::of(*this) != nullptr;
}

actor_gateways::opened_question
actor_gateways::open(std::shared_ptr<open_question> question,
                     std::chrono::milliseconds timeout) {
  return place::of(*this)->open(std::move(question), timeout);
}

void actor_gateways::stop() {
  for (auto& x : gateways_)
    if (x.actor)
      caf::anon_send_exit(std::exchange(x.actor, nullptr),
                          caf::exit_reason::user_shutdown);
}

} // namespace caly
