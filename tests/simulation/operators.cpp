#include "tests/simulation/operators.hpp"

#include "runtime/base/error.hpp"

namespace caly::test {

namespace {

using namespace std::chrono_literals;

constexpr auto round_time = 10s;
constexpr auto ask_again = 2s;
/// So often somebody asks for the same call; once the faults are over each is answered
/// well before.
constexpr int tries_max = 60;

/// A word of the tenant itself, good or bad.
bool is_answer(const caf::error& err) {
  return err == errc::conflict || err == errc::not_found || err == errc::no_credit ||
         err == errc::tenant_at_capacity || err == errc::system_at_capacity;
}

} // namespace

void operators::start() {
  env_.after(round_time, [this] { go_round(); });
}

void operators::go_round() {
  for (auto& [id, who] : env_.model->accounts) {
    pay_and_resume(id, who);
    if (env_.fault(100))
      list_somebody(who);
    if (env_.fault(100))
      want_call(id, who);
  }
  if (env_.fault(60))
    drain_somebody();
  env_.after(round_time, [this] { go_round(); });
}

void operators::wake(const tenant_id& id, const char* why) {
  auto& node = any_node();
  if (node.up())
    caf::anon_send(node.region(), wake_tenant{id, why});
}

void operators::pay_and_resume(const tenant_id& id, account& who) {
  for (auto& [key, campaign] : who.campaigns) {
    if (campaign.status == "paused") {
      who.ledger["topup:" + std::to_string(++payments_)] = {"topup", 2000};
      who.row.balance += 2000;
      campaign.status = "running";
      env_.saw({}, "campaign resumed");
      wake(id, "resumed");
    } else if (campaign.status == "running" && env_.fault(50)) {
      campaign.status = "paused";
      env_.saw({}, "campaign paused");
      wake(id, "paused");
    }
  }
}

void operators::list_somebody(account& who) {
  const auto person =
      std::next(who.contacts.begin(),
                env_.between(0, static_cast<std::int64_t>(who.contacts.size()) - 1));
  who.suppressions.insert(person->second.phone);
  env_.saw({}, "number listed");
}

void operators::want_call(const tenant_id& id, const account& who) {
  place_single_call wish;
  wish.tenant = id;
  wish.call = call_id{env_.next_uuid()};
  wish.agent = who.agents.begin()->first;
  const auto person =
      std::next(who.contacts.begin(),
                env_.between(0, static_cast<std::int64_t>(who.contacts.size()) - 1));
  wish.to = env_.one_in(2) ? person->second.phone
                           : "+9197" + short_id(wish.call.value()).substr(1);
  waiting_.insert(wish.call);
  env_.saw({}, "single call wanted", short_id(wish.call.value()));
  ask(wish, 1);
}

/// As a client does: the same wish again, at any node, until there is an answer.
void operators::ask(const place_single_call& wish, int tries) {
  if (tries > tries_max) {
    if (!env_.faults)
      env_.violate("liveness: a single call is refused again and again");
    waiting_.erase(wish.call); // it gave up; the call may be there or not
    return;
  }
  auto& node = any_node();
  const auto settled = std::make_shared<bool>(false);
  const auto again = [this, wish, tries, settled] {
    if (!std::exchange(*settled, true))
      ask(wish, tries + 1);
  };
  env_.after(node.up() ? 8s : ask_again, again);
  if (!node.up())
    return;
  outcome<call_id> then =
      [this, wish, settled, again](const caf::expected<call_id>& answer) {
        if (!answer && !is_answer(answer.error())) {
          env_.after(ask_again, again);
          return;
        }
        if (answer) {
          env_.count("single call accepted");
          accepted_.insert(*answer);
        }
        *settled = true;
        waiting_.erase(wish.call);
      };
  caf::anon_send(node.api(), wish, std::move(then));
}

void operators::drain_somebody() {
  auto& node = any_node();
  if (!node.up())
    return;
  env_.saw(node.name(), "drain");
  caf::anon_send(node.member(), drain_member{true});
  env_.after(env_.ms_between(5000, 30'000), [&node, life = node.life()] {
    if (node.life() == life)
      caf::anon_send(node.member(), drain_member{false});
  });
}

} // namespace caly::test
