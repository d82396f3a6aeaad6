#pragma once

#include "net/client/http_client.hpp"
#include "runtime/base/clock.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace caly::s3 {

/// A bucket at an S3-compatible service, and who asks.
struct account {
  std::string endpoint; ///< https://s3.ap-southeast-1.wasabisys.com
  std::string region;
  std::string bucket;
  std::string access_key;
  std::string secret_key;
  /// `https://host/bucket/key`; else `https://bucket.host/key`.
  bool path_style = true;
};

using text_map = std::map<std::string, std::string>;

/// One request for an object. Header names are in lower case.
struct object_request {
  std::string method = "GET";
  std::string key;
  text_map query{};
  text_map headers{};
  std::string body{};
};

/// The request as it is sent, with Signature Version 4 in its header. The body's hash is
/// part of what is signed, so that not a byte of it can be changed on the way.
http_call signed_call(const account& at, const object_request& request, wall_time now);

/// A URL by which anybody can get the object for `lifetime`: 1 s to 7 days.
std::string presigned_url(const account& at,
                          const std::string& key,
                          std::chrono::seconds lifetime,
                          wall_time now,
                          const text_map& more = {});

} // namespace caly::s3
