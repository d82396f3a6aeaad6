#include "net/media/media_lane.hpp"
#include "net/media/media_session.hpp"
#include "runtime/base/json.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace caly {

namespace {

/// Brains that can go on with any call; the embedded one hears words on few lines only.
constexpr std::array can_stand_in{brain_kind::realtime, brain_kind::cascade};

constexpr std::size_t turns_max = 60;

} // namespace

std::optional<brain_kind> media_session::stand_in() const {
  for (const auto kind : can_stand_in)
    if (!tried_.contains(kind) && ports_.brains.contains(kind))
      return kind;
  return std::nullopt;
}

bool media_session::has_stand_in() const {
  return spare_ && stand_in();
}

void media_session::keep_for_stand_in(const media_plan& plan) {
  tried_.insert(pass_.brain);
  const auto first = std::ranges::find(can_stand_in, pass_.brain);
  if (first != can_stand_in.end() && stand_in())
    spare_ = std::make_unique<media_plan>(plan);
}

void media_session::remember_for_stand_in(const turn_heard& turn) {
  if (!spare_)
    return;
  const auto known = std::ranges::find(heard_, turn.item, &turn_heard::item);
  if (!turn.item.empty() && known != heard_.end())
    *known = turn;
  else
    heard_.push_back(turn);
  if (heard_.size() > turns_max)
    heard_.erase(heard_.begin());
}

bool media_session::stand_in_takes_over() {
  const auto next = has_stand_in() ? stand_in() : std::nullopt;
  if (!next || phase_ != phase::talking || !carrier_)
    return false;
  const auto before = pass_.brain;
  // What was heard of its last words still counts. It may be the one who calls this.
  std::shared_ptr<brain_session> failed{std::move(brain_)};
  failed->leave(cut());
  boost::asio::post(lane_->io, [failed] {});
  guard_.reset();
  failed_at_ = clock::now();
  pass_.brain = *next;
  tried_.insert(*next);
  json_writer detail;
  detail.begin_object()
      .field("from", to_string(before))
      .field("to", to_string(*next))
      .end_object();
  note("brain_stand_in", std::move(detail).str());
  spdlog::warn("media: another brain goes on call={} from={} to={}",
               pass_.call.str(),
               to_string(before),
               to_string(*next));
  auto plan = *spare_;
  for (const auto& turn : heard_)
    plan.brief.said.push_back({0, turn.role, turn.text, "", 0});
  if (hushed_)
    plan.greeting.clear();
  else if (plan.brief.goes_on())
    plan.greeting = plan.brief.trouble;
  brain_ = ports_.brains.at(*next)(*this, lane_->io);
  brain_->start(std::move(plan), clock::now());
  if (hushed_)
    brain_->hush(true);
  return true;
}

} // namespace caly
