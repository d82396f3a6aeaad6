#pragma once

#include "net/client/http_client.hpp"

#include <caf/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly::s3 {

/// The text of the first element `<name>` without elements of its own; empty when there
/// is none.
std::string xml_text(std::string_view xml, std::string_view name);

/// The body that puts the parts together, in their order from 1.
std::string complete_upload(const std::vector<std::string>& etags);

enum class verdict : std::uint8_t {
  done,
  absent, ///< no such object or upload
  again,  ///< the service is busy or away
  refused ///< it never will: see `failure_of`
};

/// What became of a request. An upload's completion may say 200 and fail all the same.
verdict judge(const http_answer& answer);

/// `unavailable` or `refused`, with the service's own code.
caf::error failure_of(const http_answer& answer);

} // namespace caly::s3
