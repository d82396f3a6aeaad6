#pragma once

#include <boost/asio/io_context.hpp>
#include <caf/execution_unit.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace caly {

/// Lets a few actors run on the io thread that woke them; all others go to the scheduler.
class io_unit : public caf::execution_unit, public std::enable_shared_from_this<io_unit> {
public:
  /// `guests` are compared only: they may be gone.
  io_unit(caf::actor_system& sys,
          boost::asio::io_context& io,
          std::vector<caf::resumable*> guests);

  void exec_later(caf::resumable* job) override;

  /// From now on the scheduler runs its guests too; `io` is not touched any more.
  void leave();

private:
  void run(caf::resumable* job);

  const std::vector<caf::resumable*> guests_;
  std::mutex mutex_;
  boost::asio::io_context* io_;
};

} // namespace caly
