#include "net/media/recording/durable_file.hpp"

#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace caly::recording {

file_handle::~file_handle() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

file_handle file_handle::create(const std::filesystem::path& path) {
  return file_handle{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

caf::error publish_file(const std::filesystem::path& from,
                        const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    return unavailable("name", to);
  const auto folder = to.parent_path();
  const file_handle entry{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!entry || fsync(entry.get()) != 0)
    return unavailable("sync", folder);
  return {};
}

void forget_file(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::remove(path, failure);
  if (failure)
    spdlog::error(
        "recording: a file stays file={} reason={}", path.string(), failure.message());
}

caf::error unavailable(std::string_view what, const std::filesystem::path& path) {
  return caf::make_error(errc::unavailable,
                         "cannot " + std::string{what} + ' ' + path.string() + ": " +
                             std::strerror(errno));
}

} // namespace caly::recording
