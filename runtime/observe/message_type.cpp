#include "runtime/observe/message_type.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/type_nr.hpp>

#include <array>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace caly {

namespace {

// Type infos are aligned to eight bytes, which leaves two low bits for these marks.
constexpr message_type builtin_bit = 1;
constexpr message_type reply_bit = 2;

std::string readable(const std::type_info& info) {
  int failure = 0;
  const std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(info.name(), nullptr, nullptr, &failure), &std::free};
  std::string name = failure == 0 ? text.get() : info.name();
  for (const std::string_view noise : {"(anonymous namespace)::", "caly::"})
    for (auto at = name.find(noise); at != std::string::npos; at = name.find(noise))
      name.erase(at, noise.size());
  return name;
}

} // namespace

message_type message_type_of(const caf::mailbox_element& x) noexcept {
  const auto reply = x.mid.is_response() ? reply_bit : 0;
  const auto& content = x.content();
  if (content.size() == 0)
    return reply;
  const auto [number, info] = content.type(0);
  if (number != 0)
    return message_type{number} << 2 | builtin_bit | reply;
  return reinterpret_cast<message_type>(info) | reply;
}

std::string to_string_of(message_type type) {
  std::string name = (type & reply_bit) != 0 ? "reply " : "";
  if ((type & builtin_bit) != 0) {
    std::string_view builtin = caf::numbered_type_names[(type >> 2) - 1];
    if (builtin.starts_with('@'))
      builtin.remove_prefix(1);
    return name.append(builtin);
  }
  if (const auto address = type & ~reply_bit; address != 0)
    return name + readable(*reinterpret_cast<const std::type_info*>(address));
  return name + "unit";
}

} // namespace caly
