#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace caly::sim {

/// Who may use the bucket.
struct s3_key {
  std::string access_key;
  std::string secret_key;
};

/// Checks a request's Signature Version 4, in its header or its query, and that its body
/// is what was signed. Answers S3's error code, or "" when all is well. `now_s` is Unix
/// time.
std::string
s3_fault_of(const http_request& request, const s3_key& key, std::int64_t now_s);

/// Whether a request is for S3 at all.
bool is_s3(const http_request& request);

std::string hex_sha256(std::string_view bytes);
std::string hex_md5(std::string_view bytes);

} // namespace caly::sim
