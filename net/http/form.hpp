#pragma once

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Fields in the order in which they came; names may repeat.
using form_fields = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=2` with `+` as space. Fields past the first 200 are dropped.
form_fields parse_form(std::string_view body);
std::string write_form(const form_fields& fields);

/// The fields of a body in whatever shape its `content_type` names: a form, multipart,
/// or a JSON object, whose nested values are named as forms name them: `Legs[0][Status]`.
/// Files are left out; fields past the first 200 are dropped. Errors:
/// `errc::invalid`.
caf::expected<form_fields> read_fields(std::string_view content_type,
                                       std::string_view body);

/// The first field of that name, empty when there is none.
std::string_view field(const form_fields& fields, std::string_view name);

} // namespace caly
