#pragma once

#include "cluster/console/sources.hpp"

namespace caly {

/// `cluster`, `nodes`, `links`, `shards`, `who-owns`.
void add_cluster_commands(console_registry& registry, const console_sources& sources);

/// `membership log`, `drain`, `undrain`, `shard move`, `evict`.
void add_membership_commands(console_registry& registry, const console_sources& sources);

/// `camp`, `camp explain`, `camp pause`, `camp resume`, `attempts`, `reconcile`.
void add_campaign_commands(console_registry& registry, const console_sources& sources);

/// `calls`, `call`, `call machine`, `hangup`.
void add_call_commands(console_registry& registry, const console_sources& sources);

/// `numbers`, `number set`, `number remove`.
void add_number_commands(console_registry& registry, const console_sources& sources);

/// `shares`, `shares set`.
void add_share_commands(console_registry& registry, const console_sources& sources);

/// `stuck`, `orphans`, `dead-letters`, `dead-letters replay`.
void add_work_commands(console_registry& registry, const console_sources& sources);

/// `alarms`.
void add_alarm_commands(console_registry& registry, const console_sources& sources);

/// `permits`, `permits holders`, `ledger check`, `invariants`.
void add_check_commands(console_registry& registry, const console_sources& sources);

} // namespace caly
