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

inline http_response no_content() {
  http_response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

} // namespace caly
