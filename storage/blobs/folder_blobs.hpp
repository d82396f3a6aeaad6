#pragma once

#include "actors/api/blob_store.hpp"
#include "runtime/observe/spawn.hpp"

#include <filesystem>

namespace caly {

struct folder_blobs_state {
  std::uint64_t put_total = 0;
  std::uint64_t read_total = 0;
  std::uint64_t removed_total = 0;
  std::uint64_t failed_total = 0;
};

/// A blob store that is a folder. A blob is there whole or not at all, also after a
/// crash. Waits for the disk: for an actor with a thread of its own (`caf::detached`).
blob_store_actor::behavior_type
folder_blobs(self_ptr<blob_store_actor, folder_blobs_state> self,
             std::filesystem::path folder);

} // namespace caly
