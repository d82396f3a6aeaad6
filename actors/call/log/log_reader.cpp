#include "actors/call/log/log_reader.hpp"

#include <caf/atom.hpp>

namespace caly::call_logs {

namespace {

/// CAF stops at a longer one.
constexpr std::size_t atom_chars_max = 10;

} // namespace

caf::strong_actor_ptr log_reader::actor(const json& from) {
  const auto number = from.as_int();
  if (!number || *number < 0 || *number > 1'000'000) {
    failed_ = true;
    return nullptr;
  }
  return *number == 0 ? nullptr : actors_(static_cast<std::uint32_t>(*number));
}

uuid log_reader::id(const json& from) {
  const auto text = from.as_string().value_or("?");
  if (text.empty())
    return {};
  if (text == "@call")
    return call_;
  if (text == "@tenant")
    return tenant_;
  const auto read = parse_uuid(text);
  failed_ = failed_ || !read;
  return read.value_or(uuid{});
}

void log_reader::value(const json& from, std::string& x) {
  const auto text = from.as_string();
  failed_ = failed_ || !text;
  x = text.value_or("");
}

void log_reader::value(const json& from, bool& x) {
  const auto flag = from.as_bool();
  failed_ = failed_ || !flag;
  x = flag.value_or(false);
}

void log_reader::value(const json& from, double& x) {
  const auto number = from.as_double();
  failed_ = failed_ || !number;
  x = number.value_or(0);
}

void log_reader::value(const json& from, caf::error& x) {
  x = caf::error{};
  if (from.is_null())
    return;
  const auto& parts = from.items();
  const auto category =
      parts.size() == 3 ? parts[0].as_string() : std::optional<std::string_view>{};
  const auto code = category ? parts[1].as_int().value_or(0) : 0;
  if (!category || category->size() > atom_chars_max || code < 1 || code > 255) {
    failed_ = true;
    return;
  }
  const std::string context{parts[2].text_or("")};
  x = caf::error{static_cast<std::uint8_t>(code),
                 caf::atom_from_string(std::string{*category}),
                 context.empty() ? caf::message{} : caf::make_message(context)};
}

void log_reader::value(const json& from, caf::down_msg& x) {
  const auto& parts = from.items();
  if (parts.size() != 2) {
    failed_ = true;
    return;
  }
  x.source = caf::actor_cast<caf::actor_addr>(actor(parts[0]));
  value(parts[1], x.reason);
}

void log_reader::value(const json& from, caf::exit_msg& x) {
  const auto& parts = from.items();
  if (parts.size() != 2) {
    failed_ = true;
    return;
  }
  x.source = caf::actor_cast<caf::actor_addr>(actor(parts[0]));
  value(parts[1], x.reason);
}

} // namespace caly::call_logs
