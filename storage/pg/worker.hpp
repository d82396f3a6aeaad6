#pragma once

#include "runtime/base/error.hpp"
#include "runtime/base/uuid.hpp"
#include "storage/pg/runner.hpp"

#include <caf/exit_reason.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/result.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace caly::pg {

/// A worker tells itself to run what it collected. It waits behind everything that was in
/// the mailbox already, which is what makes the batches.
struct flush_batch {
  template <class Inspector>
  friend auto inspect(Inspector& f, flush_batch&) {
    return f(caf::meta::type_name("caly.flush_batch"));
  }
};

/// How many requests a worker has not answered yet. Shared with who hands them out.
using gauge = std::shared_ptr<std::atomic<std::uint32_t>>;

inline gauge make_gauge() {
  return std::make_shared<std::atomic<std::uint32_t>>(0);
}

/// Who waits for an answer. Answered once, by `deliver` or `fail`.
template <class Answer>
struct asker {
  caf::typed_response_promise<Answer> promise;
  gauge waiting;

  void deliver(Answer answer) {
    waiting->fetch_sub(1);
    promise.deliver(std::move(answer));
  }

  void fail(const caf::error& reason) {
    waiting->fetch_sub(1);
    promise.deliver(reason);
  }
};

/// The workers of one store, each with a connection and thread of its own. What changes
/// rows goes by its key to the same one always, so that two never work on the same rows
/// from this node; what only reads goes to the one with least to do.
template <class Handle>
struct worker_pool {
  std::vector<Handle> workers;
  std::vector<gauge> waiting;
  std::uint32_t waiting_max = 0;
  std::uint64_t overloaded_total = 0;

  worker_pool() = default;
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// The workers end with their store.
  ~worker_pool() {
    for (auto& each : workers)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  std::size_t of_key(const uuid& key) const {
    return std::hash<uuid>{}(key) % workers.size();
  }

  std::size_t least_busy() const {
    const auto fewest = std::ranges::min_element(
        waiting, {}, [](const gauge& each) { return each->load(); });
    return static_cast<std::size_t>(fewest - waiting.begin());
  }

  template <class Answer, class Self, class Request>
  caf::result<Answer> pass_on(Self* self, std::size_t i, Request& request) {
    if (waiting[i]->load() >= waiting_max) {
      ++overloaded_total;
      return caf::make_error(errc::overloaded, "too many requests wait for the database");
    }
    waiting[i]->fetch_add(1);
    return self->delegate(workers[i], std::move(request));
  }

  std::uint64_t depth() const {
    std::uint64_t sum = 0;
    for (const auto& each : waiting)
      sum += each->load();
    return sum;
  }
};

/// A job for one request: `run` makes the answer, the asker gets it after the commit.
/// `run` may also answer an expected failure as a value.
template <class Answer, class Run>
job make_job(const tenant_id& tenant,
             std::chrono::steady_clock::time_point deadline,
             asker<Answer> who,
             Run run) {
  auto shared = std::make_shared<asker<Answer>>(std::move(who));
  auto answer = std::make_shared<caf::expected<Answer>>(caf::error{});
  job out;
  out.tenant = tenant;
  out.deadline = deadline;
  out.run = [answer, run = std::move(run)](tenant_txn& txn) { *answer = run(txn); };
  out.done = [shared, answer] {
    if (*answer)
      shared->deliver(std::move(**answer));
    else
      shared->fail(answer->error());
  };
  out.failed = [shared](const caf::error& reason) { shared->fail(reason); };
  return out;
}

/// Requests of one kind that go to the database as one statement.
template <class Request, class Answer>
struct batch {
  struct entry {
    Request request;
    asker<Answer> who;
    Answer answer{};
    caf::error problem{}; ///< set: the asker gets this instead of the answer
  };

  std::vector<entry> entries;
};

/// A job for entries `[from, to)`: `run(txn, batch, from, to)` fills their answers. When
/// the database refuses the whole, each entry is tried alone.
template <class Request, class Answer, class Run>
job make_batch_job(std::chrono::steady_clock::time_point deadline,
                   std::shared_ptr<batch<Request, Answer>> all,
                   std::size_t from,
                   std::size_t to,
                   Run run) {
  job out;
  out.deadline = deadline;
  out.single = true;
  out.size = to - from;
  out.run = [all, from, to, run](tenant_txn& txn) { run(txn, *all, from, to); };
  out.done = [all, from, to] {
    for (auto i = from; i < to; ++i) {
      auto& each = all->entries[i];
      if (each.problem)
        each.who.fail(each.problem);
      else
        each.who.deliver(std::move(each.answer));
    }
  };
  out.failed = [all, from, to](const caf::error& reason) {
    for (auto i = from; i < to; ++i)
      all->entries[i].who.fail(reason);
  };
  if (to - from > 1)
    for (auto i = from; i < to; ++i)
      out.parts.push_back(make_batch_job(deadline, all, i, i + 1, run));
  return out;
}

} // namespace caly::pg
