#pragma once

#include "runtime/base/error.hpp"
#include "tests/simulation/books.hpp"
#include "tests/simulation/sim_env.hpp"
#include "tests/support/deliver.hpp"

#include <caf/expected.hpp>
#include <caf/result.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace caly::test {

/// One node's way to the database.
struct database_client {
  int node = 0;
  std::string name;
  bool cut_off = false; ///< nothing gets through
};

/// The database as its clients meet it: each transaction is done as a whole or not at
/// all, and at every one the request, the answer or the node that asked may be lost.
class sim_database {
public:
  sim_database(sim_env& env, books& checks) : env_{env}, checks_{checks} {}

  /// Runs `effect`, which answers `caf::expected<Answer>`, as one transaction of
  /// `client`. `tenant` is empty when it concerns none.
  template <class Answer, class Self, class Effect>
  caf::result<Answer> transact(Self self,
                               const database_client& client,
                               const char* what,
                               const tenant_id& tenant,
                               Effect effect) {
    const auto how = draw(client);
    if (how.refused)
      return away(client, what);
    const auto run = [this, &client, what, tenant, effect]() -> caf::expected<Answer> {
      caf::expected<Answer> answer{effect()};
      committed(client, what, tenant, static_cast<bool>(answer));
      return answer;
    };
    if (how.plain())
      return run();
    auto promise = self->template make_response_promise<Answer>();
    const auto box = std::make_shared<std::optional<caf::expected<Answer>>>();
    begin(how,
          client,
          what,
          {[run, box] { box->emplace(run()); },
           [this, &client, self, promise, box, what](bool known) {
             if (!known)
               deliver(self, promise, away(client, what));
             else if (*box && **box)
               deliver(self, promise, ***box);
             else
               deliver(self, promise, (*box)->error());
           },
           false});
    env_.kept.emplace_back(promise); // or it would be broken, which is an answer, too
    return promise;
  }

  /// Goes down at once: what is under way fails, and some of it was done. Comes back
  /// after `away_for`.
  void restart(std::chrono::milliseconds away_for);

  bool up() const noexcept { return up_; }

private:
  struct fate {
    bool refused = false;      ///< an error at once, and nothing was done
    bool request_lost = false; ///< no error either
    bool answer_lost = false;
    bool answer_late = false; ///< an error after it was done
    bool crash_before = false;
    bool crash_after = false;
    std::chrono::milliseconds begin{0};
    std::chrono::milliseconds answer{0};

    bool plain() const {
      return !request_lost && !answer_lost && !answer_late && !crash_before &&
             !crash_after && begin.count() == 0 && answer.count() == 0;
    }
  };

  struct open_request {
    std::function<void()> commit;
    std::function<void(bool known)> answer;
    bool done = false;
  };

  fate draw(const database_client& client);
  void begin(const fate& how,
             const database_client& client,
             const char* what,
             open_request request);
  void finish(std::uint64_t ticket, const fate& how, const database_client& client);
  void committed(const database_client& client,
                 const char* what,
                 const tenant_id& tenant,
                 bool good);
  caf::error away(const database_client& client, const char* what);

  sim_env& env_;
  books& checks_;
  bool up_ = true;
  std::uint64_t tickets_ = 0;
  std::map<std::uint64_t, open_request> open_;
};

} // namespace caly::test
