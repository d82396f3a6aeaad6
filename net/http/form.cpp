#include "net/http/form.hpp"

#include "net/http/multipart.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace caly {

namespace {

constexpr std::size_t fields_max = 200;
constexpr json_limits body_limits{256 * 1024, 8, 2'000, 32, 3};

/// Keeps the plain fields of a multipart body.
class field_parts : public part_listener {
public:
  form_fields fields;

  caf::error on_part(const std::string& name,
                     const std::optional<std::string>& file_name) override {
    wanted_ = !file_name && fields.size() < fields_max;
    if (wanted_)
      fields.emplace_back(name, std::string{});
    return {};
  }

  caf::error on_data(std::string_view bytes) override {
    if (wanted_)
      fields.back().second.append(bytes);
    return {};
  }

  caf::error on_part_end() override { return {}; }

private:
  bool wanted_ = false;
};

void flatten(const json& value, const std::string& name, form_fields& out) {
  const auto inner = [&](std::string_view key) {
    return name.empty() ? std::string{key} : name + '[' + std::string{key} + ']';
  };
  if (value.is_object()) {
    for (const auto& [key, member] : value.members())
      flatten(member, inner(key), out);
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const auto& item : value.items())
      flatten(item, inner(std::to_string(index++)), out);
  } else if (!value.is_null() && out.size() < fields_max) {
    const auto text = value.as_bool();
    out.emplace_back(name, text ? (*text ? "true" : "false") : value.text_or(""));
  }
}

caf::expected<form_fields> read_multipart(std::string_view boundary,
                                          std::string_view body) {
  field_parts parts;
  multipart_reader reader{boundary, parts};
  if (auto problem = reader.feed(body))
    return problem;
  if (auto problem = reader.finish())
    return problem;
  return std::move(parts.fields);
}

} // namespace

form_fields parse_form(std::string_view body) {
  form_fields fields;
  if (body.empty())
    return fields;
  for (const auto part : split(body, '&')) {
    if (part.empty() || fields.size() == fields_max)
      continue;
    const auto equals = part.find('=');
    fields.emplace_back(url_decode(part.substr(0, equals), true),
                        equals == std::string_view::npos
                            ? std::string{}
                            : url_decode(part.substr(equals + 1), true));
  }
  return fields;
}

std::string write_form(const form_fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += (body.empty() ? "" : "&") + url_encode(name) + '=' + url_encode(value);
  return body;
}

caf::expected<form_fields> read_fields(std::string_view content_type,
                                       std::string_view body) {
  if (const auto boundary = multipart_reader::boundary_of(content_type);
      !boundary.empty())
    return read_multipart(boundary, body);
  if (!to_lower(content_type).starts_with("application/json"))
    return parse_form(body);
  const auto object = json::parse(body, body_limits);
  if (!object)
    return object.error();
  if (!object->is_object())
    return caf::make_error(errc::invalid, "the body is no JSON object");
  form_fields fields;
  flatten(*object, {}, fields);
  return fields;
}

std::string_view field(const form_fields& fields, std::string_view name) {
  for (const auto& [each, value] : fields)
    if (each == name)
      return value;
  return {};
}

} // namespace caly
