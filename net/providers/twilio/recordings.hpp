#pragma once

#include "actors/api/carrier_recordings.hpp"
#include "net/client/http_requests.hpp"
#include "runtime/observe/spawn.hpp"

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace caly::twilio {

struct recordings_options {
  std::string base_url = "https://api.twilio.com";
  std::string account_sid;
  std::string auth_token;
  std::string public_url; ///< where Twilio reaches us, without a slash at the end
  std::chrono::milliseconds fetch_deadline{300'000};
};

/// The client has something of a download, or its end.
struct download_moved {
  std::uint64_t number = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, download_moved& x) {
    return f(caf::meta::type_name("caly.twilio_download_moved"), x.number);
  }
};

using recordings_self_actor =
    recording_carrier_actor::extend<caf::reacts_to<download_moved>>;

struct download_box; // what the client's thread leaves for the actor's

/// A file that is being fetched. Who destroys it ends the request.
struct download {
  std::shared_ptr<download_box> box;
  std::shared_ptr<http_client> client;
  std::uint64_t request = 0; ///< the client's number of it
  std::string path;
  std::ofstream file;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0;
  caf::typed_response_promise<std::uint64_t> told;
};

struct recordings_state {
  std::map<std::uint64_t, download> downloads;
  std::uint64_t last_number = 0;
  std::uint64_t requests_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t fetched_bytes_total = 0;

  ~recordings_state();
};

/// Twilio's recordings of one account's calls. Writes files: for an actor with a thread
/// of its own (`caf::detached`).
recordings_self_actor::behavior_type
recordings(self_ptr<recordings_self_actor, recordings_state> self,
           recordings_options options,
           http_requests_actor http,
           std::shared_ptr<http_client> client);

} // namespace caly::twilio
