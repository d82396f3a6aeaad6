#include "cluster/node/recordings.hpp"

#include "net/providers/s3/blobs.hpp"
#include "runtime/supervision/exit.hpp"
#include "storage/blobs/folder_blobs.hpp"

namespace caly {

namespace {

namespace fs = std::filesystem;

bool at_s3(const settings& chosen) {
  return chosen.recording.store == "s3";
}

s3::account s3_account(const settings& chosen) {
  const auto& s3 = chosen.providers.s3;
  return {s3.base_url,
          s3.region,
          s3.bucket,
          s3.account_sid,
          s3.auth_token,
          s3.addressing == "path"};
}

fs::path tapes_folder(const settings& chosen) {
  return fs::path{chosen.node.state_dir} / "tapes";
}

fs::path mixed_folder(const settings& chosen) {
  return fs::path{chosen.node.state_dir} / "mixed";
}

/// As rows name it.
std::string place_of(const settings& chosen) {
  return at_s3(chosen)                    ? "s3"
         : chosen.recording.folder_shared ? "shared"
                                          : chosen.node.id;
}

std::chrono::seconds link_ttl(const settings& chosen) {
  return std::chrono::duration_cast<std::chrono::seconds>(chosen.recording.link_ttl);
}

} // namespace

child_spec blobs_child(const settings& chosen,
                       role<blob_store_actor> role,
                       http_requests_actor http,
                       wall_clock clock) {
  if (at_s3(chosen))
    return child(
        "blobs", [role, http, clock, at = s3_account(chosen)](caf::local_actor* parent) {
          s3::blobs_options options;
          options.at = at;
          return role.fill(caf::actor_cast<blob_store_actor>(
              spawn<s3::blobs_self_actor, s3::blobs_state, caf::detached>(
                  parent, {"provider", "s3", ""}, s3::blobs, options, http, clock)));
        });
  const auto folder = chosen.recording.folder.empty()
                          ? fs::path{chosen.node.state_dir} / "recordings"
                          : fs::path{chosen.recording.folder};
  return child("blobs", [role, folder](caf::local_actor* parent) {
    return role.fill(spawn<blob_store_actor, folder_blobs_state, caf::detached>(
        parent, {"blobs", "", ""}, folder_blobs, folder));
  });
}

child_spec archive_child(const settings& chosen,
                         role<recording::archive_actor> role,
                         recording::archive_ports ports) {
  recording::archive_options options;
  options.node = chosen.node.id;
  options.tapes = tapes_folder(chosen);
  options.mixed = mixed_folder(chosen);
  options.place = place_of(chosen);
  options.keep_days = chosen.recording.keep_days;
  return child(
      "archive", [role, options, ports = std::move(ports)](caf::local_actor* parent) {
        return role.fill(
            spawn<recording::archive_actor, recording::archive_state, caf::detached>(
                parent,
                {"archive", options.node, ""},
                recording::archive,
                options,
                ports));
      });
}

child_spec collector_child(const settings& chosen,
                           role<recording::collector_actor> role,
                           recording::collector_ports ports) {
  recording::collector_options options;
  options.node = chosen.node.id;
  options.fetched = mixed_folder(chosen);
  return child(
      "collector", [role, options, ports = std::move(ports)](caf::local_actor* parent) {
        return role.fill(spawn<recording::collector_actor, recording::collector_state>(
            parent,
            {"collector", options.node, ""},
            recording::collector,
            options,
            ports));
      });
}

std::unique_ptr<recording::tape_deck> make_deck(const settings& chosen,
                                                recording::archive_actor archive) {
  recording::deck_options options;
  options.folder = tapes_folder(chosen);
  options.free_bytes_min = chosen.recording.free_bytes_min;
  recording::deck_listener listener;
  listener.began = [archive](const recording::tape_label& of) {
    caf::anon_send(archive, recording::tape_begun{of.tenant, of.call, of.part});
  };
  listener.ended = [archive](recording::tape_end end) {
    caf::anon_send(archive,
                   recording::tape_over{end.label.tenant,
                                        end.label.call,
                                        end.label.part,
                                        end.file.string(),
                                        std::move(end.failure)});
  };
  return std::make_unique<recording::tape_deck>(std::move(options), std::move(listener));
}

void adopt_left_tapes(const settings& chosen) {
  recording::adopt_tapes(tapes_folder(chosen));
}

recording_links links_to_recordings(const settings& chosen) {
  return {chosen.cluster.secret, link_ttl(chosen)};
}

std::function<std::string(const std::string&, const std::string&, std::uint64_t)>
recording_urls(const settings& chosen, wall_clock clock) {
  if (at_s3(chosen))
    return [at = s3_account(chosen), ttl = link_ttl(chosen), clock](
               const std::string& place, const std::string& key, std::uint64_t) {
      return place == "s3"
                 ? s3::presigned_url(at,
                                     key,
                                     ttl,
                                     clock(),
                                     {{"response-content-disposition", "inline"}})
                 : std::string{};
    };
  return [links = links_to_recordings(chosen), own = place_of(chosen), clock](
             const std::string& place, const std::string& key, std::uint64_t bytes) {
    return place == own ? recording_files::path +
                              links.issue({key, bytes}, to_unix_ms(clock()) / 1000)
                        : std::string{};
  };
}

std::string recording_origin(const settings& chosen) {
  if (!at_s3(chosen))
    return {};
  const auto url = s3::presigned_url(s3_account(chosen), "x", link_ttl(chosen), {});
  return url.substr(0, url.find('/', url.find("://") + 3));
}

} // namespace caly
