#pragma once

#include <string_view>

namespace caly {

/// `net/rest/openapi.json`: the description of every route.
std::string_view openapi_text();

/// `net/rest/docs.html`: the page that shows it.
std::string_view docs_page();

} // namespace caly
