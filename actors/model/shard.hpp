#pragma once

#include "actors/model/ids.hpp"

namespace caly {

constexpr std::int32_t tenant_shards = 128;

/// The shard of a tenant: the low seven bits of its id's last byte, which are random.
/// The database computes the same when a tenant registers.
inline std::int32_t shard_of(const tenant_id& tenant) {
  return tenant.value().bytes.back() % tenant_shards;
}

} // namespace caly
