#include "tests/simulators/http/url.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/http/http_message.hpp"

namespace caly::sim {

std::optional<url_parts> parse_url(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const auto colon = text.find("://");
  if (colon == std::string_view::npos)
    return std::nullopt;
  url_parts url;
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" &&
      url.scheme != "wss")
    return std::nullopt;
  text.remove_prefix(colon + 3);
  const auto slash = text.find_first_of("/?");
  url.authority = std::string{text.substr(0, slash)};
  url.target = slash == std::string_view::npos ? "/" : std::string{text.substr(slash)};
  if (url.target.front() == '?')
    url.target.insert(0, "/");
  const auto port = url.authority.rfind(':');
  const auto bracket = url.authority.rfind(']');
  const bool has_port =
      port != std::string::npos && (bracket == std::string::npos || port > bracket);
  url.host = url.authority.substr(0, has_port ? port : std::string::npos);
  url.port = has_port ? url.authority.substr(port + 1) : url.secure() ? "443" : "80";
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host.empty() || url.port.empty())
    return std::nullopt;
  return url;
}

std::string resolve_url(std::string_view base, std::string_view text) {
  if (text.find("://") != std::string_view::npos)
    return std::string{text};
  const auto parts = parse_url(base);
  if (!parts)
    return std::string{text};
  const auto origin = parts->scheme + "://" + parts->authority;
  if (text.starts_with('/'))
    return origin + std::string{text};
  const auto path = parts->target.substr(0, parts->target.find('?'));
  return origin + path.substr(0, path.rfind('/') + 1) + std::string{text};
}

std::string query_value(std::string_view url, std::string_view name) {
  url = url.substr(0, url.find('#'));
  const auto mark = url.find('?');
  if (mark == std::string_view::npos)
    return {};
  return std::string{field(parse_form(url.substr(mark + 1)), name)};
}

} // namespace caly::sim
