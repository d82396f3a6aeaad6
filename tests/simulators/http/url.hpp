#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

/// An absolute http, https, ws or wss URL, cut into what a client needs.
struct url_parts {
  std::string scheme;
  std::string host;
  std::string port;      ///< The scheme's own when the URL names none.
  std::string target;    ///< Path and query, never empty.
  std::string authority; ///< Host and port as written, for the Host header.

  bool secure() const { return scheme == "https" || scheme == "wss"; }

  std::string origin() const { return scheme + "://" + host + ":" + port; }
};

/// The fragment is dropped. Anything else than those four schemes is `nullopt`.
std::optional<url_parts> parse_url(std::string_view text);

/// `text` made absolute against the absolute URL `base`.
std::string resolve_url(std::string_view base, std::string_view text);

/// The value of one query parameter of a URL, decoded; "" when there is none.
std::string query_value(std::string_view url, std::string_view name);

} // namespace caly::sim
