#pragma once

#include <caf/error.hpp>

#include <filesystem>
#include <string_view>
#include <utility>

namespace caly::recording {

/// A file descriptor with an owner.
class file_handle {
public:
  file_handle() = default;

  explicit file_handle(int descriptor) noexcept : descriptor_{descriptor} {}

  file_handle(file_handle&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, -1)} {}

  file_handle& operator=(file_handle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  ~file_handle();

  /// A new file that only its owner reads; what was there under the name is gone. False
  /// with `errno` when it cannot be made.
  static file_handle create(const std::filesystem::path& path);

  explicit operator bool() const noexcept { return descriptor_ >= 0; }

  int get() const noexcept { return descriptor_; }

private:
  int descriptor_ = -1;
};

/// Writes all of `bytes`; false with `errno`. The file size limit and a full disk are
/// errors like others.
bool write_all(int descriptor, std::string_view bytes);

/// Gives a whole, synced file its name, and makes sure that the name lasts.
caf::error publish_file(const std::filesystem::path& from,
                        const std::filesystem::path& to);

/// Deletes a file if it is there; one that cannot be deleted is logged.
void forget_file(const std::filesystem::path& path);

/// `unavailable`: what could not be done to `path`, and why (`errno`).
caf::error unavailable(std::string_view what, const std::filesystem::path& path);

} // namespace caly::recording
