#pragma once

#include "actors/api/blob_store.hpp"
#include "net/client/http_requests.hpp"
#include "net/providers/s3/request.hpp"
#include "runtime/observe/spawn.hpp"

#include <functional>
#include <memory>
#include <unordered_map>

namespace caly::s3 {

struct blobs_options {
  account at;
  std::size_t multipart_from = 16 << 20;      ///< bytes of a file
  std::size_t part_bytes = 8 << 20;           ///< at least 5 MiB, S3's smallest part
  std::chrono::milliseconds deadline{60'000}; ///< of one request
  std::uint32_t tries_max = 4;                ///< of one request
  std::chrono::milliseconds first_pause{500}; ///< doubled after each try
};

/// Time to send a request again.
struct try_again {
  std::uint64_t number = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, try_again& x) {
    return f(caf::meta::type_name("caly.s3_try_again"), x.number);
  }
};

using blobs_self_actor = blob_store_actor::extend<caf::reacts_to<try_again>>;

/// A request under way. Invariant: in `running` until `then` is called, once.
struct running_request {
  object_request what;
  std::uint32_t tries = 0;
  std::function<void(caf::expected<http_answer>)> then;
};

struct blobs_state {
  std::unordered_map<std::uint64_t, running_request> running;
  std::uint64_t last_number = 0;
  std::uint64_t requests_total = 0;
  std::uint64_t retries_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t put_total = 0;
  std::uint64_t put_bytes_total = 0;
};

/// A blob store at an S3-compatible service. Reads files: for an actor with a thread of
/// its own (`caf::detached`). Holds one part of a file in memory for each `put_blob`.
blobs_self_actor::behavior_type blobs(self_ptr<blobs_self_actor, blobs_state> self,
                                      blobs_options options,
                                      http_requests_actor http,
                                      wall_clock clock);

} // namespace caly::s3
