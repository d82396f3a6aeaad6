#include "net/media/call_listeners.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

namespace caly::test {
namespace {

struct pipe_state {
  std::string name = "pipe";
  call_listeners listeners;
};

call_listener_actor::behavior_type listener(call_listener_actor::pointer, int* heard) {
  return {
      [heard](const call_audio&) { ++*heard; },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  int heard = 0;
  int other_heard = 0;
  std::uint64_t dropped = 0;
  call_listener_actor one = sys.spawn(listener, &heard);
  call_listener_actor other = sys.spawn(listener, &other_heard);
  caf::actor pipe;

  fixture() {
    pipe = sys.spawn([this](caf::stateful_actor<pipe_state>* self) -> caf::behavior {
      auto& all = self->state.listeners;
      BOOST_TEST(all.add(one));
      BOOST_TEST(!all.add(one));
      return {
          [this, self](int pieces) {
            for (int i = 0; i < pieces; ++i)
              self->state.listeners.tell(self, call_audio{call_id{}, i, true, "x"});
            dropped = self->state.listeners.dropped_total();
          },
          [self](caf::actor_addr gone) { return self->state.listeners.remove(gone); },
          [this, self](const std::string&) { return self->state.listeners.add(other); },
      };
    });
    run();
  }

  ~fixture() {
    stop(pipe);
    stop(one);
    stop(other);
  }

  void tell(int pieces) {
    self->send(pipe, pieces);
    run();
  }
};

constexpr int credit = call_listeners::credit_pieces;

} // namespace

BOOST_FIXTURE_TEST_SUITE(listeners_of_a_call, fixture)

BOOST_AUTO_TEST_CASE(who_takes_pieces_gets_all_of_them) {
  for (int i = 0; i < 5; ++i)
    tell(credit);
  BOOST_TEST(heard == 5 * credit);
  BOOST_TEST(dropped == 0u);
}

BOOST_AUTO_TEST_CASE(what_there_is_no_credit_for_is_dropped) {
  tell(credit + 7);
  BOOST_TEST(heard == credit);
  BOOST_TEST(dropped == 7u);
  tell(3); // taken pieces gave their credit back
  BOOST_TEST(heard == credit + 3);
}

BOOST_AUTO_TEST_CASE(a_listener_that_went_costs_the_others_nothing) {
  self->send(pipe, std::string{"another"});
  run();
  stop(one);
  tell(credit);
  tell(credit);
  BOOST_TEST(other_heard == 2 * credit);
  self->send(pipe, one.address());
  run();
  tell(2 * credit);
  BOOST_TEST(dropped == static_cast<std::uint64_t>(credit));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
