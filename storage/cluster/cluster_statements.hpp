#pragma once

/// What the cluster store asks and tells PostgreSQL. Leases are judged by the database's
/// clock alone.
namespace caly::pg::cluster {

inline constexpr const char* bump_version = "update cluster set version = version + 1";

// Those that join take turns, so that each is judged beside all others.
inline constexpr const char* join_in_turn = "select version from cluster for update";

inline constexpr const char* read_living = R"(
  select node_id, build, process, proto_min, proto_max, config_hash, shared_config::text
    from nodes where state in ('joining', 'up', 'draining')
      and lease_until > clock_timestamp() + $1 * interval '1 millisecond' - interval '2 seconds'
    order by node_id)";

inline constexpr const char* enter = R"(
  insert into nodes (node_id, incarnation, basp_host, basp_port, http_url, build, state, lease_until, capacity,
                     process, proto_min, proto_max, config_hash, shared_config)
    values ($1, nextval('incarnation_seq'), $2, $3, $4, $5, 'up',
            clock_timestamp() + $6 * interval '1 millisecond', $7, $8, $9, $10, $11, $12::jsonb)
    on conflict (node_id) do update set incarnation = excluded.incarnation,
      basp_host = excluded.basp_host, basp_port = excluded.basp_port,
      http_url = excluded.http_url, build = excluded.build, state = 'up',
      lease_until = excluded.lease_until, capacity = excluded.capacity, started_at = now(),
      process = excluded.process, proto_min = excluded.proto_min, proto_max = excluded.proto_max,
      config_hash = excluded.config_hash, shared_config = excluded.shared_config
    returning incarnation)";

inline constexpr const char* renew = R"(
  update nodes set lease_until = clock_timestamp() + $3 * interval '1 millisecond', load = $4::jsonb
    where node_id = $1 and incarnation = $2 and state in ('joining', 'up', 'draining'))";

// Two living nodes that cannot reach one are believed as soon as it missed a renewal.
inline constexpr const char* declare_dead = R"(
  update nodes n set state = 'dead'
    where n.state in ('joining', 'up', 'draining')
      and pg_postmaster_start_time() < clock_timestamp() - $2 * interval '1 millisecond'
      and (n.lease_until < clock_timestamp()
        or n.lease_until < clock_timestamp() + $1 * interval '1 millisecond' - interval '2 seconds'
          and 2 <= (select count(*) from suspicions s
            join nodes b on b.node_id = s.by_node and b.incarnation = s.by_incarnation
              and b.state in ('joining', 'up', 'draining') and b.lease_until > clock_timestamp()
            where s.of_node = n.node_id and s.of_incarnation = n.incarnation
              and s.at > clock_timestamp() - interval '10 seconds'))
    returning n.node_id, n.incarnation,
      case when n.lease_until < clock_timestamp() then 'its lease ran out'
        else 'missed a renewal, suspected by ' || (select string_agg(s.by_node, ', ' order by s.by_node)
          from suspicions s where s.of_node = n.node_id and s.of_incarnation = n.incarnation) end)";

inline constexpr const char* suspect = R"(
  insert into suspicions (of_node, of_incarnation, by_node, by_incarnation, at)
    values ($1, $2, $3, $4, clock_timestamp())
    on conflict (of_node, of_incarnation, by_node)
      do update set by_incarnation = excluded.by_incarnation, at = excluded.at)";

inline constexpr const char* note_death = "select note_death($1, $2, 'dead', $3, $4)";

// What an operator wanted of a node ends with its incarnation and when it drains.
inline constexpr const char* forget_wishes =
    "update shards set wanted = null where wanted = $1";

inline constexpr const char* read_version =
    "select version, (extract(epoch from clock_timestamp()) * 1000000)::bigint from "
    "cluster";

inline constexpr const char* read_nodes = R"(
  select node_id, incarnation, basp_host, basp_port, http_url, build, state, load::text,
         greatest(0, extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint, capacity,
         proto_min, proto_max, config_hash
    from nodes where lease_until > clock_timestamp() - interval '10 minutes' order by node_id)";

inline constexpr const char* read_shards = "select kind, id, coalesce(owner, ''), "
                                           "coalesce(owner_incarnation, 0), fence, "
                                           "coalesce(wanted, '') from shards";

// The timeline in the high bits keeps fences rising over a failover that lost the last
// values of the sequence.
inline constexpr const char* claim = R"(
  update shards s set owner = $1, owner_incarnation = $2, moved_at = clock_timestamp(),
      fence = (('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint << 44)
              | nextval('fence_seq')
    where (s.kind, s.id) in (
      select f.kind, f.id from shards f
        where f.kind = $3 and f.id = $4
          and (f.owner is null or not exists (
            select 1 from nodes n where n.node_id = f.owner and n.incarnation = f.owner_incarnation
              and n.state in ('joining', 'up', 'draining')
              and (n.lease_until > clock_timestamp()
                   or pg_postmaster_start_time() > clock_timestamp() - $5 * interval '1 millisecond')))
        for update skip locked)
    returning s.kind, s.id, s.fence)";

inline constexpr const char* release = R"(
  update shards set owner = null, owner_incarnation = null
    where kind = $3 and id = $4 and owner = $1 and owner_incarnation = $2)";

inline constexpr const char* set_state = R"(
  update nodes set state = $3 where node_id = $1 and incarnation = $2 and state <> 'dead')";

inline constexpr const char* same_incarnation =
    "select incarnation = $2 from nodes where node_id = $1";

// Of a node by itself.
inline constexpr const char* log_event =
    "select note_membership($1, $2, $3, $1, nullif($4, ''))";

} // namespace caly::pg::cluster
