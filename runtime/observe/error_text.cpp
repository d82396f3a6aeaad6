#include "runtime/observe/error_text.hpp"

#include "runtime/base/error.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace caly {

namespace {

std::string code_text(const caf::error& reason) {
  const auto category = reason.category();
  if (category == caf::atom("caly"))
    return to_string(static_cast<errc>(reason.code()));
  if (category == caf::atom("system"))
    return to_string(static_cast<caf::sec>(reason.code()));
  if (category == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(reason.code()));
  return to_string(category) + " " + std::to_string(reason.code());
}

} // namespace

std::string describe(const caf::error& reason) {
  if (!reason)
    return "none";
  auto text = code_text(reason);
  const auto& context = reason.context();
  for (std::size_t i = 0; i < context.size(); ++i) {
    text += i == 0 ? ": " : ", ";
    text += context.match_element<std::string>(i) ? context.get_as<std::string>(i)
                                                  : context.stringify(i);
  }
  return text;
}

} // namespace caly
