#pragma once

#include "actors/api/records.hpp"
#include "config/settings.hpp"
#include "net/client/http_requests.hpp"
#include "net/media/recording/archive.hpp"
#include "net/media/recording/call_recorder.hpp"
#include "net/media/recording/collector.hpp"
#include "net/rest/recording_links.hpp"
#include "runtime/supervision/role.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// Keeps recordings where the settings say: in a folder or at S3.
child_spec blobs_child(const settings& chosen,
                       role<blob_store_actor> role,
                       http_requests_actor http,
                       wall_clock clock);

child_spec archive_child(const settings& chosen,
                         role<recording::archive_actor> role,
                         recording::archive_ports ports);

/// Has carriers record calls, and brings that to the archive.
child_spec collector_child(const settings& chosen,
                           role<recording::collector_actor> role,
                           recording::collector_ports ports);

/// Writes this node's tapes and tells the archive of them.
std::unique_ptr<recording::tape_deck> make_deck(const settings& chosen,
                                                recording::archive_actor archive);

/// Gives what an earlier process was writing to the archive: once, before it starts.
void adopt_left_tapes(const settings& chosen);

/// Links to recordings in this node's folder.
recording_links links_to_recordings(const settings& chosen);

/// See `api_parts::recording_url`.
std::function<std::string(const std::string&, const std::string&, std::uint64_t)>
recording_urls(const settings& chosen, wall_clock clock);

/// From where pages may play recordings beside our own address; empty: nowhere.
std::string recording_origin(const settings& chosen);

} // namespace caly
