#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <map>
#include <string>

namespace caly::sim {

/// Objects of any bucket, addressed in the style of paths, kept in memory: PUT, GET with
/// Range, HEAD, DELETE, multipart uploads and presigned addresses.
class s3_rest {
public:
  /// Bytes of all objects and unfinished uploads together; more are 507.
  static constexpr std::size_t bytes_max = 512 << 20;
  static constexpr std::size_t part_bytes_min = 5 << 20;

  explicit s3_rest(world& world) : world_{world} {}

  void serve(const exchange_ptr& exchange);

private:
  struct object {
    std::string bytes;
    std::string content_type;
    std::string etag;
  };

  struct upload {
    std::string path;
    std::string content_type;
    std::map<int, object> parts;
  };

  void route(const exchange_ptr& exchange, fault drawn);
  http_response answer(const http_request& request);
  http_response put(const http_request& request);
  http_response get(const http_request& request);
  http_response remove(const http_request& request);
  http_response begin_upload(const http_request& request);
  http_response put_part(const http_request& request, upload& to);
  http_response complete(const http_request& request, const std::string& id);
  upload* upload_of(const http_request& request);
  bool has_room(std::size_t bytes) const;

  world& world_;
  std::map<std::string, object> objects_; ///< by `/bucket/key`
  std::map<std::string, upload> uploads_;
};

} // namespace caly::sim
