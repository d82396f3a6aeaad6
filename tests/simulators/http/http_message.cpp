#include "tests/simulators/http/http_message.hpp"

#include "runtime/base/text.hpp"

namespace caly::sim {

std::string_view field(const field_list& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name)
      return value;
  return {};
}

std::vector<std::string> fields_named(const field_list& fields, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields)
    if (key == name)
      values.push_back(value);
  return values;
}

field_list parse_form(std::string_view text) {
  field_list fields;
  if (text.empty())
    return fields;
  for (const auto part : split(text, '&')) {
    const auto equals = part.find('=');
    const auto value =
        equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    fields.emplace_back(url_decode(part.substr(0, equals), true),
                        url_decode(value, true));
  }
  return fields;
}

std::string render_form(const field_list& fields) {
  std::string out;
  for (const auto& [key, value] : fields) {
    if (!out.empty())
      out += '&';
    out += url_encode(key) + '=' + url_encode(value);
  }
  return out;
}

std::string_view http_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (iequals(key, name))
      return value;
  return {};
}

http_response json_response(int status, std::string body) {
  http_response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::vector<std::string_view> path_parts(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (path.empty())
    return {};
  return split(path, '/');
}

std::pair<std::string, std::string> basic_credentials(const http_request& request) {
  const auto header = request.header("Authorization");
  std::string plain;
  if (header.size() < 6 || !iequals(header.substr(0, 6), "Basic ") ||
      !from_base64(trim(header.substr(6)), plain))
    return {};
  const auto colon = plain.find(':');
  if (colon == std::string::npos)
    return {};
  return {plain.substr(0, colon), plain.substr(colon + 1)};
}

std::string_view bearer_token(const http_request& request) {
  const auto header = request.header("Authorization");
  if (header.size() < 7 || !iequals(header.substr(0, 7), "Bearer "))
    return {};
  return trim(header.substr(7));
}

} // namespace caly::sim
