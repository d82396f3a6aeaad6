#pragma once

#include "net/http/request.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace caly {

/// The dashboard's files, read once at start and served from memory. A request names a
/// key of a table, never a path on disk, so nothing outside the folder can be reached.
class static_files {
public:
  static constexpr std::size_t bytes_max = 64 << 20;

  /// Reads all files below `folder`; a missing folder has none. `x.br` and `x.gz` are the
  /// compressed forms of `x`. Pages may play audio from `media_origin` too.
  explicit static_files(const std::string& folder, const std::string& media_origin = {});

  bool empty() const noexcept { return files_.empty(); }

  /// Answers a GET or HEAD: the file, or the start page for a browser's address bar (the
  /// application finds its own way from there). False: not ours.
  bool serve(const request_ptr& request) const;

private:
  struct file {
    std::string content_type;
    std::string etag;
    bool immutable = false; ///< its name changes with its content
    std::shared_ptr<const std::string> plain, brotli, gzip;
  };

  http_response answer(const file& x, const http_request& request) const;

  std::unordered_map<std::string, file> files_;
  std::string page_policy_;
};

} // namespace caly
