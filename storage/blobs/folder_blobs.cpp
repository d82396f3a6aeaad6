#include "storage/blobs/folder_blobs.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace caly {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t piece_bytes_max = 1 << 20;

bool is_name(std::string_view part) {
  return !part.empty() && part.size() <= 128 && !part.starts_with('.') &&
         std::ranges::all_of(part, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

/// Where a key's blob lies; never outside of the folder.
caf::expected<fs::path> place_of(const fs::path& folder, const std::string& key) {
  auto out = folder;
  for (const auto part : split(key, '/')) {
    if (!is_name(part))
      return caf::make_error(errc::invalid, "not a key of a blob: " + one_line(key, 200));
    out /= part;
  }
  return out;
}

caf::error failure_at(const fs::path& where, const std::string& why) {
  return caf::make_error(errc::unavailable, "blobs: " + where.string() + ": " + why);
}

/// What the disk has got for good.
caf::error sync(const fs::path& path) {
  const auto at = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto synced = at >= 0 && ::fsync(at) == 0;
  const auto why = errno;
  if (at >= 0)
    ::close(at);
  return synced ? caf::error{} : failure_at(path, std::strerror(why));
}

caf::error keep(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_directories(to.parent_path(), failure);
  if (failure)
    return failure_at(to.parent_path(), failure.message());
  auto unfinished = to;
  unfinished += ".part";
  fs::copy_file(from, unfinished, fs::copy_options::overwrite_existing, failure);
  if (failure) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    return failure_at(unfinished, failure.message());
  }
  if (auto unsynced = sync(unfinished))
    return unsynced;
  fs::rename(unfinished, to, failure);
  if (failure)
    return failure_at(to, failure.message());
  return sync(to.parent_path());
}

caf::expected<blob_piece> read(const fs::path& from, const read_blob& ask) {
  std::error_code failure;
  blob_piece out;
  const auto total = fs::file_size(from, failure);
  if (failure)
    return failure == std::errc::no_such_file_or_directory
               ? caf::make_error(errc::not_found, "no blob " + ask.key)
               : failure_at(from, failure.message());
  if (ask.offset >= total || ask.bytes_max == 0)
    return caf::make_error(errc::invalid, "nothing of " + ask.key + " is there");
  out.bytes.resize(
      std::min<std::uint64_t>({ask.bytes_max, piece_bytes_max, total - ask.offset}));
  std::ifstream in{from, std::ios::binary};
  in.seekg(static_cast<std::streamoff>(ask.offset));
  in.read(out.bytes.data(), static_cast<std::streamsize>(out.bytes.size()));
  if (in.gcount() != static_cast<std::streamsize>(out.bytes.size()))
    return failure_at(from, "cannot be read");
  return out;
}

} // namespace

blob_store_actor::behavior_type
folder_blobs(self_ptr<blob_store_actor, folder_blobs_state> self, fs::path folder) {
  return {
      [self, folder](const put_blob& ask) -> caf::result<bool> {
        auto at = place_of(folder, ask.key);
        if (!at)
          return std::move(at.error());
        if (auto failure = keep(ask.file, *at)) {
          ++self->state.failed_total;
          return failure;
        }
        ++self->state.put_total;
        return true;
      },
      [self, folder](const read_blob& ask) -> caf::result<blob_piece> {
        const auto at = place_of(folder, ask.key);
        if (!at)
          return at.error();
        ++self->state.read_total;
        return read(*at, ask);
      },
      [self, folder](const remove_blob& ask) -> caf::result<bool> {
        const auto at = place_of(folder, ask.key);
        if (!at)
          return at.error();
        std::error_code failure;
        const auto removed = fs::remove(*at, failure);
        if (failure) {
          ++self->state.failed_total;
          return failure_at(*at, failure.message());
        }
        self->state.removed_total += removed ? 1 : 0;
        return removed;
      },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "put_total", self->state.put_total);
        caf::put(report, "read_total", self->state.read_total);
        caf::put(report, "removed_total", self->state.removed_total);
        caf::put(report, "failed_total", self->state.failed_total);
        return report;
      },
  };
}

} // namespace caly
