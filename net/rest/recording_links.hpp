#pragma once

#include "actors/api/blob_store.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"
#include "runtime/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// A recording that may be played, as a link names it.
struct recording_link {
  std::string key;
  std::uint64_t bytes = 0;
};

/// Addresses under which recordings of a folder play, for a short time and without a
/// token: a browser's player sends none. Signed with the cluster's secret.
class recording_links {
public:
  recording_links(std::string secret, std::chrono::seconds lifetime)
      : secret_{std::move(secret)}, lifetime_{lifetime} {}

  std::string issue(const recording_link& link, std::int64_t now_s) const;

  /// Nothing: not one of ours, or its time is over.
  std::optional<recording_link> check(std::string_view token, std::int64_t now_s) const;

private:
  std::string mac_of(std::string_view text) const;

  std::string secret_;
  std::chrono::seconds lifetime_;
};

/// The bytes that a Range header asks for, of `total`. Without a header, or one that says
/// more than one range: all. Nothing: none of them is there.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0; ///< the last one itself
  bool part = false;      ///< a range was asked for
};

std::optional<byte_range> range_of(std::string_view header, std::uint64_t total);

/// Serves `GET /media/recordings/:token` from a blob store that this node reads.
class recording_files {
public:
  static constexpr const char* path = "/media/recordings/";

  recording_files(recording_links links, blob_store_actor blobs, wall_clock clock)
      : links_{std::move(links)}, blobs_{std::move(blobs)}, clock_{std::move(clock)} {}

  /// `gateways` outlives the routes, and so does this.
  void add_to(router& routes, actor_gateways& gateways);

private:
  void serve(const request_ptr& request, actor_gateways& gateways) const;

  recording_links links_;
  blob_store_actor blobs_;
  wall_clock clock_;
};

} // namespace caly
