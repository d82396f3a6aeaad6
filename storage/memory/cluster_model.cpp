#include "storage/memory/cluster_model.hpp"

#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly::memory {

namespace {

using namespace std::chrono_literals;

constexpr auto missed_renewal = 2s;
constexpr auto suspicion_max_age = 10s;
constexpr auto remembered = 10min;
/// The timeline in the high bits, as in the database; memory has only one.
constexpr std::int64_t timeline = std::int64_t{1} << 44;

} // namespace

cluster_model::cluster_model(const std::vector<shard_name>& shards) {
  for (const auto& name : shards)
    shards_.emplace(name, shard_row{name.kind, name.id, {}, 0});
}

std::vector<living_node> cluster_model::living(wall_time lease_after) const {
  std::vector<living_node> found;
  for (const auto& [node, member] : nodes_)
    if (member.takes_part() && member.lease_until > lease_after)
      found.push_back(
          {node, member.row.build, member.process, member.row.protocol, member.config});
  return found;
}

caf::expected<node_identity> cluster_model::join(const join_cluster& ask, wall_time now) {
  const auto lease = std::chrono::milliseconds{ask.lease_ms};
  if (auto no = refusal(ask, living(now + lease - missed_renewal)))
    return no;
  auto& member = nodes_[ask.node];
  auto& row = member.row;
  row.id = {ask.node, ++incarnations_};
  row.basp_host = ask.basp_host;
  row.basp_port = ask.basp_port;
  row.http_url = ask.http_url;
  row.build = ask.build;
  row.state = "up";
  row.capacity = ask.capacity;
  row.protocol = ask.protocol;
  row.config_hash = ask.config.hash;
  member.process = ask.process;
  member.config = ask.config;
  member.lease_until = now + lease;
  ++version_;
  return row.id;
}

bool cluster_model::alive(const node_identity& who, wall_time now) const {
  const auto found = nodes_.find(who.node);
  return found != nodes_.end() && found->second.row.id == who &&
         found->second.takes_part() && found->second.lease_until > now;
}

bool cluster_model::leased(const std::string& node, wall_time now) const {
  const auto found = nodes_.find(node);
  return found != nodes_.end() && found->second.lease_until > now;
}

void cluster_model::set_lease(const node_identity& who, wall_time lease_until) {
  if (const auto found = nodes_.find(who.node);
      found != nodes_.end() && found->second.row.id == who)
    found->second.lease_until = lease_until;
}

bool cluster_model::suspected_by_two(const node_identity& who, wall_time now) const {
  return std::count_if(suspicions_.begin(), suspicions_.end(), [&](const auto& each) {
           return each.first.first == std::pair{who.node, who.incarnation} &&
                  alive(each.second.by, now) && each.second.at > now - suspicion_max_age;
         }) >= 2;
}

bool cluster_model::declare_dead(std::int64_t lease_ms, wall_time now) {
  if (patient_until_ >= now)
    return false;
  const auto renewed_late = now + std::chrono::milliseconds{lease_ms} - missed_renewal;
  std::vector<member_row*> dead; // all are judged by the same rows
  for (auto& [node, member] : nodes_)
    if (member.takes_part() &&
        (member.lease_until < now ||
         (member.lease_until < renewed_late && suspected_by_two(member.row.id, now))))
      dead.push_back(&member);
  for (auto* member : dead) {
    member->row.state = "dead";
    std::erase_if(suspicions_, [&](const auto& each) {
      return each.first.first.first == member->row.id.node &&
             each.first.first.second <= member->row.id.incarnation;
    });
  }
  return !dead.empty();
}

cluster_view cluster_model::view(wall_time now) const {
  cluster_view out;
  out.version = version_;
  std::vector<protocol_range> known;
  for (const auto& [node, member] : nodes_) {
    if (member.lease_until <= now - remembered)
      continue;
    if (member.takes_part())
      known.push_back(member.row.protocol);
    out.nodes.push_back(member.row);
    out.nodes.back().lease_ms = std::max<std::int64_t>(
        0,
        std::chrono::duration_cast<std::chrono::milliseconds>(member.lease_until - now)
            .count());
  }
  out.level = common_level(known);
  for (const auto& [name, shard] : shards_)
    out.shards.push_back(shard);
  return out;
}

caf::expected<cluster_view> cluster_model::tick(const cluster_tick& ask, wall_time now) {
  const auto found = nodes_.find(ask.self.node);
  if (found != nodes_.end() && found->second.row.id != ask.self)
    return caf::make_error(errc::conflict, ask.self.node);
  if (found == nodes_.end() || !found->second.takes_part())
    return caf::make_error(errc::fenced, ask.self.node);
  auto& mine = found->second;
  mine.lease_until = now + std::chrono::milliseconds{ask.lease_ms};
  mine.row.load = ask.load;
  for (const auto& peer : ask.suspects)
    suspicions_[{{peer.node, peer.incarnation}, ask.self.node}] = {ask.self, now};
  if (declare_dead(ask.lease_ms, now))
    ++version_;
  return view(now);
}

void cluster_model::moved(const shard_row& shard) {
  ++version_;
  if (on_moved)
    on_moved(shard);
}

std::vector<shard_row> cluster_model::claim(const claim_shards& ask, wall_time now) {
  std::vector<shard_row> won;
  for (const auto& name : ask.shards) {
    const auto found = shards_.find(name);
    if (found == shards_.end())
      continue;
    auto& shard = found->second;
    const auto owner = nodes_.find(shard.owner.node);
    const bool taken = !shard.owner.node.empty() && owner != nodes_.end() &&
                       owner->second.row.id == shard.owner &&
                       owner->second.takes_part() &&
                       (owner->second.lease_until > now || patient_until_ > now);
    if (taken)
      continue;
    shard.owner = ask.self;
    shard.fence = timeline | ++fences_;
    moved(shard);
    won.push_back(shard);
  }
  return won;
}

std::uint32_t cluster_model::release(const release_shards& ask) {
  std::uint32_t count = 0;
  for (const auto& name : ask.shards) {
    const auto found = shards_.find(name);
    if (found == shards_.end() || found->second.owner != ask.self)
      continue;
    found->second.owner = {};
    moved(found->second);
    ++count;
  }
  return count;
}

bool cluster_model::change(const change_node_state& ask) {
  const auto found = nodes_.find(ask.self.node);
  if (found == nodes_.end() || found->second.row.id != ask.self ||
      found->second.row.state == "dead")
    return false;
  found->second.row.state = ask.state;
  ++version_;
  return true;
}

} // namespace caly::memory
