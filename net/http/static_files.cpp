#include "net/http/static_files.hpp"

#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <openssl/sha.h>

namespace caly {

namespace {

namespace fs = std::filesystem;

/// What the dashboard needs and no more: own scripts and styles, the API and its socket.
std::string page_policy(const std::string& media_origin) {
  return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
         "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
         "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action "
         "'self'; "
         "media-src 'self' blob:" +
         (media_origin.empty() ? "" : ' ' + media_origin);
}

std::string type_of(const fs::path& path) {
  static const std::array<std::pair<std::string_view, const char*>, 14> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
      {".wasm", "application/wasm"},
  }};
  const auto extension = path.extension().string();
  for (const auto& [known, type] : types)
    if (known == extension)
      return type;
  return "application/octet-stream";
}

/// `index-BxY12_ab.js`: the build puts eight characters of hash behind the last dash.
bool has_hash(const std::string& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot < 9 || name[dot - 9] != '-')
    return false;
  return std::all_of(
      name.begin() + static_cast<std::ptrdiff_t>(dot - 8),
      name.begin() + static_cast<std::ptrdiff_t>(dot),
      [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

std::shared_ptr<const std::string> read(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return std::make_shared<const std::string>(std::istreambuf_iterator<char>{in},
                                             std::istreambuf_iterator<char>{});
}

std::string etag_of(std::string_view content) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), hash);
  return '"' + to_hex({reinterpret_cast<const char*>(hash), 12}) + '"';
}

bool accepts(std::string_view header, std::string_view wanted) {
  for (const auto part : split(header, ',')) {
    const auto semicolon = part.find(';');
    if (iequals(trim(part.substr(0, semicolon)), wanted))
      return semicolon == std::string_view::npos ||
             part.find("q=0", semicolon) == std::string_view::npos ||
             part.find("q=0.", semicolon) != std::string_view::npos;
  }
  return false;
}

} // namespace

static_files::static_files(const std::string& folder, const std::string& media_origin)
    : page_policy_{page_policy(media_origin)} {
  std::error_code failure;
  if (folder.empty() || !fs::is_directory(folder, failure))
    return;
  std::size_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failure)) {
    // A link may lead out of the folder.
    if (entry.is_symlink() || !entry.is_regular_file())
      continue;
    auto key = "/" + fs::relative(entry.path(), folder).generic_string();
    bytes += entry.file_size();
    if (bytes > bytes_max) {
      spdlog::error("http: dashboard folder is too large, files after {} are left out",
                    key);
      break;
    }
    const auto extension = entry.path().extension();
    if (extension == ".br") {
      files_[key.substr(0, key.size() - 3)].brotli = read(entry.path());
      continue;
    }
    if (extension == ".gz") {
      files_[key.substr(0, key.size() - 3)].gzip = read(entry.path());
      continue;
    }
    auto& made = files_[key];
    made.plain = read(entry.path());
    made.content_type = type_of(entry.path());
    made.etag = etag_of(*made.plain);
    made.immutable = has_hash(entry.path().filename().string());
  }
  std::erase_if(files_, [](const auto& x) { return !x.second.plain; });
}

bool static_files::serve(const request_ptr& request) const {
  if (request->method != http_method::get && request->method != http_method::head)
    return false;
  auto found = files_.find(request->path == "/" ? "/index.html" : request->path);
  const auto page = found == files_.end() &&
                    accepts(request->header("Accept"), "text/html") &&
                    !request->path.starts_with("/api/");
  if (page)
    found = files_.find("/index.html");
  if (found == files_.end())
    return false;
  request->respond(answer(found->second, *request));
  return true;
}

http_response static_files::answer(const file& x, const http_request& request) const {
  http_response response;
  response.content_type = x.content_type;
  response.with("ETag", x.etag)
      .with("Cache-Control",
            x.immutable ? "public, max-age=31536000, immutable" : "no-cache")
      .with("Vary", "Accept-Encoding");
  if (x.content_type.starts_with("text/html"))
    response.content_security_policy = page_policy_;
  if (request.header("If-None-Match") == x.etag) {
    response.status = 304;
    return response;
  }
  response.shared_body = x.plain;
  const auto encodings = request.header("Accept-Encoding");
  if (x.brotli && accepts(encodings, "br")) {
    response.shared_body = x.brotli;
    response.with("Content-Encoding", "br");
  } else if (x.gzip && accepts(encodings, "gzip")) {
    response.shared_body = x.gzip;
    response.with("Content-Encoding", "gzip");
  }
  return response;
}

} // namespace caly
