#pragma once

#include <atomic>

namespace caly::client {

/// True once Ctrl-C was pressed while this lives. A second Ctrl-C ends the process.
class interrupt_watch {
public:
  interrupt_watch();
  ~interrupt_watch();

  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  const std::atomic<bool>& pressed() const;
};

} // namespace caly::client
