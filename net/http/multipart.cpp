#include "net/http/multipart.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <cstring>

namespace caly {

namespace {

constexpr std::size_t preamble_bytes_max = 1024;

/// The value of `name=` among the parameters of a header value; quotes are taken off.
std::optional<std::string> parameter(std::string_view value, std::string_view name) {
  std::size_t at = value.find(';');
  while (at != std::string_view::npos) {
    auto begin = at + 1;
    while (begin < value.size() && (value[begin] == ' ' || value[begin] == '\t'))
      ++begin;
    const auto equals = value.find('=', begin);
    if (equals == std::string_view::npos)
      return std::nullopt;
    const auto key = trim(value.substr(begin, equals - begin));
    std::string text;
    auto end = equals + 1;
    if (end < value.size() && value[end] == '"') {
      for (++end; end < value.size() && value[end] != '"'; ++end) {
        // Browsers escape with %22; only a quote or a backslash can follow this one.
        if (value[end] == '\\' && end + 1 < value.size() &&
            (value[end + 1] == '"' || value[end + 1] == '\\'))
          ++end;
        text += value[end];
      }
      if (end >= value.size())
        return std::nullopt;
      ++end;
    } else {
      end = std::min(value.find(';', end), value.size());
      text = trim(value.substr(equals + 1, end - equals - 1));
    }
    if (iequals(key, name))
      return text;
    at = value.find(';', end);
  }
  return std::nullopt;
}

} // namespace

std::string multipart_reader::boundary_of(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  if (!iequals(type, "multipart/form-data"))
    return {};
  auto boundary = parameter(content_type, "boundary").value_or("");
  // RFC 2046 §5.1.1.
  constexpr std::string_view allowed = "'()+_,-./:=? ";
  for (const auto c : boundary)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
          allowed.find(c) != std::string_view::npos))
      return {};
  if (boundary.size() > 70 || (!boundary.empty() && boundary.back() == ' '))
    return {};
  return boundary;
}

multipart_reader::multipart_reader(std::string_view boundary, part_listener& out)
    : delimiter_{"\r\n--" + std::string{boundary}},
      out_{out},
      // The first boundary has no line break before it.
      pending_{"\r\n"} {}

caf::error multipart_reader::feed(std::string_view bytes) {
  pending_ += bytes;
  std::string_view rest = pending_;
  bool wants_more = false;
  while (!wants_more)
    if (auto failure = step(rest, wants_more))
      return failure;
  pending_.erase(0, pending_.size() - rest.size());
  return caf::none;
}

caf::error multipart_reader::step(std::string_view& rest, bool& wants_more) {
  switch (state_) {
  case state::preamble:
  case state::data: {
    const auto* found = static_cast<const char*>(
        memmem(rest.data(), rest.size(), delimiter_.data(), delimiter_.size()));
    auto size = found != nullptr ? static_cast<std::size_t>(found - rest.data())
                : rest.size() < delimiter_.size() ? 0
                                                  : rest.size() - delimiter_.size() + 1;
    if (state_ == state::preamble && size > preamble_bytes_max)
      return caf::make_error(errc::invalid, "the body does not begin with its boundary");
    if (state_ == state::data && size > 0)
      if (auto failure = out_.on_data(rest.substr(0, size)))
        return failure;
    if (found == nullptr) {
      if (state_ == state::preamble)
        size = 0;
      rest.remove_prefix(size);
      wants_more = true;
      return caf::none;
    }
    const auto ended = state_ == state::data;
    rest.remove_prefix(size + delimiter_.size());
    state_ = state::boundary;
    return ended ? out_.on_part_end() : caf::error{};
  }
  case state::boundary:
    if (rest.size() < 2) {
      wants_more = true;
    } else if (rest.starts_with("--")) {
      state_ = state::epilogue;
    } else if (rest.starts_with("\r\n")) {
      rest.remove_prefix(2);
      state_ = state::header;
    } else {
      return caf::make_error(errc::invalid, "a broken boundary line");
    }
    return caf::none;
  case state::header: {
    const auto end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos ? rest.size() > part_header_bytes_max
                                      : end > part_header_bytes_max)
      return caf::make_error(errc::invalid, "the header of a part is too large");
    if (end == std::string_view::npos) {
      wants_more = true;
      return caf::none;
    }
    const auto lines = rest.substr(0, end);
    rest.remove_prefix(end + 4);
    state_ = state::data;
    return read_part_header(lines);
  }
  case state::epilogue:
    rest = {};
    wants_more = true;
    return caf::none;
  }
  return caf::none;
}

caf::error multipart_reader::read_part_header(std::string_view lines) {
  if (++parts_ > parts_max)
    return caf::make_error(errc::invalid, "too many parts");
  while (!lines.empty()) {
    const auto end = std::min(lines.find("\r\n"), lines.size());
    const auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      return caf::make_error(errc::invalid, "a broken header line in a part");
    if (!iequals(trim(line.substr(0, colon)), "content-disposition"))
      continue;
    const auto value = trim(line.substr(colon + 1));
    const auto name = parameter(value, "name");
    if (!iequals(trim(value.substr(0, value.find(';'))), "form-data") || !name)
      return caf::make_error(errc::invalid, "a part without a name");
    return out_.on_part(*name, parameter(value, "filename"));
  }
  return caf::make_error(errc::invalid, "a part without a name");
}

caf::error multipart_reader::finish() const {
  if (state_ != state::epilogue)
    return caf::make_error(errc::invalid, "the body ends before its last boundary");
  return caf::none;
}

} // namespace caly
