#include "net/http/lane.hpp"

#include "net/http/session.hpp"

#include <vector>

namespace caly {

std::shared_ptr<void> connection_book::take(const std::string& address, bool unlimited) {
  {
    std::lock_guard guard{mutex_};
    if (total_ >= total_max_)
      return nullptr;
    auto& count = addresses_[address];
    if (!unlimited && count >= address_max_)
      return nullptr;
    ++count;
    ++total_;
  }
  return {reinterpret_cast<void*>(1),
          [book = shared_from_this(), address](void*) { book->give_back(address); }};
}

void connection_book::give_back(const std::string& address) {
  std::lock_guard guard{mutex_};
  --total_;
  const auto found = addresses_.find(address);
  if (found != addresses_.end() && --found->second == 0)
    addresses_.erase(found);
}

http_lane::http_lane(std::shared_ptr<const http_server_options> given,
                     const router& all_routes,
                     std::shared_ptr<http_counters> counts)
    : options{std::move(given)},
      routes{all_routes},
      counters{std::move(counts)},
      limits{options->net.header_bytes_max,
             static_cast<std::size_t>(options->net.header_fields_max),
             options->net.url_bytes_max},
      trusted{options->net.trusted_proxies},
      spool_dir{options->state_dir + "/uploads"} {}

void http_lane::add(std::shared_ptr<http_session> session) {
  if (draining)
    return;
  counters->open_connections.fetch_add(1);
  const auto& made = *sessions.emplace(session.get(), session).first;
  made.second->start();
}

void http_lane::remove(http_session* session) {
  if (sessions.erase(session) > 0)
    counters->open_connections.fetch_sub(1);
}

void http_lane::sweep(std::chrono::steady_clock::time_point now) {
  // Closing one changes the table.
  std::vector<std::shared_ptr<http_session>> all;
  all.reserve(sessions.size());
  for (const auto& [key, session] : sessions)
    all.push_back(session);
  for (const auto& session : all)
    session->check(now);
}

void http_lane::drain() {
  draining = true;
  auto all = sessions;
  for (const auto& [key, session] : all)
    session->drain();
}

void http_lane::close_all() {
  timer.cancel();
  auto all = sessions;
  for (const auto& [key, session] : all)
    session->close();
}

void http_lane::sweep_regularly() {
  timer.expires_after(std::chrono::milliseconds{250});
  timer.async_wait([lane = weak_from_this()](boost::system::error_code ec) {
    const auto self = lane.lock();
    if (ec || !self)
      return;
    self->sweep(std::chrono::steady_clock::now());
    self->sweep_regularly();
  });
}

} // namespace caly
