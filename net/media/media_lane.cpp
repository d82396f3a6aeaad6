#include "net/media/media_lane.hpp"

#include "net/media/lane_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace caly {

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};
/// Short against the lead that the carrier is given.
constexpr std::chrono::milliseconds pace_interval{40};

} // namespace

media_lane::media_lane(const media_options& x) : options{x} {}

media_lane::~media_lane() {
  stop();
}

void media_lane::start() {
  sweep_regularly();
  thread_ = std::thread{[this] { run(); }};
}

void media_lane::stop() {
  if (!thread_.joinable())
    return;
  boost::asio::post(io, [this] {
    const auto ending = sessions_; // ending a call changes `sessions_`
    for (const auto& [key, session] : ending)
      session->end("node_stopping");
    // One more turn, so that close frames and last words go out.
    boost::asio::post(io, [this] { stopping_ = true; });
  });
  thread_.join();
}

void media_lane::add(const std::shared_ptr<lane_session>& session) {
  sessions_.emplace(session.get(), session);
  calls_ = sessions_.size();
}

void media_lane::remove(lane_session& session) {
  sessions_.erase(&session);
  calls_ = sessions_.size();
}

void media_lane::sweep_regularly() {
  timer_.expires_after(sweep_interval);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec || stopping_)
      return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<lane_session>> all;
    all.reserve(sessions_.size());
    for (const auto& [key, session] : sessions_)
      all.push_back(session);
    for (const auto& session : all)
      session->tick(now);
    sweep_regularly();
  });
}

void media_lane::pace_soon() {
  if (std::exchange(pacing_, true))
    return;
  pacer_.expires_after(pace_interval);
  pacer_.async_wait([this](boost::system::error_code ec) {
    pacing_ = false;
    if (!ec && !stopping_)
      pace();
  });
}

void media_lane::pace() {
  bool waiting = false;
  for (const auto& [key, session] : sessions_)
    waiting = session->pace() || waiting;
  if (waiting)
    pace_soon();
}

void media_lane::run_pass() {
  const auto next = std::chrono::steady_clock::now() + options.tick;
  // Once: what is answered within the pass waits for the next one.
  watch_.look();
  io.poll();
  std::this_thread::sleep_until(next);
}

void media_lane::run() {
  const auto work = boost::asio::make_work_guard(io);
  while (!stopping_) {
    const bool in_passes =
        options.tick.count() > 0 && sessions_.size() >= options.coalesce_from;
    watch_.look_by_hand(in_passes);
    if (in_passes)
      run_pass();
    else
      io.run_one();
  }
}

} // namespace caly
