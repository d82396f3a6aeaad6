#include "cluster/client/interrupt.hpp"

#include <csignal>
#include <unistd.h>

namespace caly::client {

namespace {

std::atomic<bool> was_pressed{false};

void on_signal(int) {
  if (was_pressed.exchange(true))
    _exit(130);
}

} // namespace

interrupt_watch::interrupt_watch() {
  was_pressed = false;
  std::signal(SIGINT, on_signal);
}

interrupt_watch::~interrupt_watch() {
  std::signal(SIGINT, SIG_DFL);
}

const std::atomic<bool>& interrupt_watch::pressed() const {
  return was_pressed;
}

} // namespace caly::client
