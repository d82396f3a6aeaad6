#include "net/http/bridge.hpp"
#include "runtime/observe/spawn.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <future>
#include <thread>

namespace caly::test {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using answer = caf::expected<int>;

struct echo_state {
  std::vector<caf::response_promise> kept;
};

/// Answers even numbers with themselves and odd ones with an error; keeps negative ones.
caf::behavior echo(self_ptr<caf::actor, echo_state> self) {
  return {
      [self](int number) -> caf::result<int> {
        if (number < 0) {
          auto promise = self->make_response_promise();
          self->state.kept.push_back(promise);
          return caf::delegated<int>{};
        }
        if (number % 2 != 0)
          return caf::make_error(errc::conflict, "odd");
        return number;
      },
  };
}

/// An io thread that takes part.
struct io_thread {
  explicit io_thread(actor_gateways& gateways)
      : thread{[this, &gateways] {
          const auto held = gateways.serve(io);
          io.run();
        }} {}

  ~io_thread() { stop(); }

  void stop() {
    if (!thread.joinable())
      return;
    work.reset();
    io.stop();
    thread.join();
    io.restart();
    io.poll();
  }

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

struct fixture {
  ~fixture() {
    gateways.stop();
    caf::anon_send_exit(std::exchange(target, nullptr), caf::exit_reason::user_shutdown);
  }

  http_request::post_function poster(io_thread& at) {
    return [&at](std::function<void()> work) { asio::post(at.io, std::move(work)); };
  }

  /// Asks from the io thread; what the answer is, and whether it came on that thread.
  std::pair<answer, bool> ask(io_thread& at, int number) {
    const auto told = std::make_shared<std::promise<std::pair<answer, bool>>>();
    asio::post(at.io, [&, told] {
      gateways.ask<int>(target, 5s, number, poster(at), [&, told](answer got) {
        told->set_value(
            {std::move(got), std::this_thread::get_id() == at.thread.get_id()});
      });
    });
    return told->get_future().get();
  }

  caf::actor_system_config config;
  caf::actor_system sys{config};
  caf::actor target = spawn<caf::actor, echo_state>(sys, {"echo", "", ""}, echo);
  actor_gateways gateways{sys, 1};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bridge, fixture)

BOOST_AUTO_TEST_CASE(an_answer_comes_back_to_the_thread_that_asked) {
  io_thread at{gateways};
  for (int i = 0; i < 100; ++i) {
    const auto [got, same] = ask(at, 2 * i);
    BOOST_REQUIRE(static_cast<bool>(got));
    BOOST_TEST(*got == 2 * i);
    BOOST_TEST(same);
  }
}

BOOST_AUTO_TEST_CASE(an_error_comes_back_too) {
  io_thread at{gateways};
  const auto got = ask(at, 7).first;
  BOOST_REQUIRE(!got);
  BOOST_TEST((got.error() == errc::conflict));
}

BOOST_AUTO_TEST_CASE(whoever_is_not_there_does_not_answer) {
  io_thread at{gateways};
  auto gone = std::exchange(target, nullptr);
  BOOST_TEST((ask(at, 2).first.error() == errc::unavailable));
  target = gone;
}

BOOST_AUTO_TEST_CASE(a_question_that_nobody_answers_ends) {
  io_thread at{gateways};
  const auto told = std::make_shared<std::promise<answer>>();
  asio::post(at.io, [&, told] {
    gateways.ask<int>(target, 20ms, -1, poster(at), [&, told](answer got) {
      told->set_value(std::move(got));
    });
  });
  const auto got = told->get_future().get();
  BOOST_TEST((got.error() == caf::sec::request_timeout));
}

BOOST_AUTO_TEST_CASE(too_many_questions_are_refused) {
  io_thread at{gateways};
  constexpr auto most = actor_gateways::thread_waiting_max;
  const auto told = std::make_shared<std::promise<answer>>();
  asio::post(at.io, [&, told] {
    for (std::size_t i = 0; i < most; ++i)
      gateways.ask<int>(target, 60s, -1, poster(at), [](answer) {});
    gateways.ask<int>(target, 60s, 2, poster(at), [&, told](answer got) {
      told->set_value(std::move(got));
    });
  });
  BOOST_TEST((told->get_future().get().error() == errc::overloaded));
}

BOOST_AUTO_TEST_CASE(other_threads_may_ask_as_well) {
  io_thread at{gateways};
  const auto told = std::make_shared<std::promise<std::thread::id>>();
  gateways.ask<int>(target, 5s, 2, poster(at), [told](const answer& got) {
    BOOST_TEST(static_cast<bool>(got));
    told->set_value(std::this_thread::get_id());
  });
  BOOST_TEST((told->get_future().get() == at.thread.get_id()));
}

BOOST_AUTO_TEST_CASE(a_thread_may_end_with_questions_open) {
  io_thread at{gateways};
  const auto asked = std::make_shared<std::promise<void>>();
  asio::post(at.io, [this, &at, asked] {
    for (int i = 0; i < 50; ++i)
      gateways.ask<int>(target, 60s, i % 2 == 0 ? -1 : 2, poster(at), [](answer) {});
    asked->set_value();
  });
  asked->get_future().wait();
  at.stop();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
