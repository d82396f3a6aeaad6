#include "tests/simulation/sim_database.hpp"

#include "storage/cluster/cluster_store.hpp"

#include <algorithm>
#include <array>

namespace caly::test {

sim_database::fate sim_database::draw(const database_client& client) {
  fate out;
  if (client.cut_off || !up_) {
    out.refused = !client.cut_off || env_.one_in(2);
    out.request_lost = !out.refused;
    return out;
  }
  if (!env_.faults)
    return out;
  const auto luck = env_.between(0, 999);
  if (luck < 8)
    out.refused = true;
  else if (luck < 12)
    out.request_lost = true;
  else if (luck < 20)
    out.answer_late = true;
  else if (luck < 24)
    out.answer_lost = true;
  else if (luck < 26)
    out.crash_before = true;
  else if (luck < 29)
    out.crash_after = true;
  else if (luck < 60)
    out.begin = env_.ms_between(5, 3000);
  else if (luck < 90)
    out.answer = env_.ms_between(5, 4000);
  return out;
}

void sim_database::begin(const fate& how,
                         const database_client& client,
                         const char* what,
                         open_request request) {
  if (how.request_lost) {
    env_.saw(client.name, "request lost in silence", what);
    return;
  }
  if (how.crash_before) {
    env_.saw(client.name, "crash before a transaction", what);
    env_.doom(client.node);
    return;
  }
  const auto ticket = ++tickets_;
  open_.emplace(ticket, std::move(request));
  if (how.begin.count() == 0)
    return finish(ticket, how, client);
  env_.saw(client.name, "transaction delayed", what);
  env_.after(how.begin, [this, ticket, how, &client] { finish(ticket, how, client); });
}

void sim_database::finish(std::uint64_t ticket,
                          const fate& how,
                          const database_client& client) {
  const auto found = open_.find(ticket);
  if (found == open_.end())
    return; // the database went down meanwhile
  auto& request = found->second;
  request.done = true;
  request.commit();
  if (how.crash_after) {
    env_.saw(client.name, "crash after a transaction");
    env_.doom(client.node);
  } else if (how.answer_lost) {
    env_.saw(client.name, "answer lost in silence");
  } else if (how.answer_late) {
    env_.saw(client.name, "answer lost");
    // Out of this turn: the promise is answered from outside.
    env_.after(std::chrono::milliseconds{0},
               [answer = request.answer] { answer(false); });
  } else {
    env_.after(how.answer, [this, ticket] {
      if (const auto still = open_.extract(ticket); !still.empty())
        still.mapped().answer(true);
    });
    return;
  }
  open_.erase(found);
}

void sim_database::restart(std::chrono::milliseconds away_for) {
  if (!up_)
    return;
  up_ = false;
  env_.saw({}, "database down");
  auto open = std::move(open_);
  open_.clear();
  for (auto& [ticket, request] : open) {
    if (!request.done && env_.one_in(3)) {
      env_.count("committed while going down");
      request.commit();
    }
    env_.after(env_.ms_between(0, 500), [answer = request.answer] { answer(false); });
  }
  env_.after(away_for, [this] {
    up_ = true;
    env_.cluster->restarted(env_.now() + restart_grace);
    env_.saw({}, "database up");
  });
}

void sim_database::committed(const database_client& client,
                             const char* what,
                             const tenant_id& tenant,
                             bool good) {
  // What the pollers ask again and again; what it changes is told by the books.
  constexpr std::array quiet{"record", "tick", "reserve", "doubtful"};
  const std::string_view name = what;
  if (std::find(quiet.begin(), quiet.end(), name) == quiet.end())
    env_.trace.event(env_.now_ms(), client.name, name, good ? "" : "refused");
  if (!tenant.empty())
    checks_.after_commit(tenant);
}

caf::error sim_database::away(const database_client& client, const char* what) {
  env_.saw(client.name, "database away", what);
  return caf::make_error(errc::unavailable);
}

} // namespace caly::test
