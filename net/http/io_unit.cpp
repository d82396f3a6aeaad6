#include "net/http/io_unit.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>

namespace caly {

namespace {

/// Messages that one turn handles before other connections get theirs.
constexpr std::size_t messages_max = 100;

} // namespace

io_unit::io_unit(caf::actor_system& sys,
                 boost::asio::io_context& io,
                 std::vector<caf::resumable*> guests)
    : caf::execution_unit{&sys}, guests_{std::move(guests)}, io_{&io} {}

void io_unit::exec_later(caf::resumable* job) {
  if (std::find(guests_.begin(), guests_.end(), job) != guests_.end()) {
    const std::lock_guard guard{mutex_};
    if (io_ != nullptr)
      return boost::asio::post(*io_,
                               [self = shared_from_this(), job] { self->run(job); });
  }
  system().scheduler().enqueue(job);
}

void io_unit::leave() {
  const std::lock_guard guard{mutex_};
  io_ = nullptr;
}

void io_unit::run(caf::resumable* job) {
  if (job->resume(this, messages_max) == caf::resumable::resume_later)
    exec_later(job);
  else
    caf::intrusive_ptr_release(job);
}

} // namespace caly
