#pragma once

#include "net/http/response.hpp"

#include <string>

namespace caly {

inline http_response twiml(std::string text) {
  http_response response;
  response.content_type = "text/xml; charset=utf-8";
  response.body = std::move(text);
  return response;
}

} // namespace caly
