#pragma once

#include "actors/api/records.hpp"
#include "net/http/answers.hpp"
#include "net/http/request.hpp"
#include "runtime/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// The body as a JSON object; an empty body is an empty object. Nothing: the request was
/// answered with 400 or 413.
std::optional<json> body_object(const request_ptr& request);

/// Valid UTF-8 without zero bytes, as the database takes it.
bool is_plain_text(std::string_view text);

/// Answers 422 with all problems; false when there are none.
bool refuse_problems(const request_ptr& request, const json_reader& reader);

/// Adds the problems of a member that is an object of its own.
void add_problems(json_reader& reader, std::string_view member, const json_reader& inner);

struct page {
  std::uint32_t limit = 50;
  record_argument cursor;
  bool with_total = false;
};

/// `limit`, `cursor` and `include_total` of the query. Nothing: answered with 422.
std::optional<page> page_of(const request_ptr& request, int limit_max);

/// Query values by name as arguments; nothing: answered with 422.
std::optional<std::vector<record_argument>>
query_arguments(const request_ptr& request, std::initializer_list<const char*> names);

/// The id in the path. Nothing: answered with 404, since no such thing can exist.
template <class Id>
std::optional<Id> path_id(const request_ptr& request, std::string_view name = "id") {
  auto id = Id::parse(request->param(name));
  if (!id)
    request->respond(
        problem(request->correlation_id, 404, "not_found", "There is no such thing."));
  return id;
}

/// The id of what the request makes. A request that is sent again under its key, since
/// the first answer was lost or its node died, gets the id of the first: it finds what is
/// there.
template <class Id>
Id made_id(const http_request& request) {
  return request.made ? Id{*request.made} : Id::make();
}

/// A telephone number in E.164 as a body carries it; problems go to the reader.
std::string phone_text(json_reader& reader, std::string_view key);

/// A member that holds an id of the given kind; problems go to the reader.
template <class Id>
Id id_member(json_reader& reader, std::string_view key) {
  const auto text = reader.text(key);
  const auto id = Id::parse(text);
  if (!id && !text.empty())
    reader.fail(key, "is not an id of this kind");
  return id.value_or(Id{});
}

/// A flat object of texts, numbers and flags, as JSON text; absent: nothing.
record_argument variables_text(json_reader& reader, std::string_view key);

/// A trimmed e-mail address; problems go to the reader.
std::string email_text(json_reader& reader, std::string_view key);

/// An optional member as an argument.
record_argument integer_argument(json_reader& reader,
                                 std::string_view key,
                                 std::int64_t min,
                                 std::int64_t max);
record_argument
text_argument(json_reader& reader, std::string_view key, std::size_t bytes_max = 255);

} // namespace caly
