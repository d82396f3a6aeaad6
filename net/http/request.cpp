#include "net/http/request.hpp"

#include "net/http/answers.hpp"
#include "runtime/base/text.hpp"

#include <unistd.h>

namespace caly {

std::string_view to_string(http_method method) {
  switch (method) {
  case http_method::get:
    return "GET";
  case http_method::head:
    return "HEAD";
  case http_method::post:
    return "POST";
  case http_method::put:
    return "PUT";
  case http_method::patch:
    return "PATCH";
  case http_method::del:
    return "DELETE";
  }
  return "";
}

std::optional<http_method> parse_method(std::string_view text) {
  for (const auto method : {http_method::get,
                            http_method::head,
                            http_method::post,
                            http_method::put,
                            http_method::patch,
                            http_method::del})
    if (to_string(method) == text)
      return method;
  return std::nullopt;
}

std::string_view to_string(user_role role) {
  switch (role) {
  case user_role::none:
    return "none";
  case user_role::viewer:
    return "viewer";
  case user_role::operator_:
    return "operator";
  case user_role::admin:
    return "admin";
  case user_role::owner:
    return "owner";
  }
  return "";
}

user_role parse_role(std::string_view text) {
  for (const auto role :
       {user_role::viewer, user_role::operator_, user_role::admin, user_role::owner})
    if (to_string(role) == text)
      return role;
  return user_role::none;
}

void header_list::add(std::string_view name, std::string_view value) {
  lines_.push_back({static_cast<std::uint32_t>(text_.size()),
                    static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_ += name;
  text_ += value;
}

std::string_view header_list::get(std::string_view name) const {
  for (const auto& line : lines_)
    if (line.name_size == name.size() &&
        iequals(std::string_view{text_}.substr(line.begin, line.name_size), name))
      return std::string_view{text_}.substr(line.begin + line.name_size, line.value_size);
  return {};
}

upload_form::~upload_form() {
  if (!file_path.empty())
    ::unlink(file_path.c_str());
}

std::string upload_form::release_file() {
  return std::exchange(file_path, {});
}

std::string_view upload_form::field(std::string_view name) const {
  for (const auto& [known, value] : fields)
    if (known == name)
      return value;
  return {};
}

http_request::http_request(post_function post, respond_function respond)
    : post_{std::move(post)}, respond_{std::move(respond)} {}

http_request::~http_request() {
  if (!answered_.exchange(true) && respond_)
    respond_(problem(correlation_id, 500, "internal", "The request was not answered."));
}

const std::string& http_request::param(std::string_view name) const {
  static const std::string none;
  for (const auto& [known, value] : params)
    if (known == name)
      return value;
  return none;
}

std::optional<std::string> http_request::query(std::string_view name) const {
  const auto mark = target.find('?');
  if (mark == std::string::npos)
    return std::nullopt;
  for (const auto part : split(std::string_view{target}.substr(mark + 1), '&')) {
    const auto equals = part.find('=');
    if (url_decode(part.substr(0, equals), true) == name)
      return equals == std::string_view::npos ? std::string{}
                                              : url_decode(part.substr(equals + 1), true);
  }
  return std::nullopt;
}

void http_request::respond(http_response response) {
  if (answered_.exchange(true) || !respond_)
    return;
  // The sink may hold this request; it must not outlive its one use.
  const auto sink = std::exchange(respond_, nullptr);
  sink(std::move(response));
}

void http_request::intercept(filter_function filter) {
  respond_ = [filter = std::move(filter),
              next = std::move(respond_)](http_response response) mutable {
    filter(std::move(response), std::move(next));
  };
}

} // namespace caly
