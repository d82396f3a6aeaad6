// What the actor runtime itself costs: a message there and back, a request, many pairs, a
// short life, many senders; and the memory of an actor that waits.
//   bench_actors [THREADS]
// Prints one JSON object: work -> [microseconds a step, CPU microseconds a step].

#include "tests/bench/cpu_time.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdio>
#include <functional>

namespace {

constexpr int round_trips = 500'000;
constexpr int lives = 100'000;
constexpr int sent_in_all = 2'000'000;
constexpr int pairs = 100;
constexpr int senders = 4;

caf::behavior answer(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

caf::behavior answer_by_send(caf::event_based_actor* self) {
  return {[self](const caf::actor& who, int n) { self->send(who, n); }};
}

caf::behavior ask_by_send(caf::event_based_actor* self,
                          const caf::actor& other,
                          int times,
                          const caf::actor& done) {
  self->send(other, caf::actor_cast<caf::actor>(self), times);
  return {[=](int left) {
    if (left == 0) {
      self->send(done, caf::ok_atom::value);
      self->quit();
    } else {
      self->send(other, caf::actor_cast<caf::actor>(self), left - 1);
    }
  }};
}

caf::behavior ask_by_request(caf::event_based_actor* self,
                             const caf::actor& other,
                             const caf::actor& done) {
  return {[=](int left) {
    self->request(other, caf::infinite, left).then([=](int answered) {
      if (answered == 0) {
        self->send(done, caf::ok_atom::value);
        self->quit();
      } else {
        self->send(self, answered - 1);
      }
    });
  }};
}

caf::behavior live_once(caf::event_based_actor* self, const caf::actor& done) {
  return {[=](int value) {
    self->send(done, value);
    self->quit();
  }};
}

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

caf::behavior sink(caf::stateful_actor<int>* self, int count, const caf::actor& done) {
  self->state = count;
  return {[=](int) {
    if (--self->state == 0)
      self->send(done, caf::ok_atom::value);
  }};
}

caf::behavior source(caf::event_based_actor* self, const caf::actor& to, int count) {
  self->send(self, count);
  return {[=](int left) {
    const int batch = std::min(left, 1000);
    for (int i = 0; i < batch; ++i)
      self->send(to, i);
    if (left > batch)
      self->send(self, left - batch);
  }};
}

long resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  long all = 0;
  long resident = 0;
  in >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void measure(const char* name, int steps, const std::function<void()>& work) {
  const auto cpu = caly::bench::own_cpu_s();
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("\"%s\":[%.4f,%.4f],",
              name,
              wall.count() * 1e6 / steps,
              (caly::bench::own_cpu_s() - cpu) * 1e6 / steps);
}

} // namespace

int main(int argc, char** argv) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads",
             static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 2));
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const auto me = caf::actor_cast<caf::actor>(self);
  const auto wait_for = [&](int count) {
    for (int i = 0; i < count; ++i)
      self->receive([](caf::ok_atom) {});
  };
  std::printf("{");
  {
    const auto before = resident_bytes();
    std::vector<caf::actor> all;
    for (int i = 0; i < lives; ++i)
      all.push_back(system.spawn(idle));
    std::printf("\"bytes of an idle actor\":%ld,", (resident_bytes() - before) / lives);
    for (const auto& each : all)
      caf::anon_send_exit(each, caf::exit_reason::kill);
  }
  measure("round trip, one pair", round_trips, [&] {
    system.spawn(ask_by_send, system.spawn(answer_by_send), round_trips, me);
    wait_for(1);
  });
  measure("request and answer", round_trips / 4, [&] {
    caf::anon_send(system.spawn(ask_by_request, system.spawn(answer), me),
                   round_trips / 4);
    wait_for(1);
  });
  measure("round trip, 100 pairs", round_trips, [&] {
    for (int i = 0; i < pairs; ++i)
      system.spawn(ask_by_send, system.spawn(answer_by_send), round_trips / pairs, me);
    wait_for(pairs);
  });
  measure("spawn, one message, exit", lives, [&] {
    for (int i = 0; i < lives; ++i)
      caf::anon_send(system.spawn(live_once, me), 1);
    for (int i = 0; i < lives; ++i)
      self->receive([](int) {});
  });
  measure("4 senders, one receiver", sent_in_all, [&] {
    const auto to = system.spawn(sink, sent_in_all, me);
    for (int i = 0; i < senders; ++i)
      system.spawn(source, to, sent_in_all / senders);
    wait_for(1);
  });
  std::printf("\"threads\":%d}\n", argc > 1 ? std::atoi(argv[1]) : 2);
}
