#include "net/http/router.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace caly {

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  if (!path.empty() && path.front() == '/')
    path.remove_prefix(1);
  return split(path, '/');
}

bool fits(const std::vector<std::string>& pattern,
          const std::vector<std::string_view>& path) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto is_param = !pattern[i].empty() && pattern[i].front() == ':';
    if (is_param ? path[i].empty() : pattern[i] != path[i])
      return false;
  }
  return true;
}

} // namespace

std::string_view to_string(route_policy policy) {
  switch (policy) {
  case route_policy::open:
    return "open";
  case route_policy::webhook:
    return "webhook";
  case route_policy::viewer:
    return "viewer";
  case route_policy::operator_:
    return "operator";
  case route_policy::admin:
    return "admin";
  case route_policy::owner:
    return "owner";
  }
  return "";
}

user_role role_of(route_policy policy) {
  switch (policy) {
  case route_policy::open:
  case route_policy::webhook:
    return user_role::none;
  case route_policy::viewer:
    return user_role::viewer;
  case route_policy::operator_:
    return user_role::operator_;
  case route_policy::admin:
    return user_role::admin;
  case route_policy::owner:
    return user_role::owner;
  }
  return user_role::owner;
}

void router::add(route x) {
  entry made;
  for (const auto part : segments_of(x.pattern)) {
    made.segments.emplace_back(part);
    if (!part.empty() && part.front() == ':')
      ++made.params;
  }
  for (const auto& known : routes_)
    if (known->method == x.method && known->pattern == x.pattern)
      throw std::logic_error("route twice: " + x.pattern);
  x.index = routes_.size();
  made.target = routes_.emplace_back(std::make_unique<route>(std::move(x))).get();
  auto& level = entries_[made.segments.size()];
  const auto place = std::upper_bound(
      level.begin(), level.end(), made.params, [](std::size_t params, const entry& e) {
        return params < e.params;
      });
  level.insert(place, std::move(made));
}

void router::get(std::string pattern, route_policy policy, request_handler handler) {
  add({.method = http_method::get,
       .pattern = std::move(pattern),
       .policy = policy,
       .handler = std::move(handler)});
}

void router::websocket(std::string pattern,
                       route_policy policy,
                       websocket_acceptor acceptor) {
  add({.method = http_method::get,
       .pattern = std::move(pattern),
       .policy = policy,
       .acceptor = std::move(acceptor)});
}

router::match router::find(http_method method, std::string_view path) const {
  match result;
  const auto parts = segments_of(path);
  const auto level = entries_.find(parts.size());
  if (level == entries_.end())
    return result;
  const auto wanted = method == http_method::head ? http_method::get : method;
  for (const auto& [target, segments, params] : level->second) {
    if (!fits(segments, parts))
      continue;
    if (target->method != wanted) {
      if (!result.allowed.empty())
        result.allowed += ", ";
      result.allowed += to_string(target->method);
      continue;
    }
    result.found = target;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (!segments[i].empty() && segments[i].front() == ':')
        result.params.emplace_back(std::string_view{segments[i]}.substr(1),
                                   url_decode(parts[i]));
    return result;
  }
  return result;
}

} // namespace caly
