#include "actors/call/log/log_writer.hpp"

#include <caf/atom.hpp>
#include <fmt/format.h>

namespace caly::call_logs {

namespace {

/// Only whether there was one counts.
void hide(std::string& ticket) {
  if (!ticket.empty())
    ticket = "ticket";
}

/// One text is kept as it is; nothing of ours has anything else.
std::string context_of(const caf::error& x) {
  const auto& context = x.context();
  if (context.size() == 1 && context.match_element<std::string>(0))
    return context.get_as<std::string>(0);
  return context.empty() ? "" : to_string(context);
}

} // namespace

std::uint32_t log_names::of(caf::actor_id id) {
  return numbers_.try_emplace(id, static_cast<std::uint32_t>(numbers_.size()) + 1)
      .first->second;
}

attach_media fit_to_keep(const attach_media& x) {
  auto out = x;
  hide(out.ticket);
  return out;
}

open_text fit_to_keep(const open_text& x) {
  auto out = x;
  hide(out.ticket);
  return out;
}

take_call fit_to_keep(const take_call& x) {
  auto out = x;
  hide(out.ticket);
  return out;
}

person_speaks fit_to_keep(const person_speaks&) {
  return {};
}

media_plan fit_to_keep(const media_plan& x) {
  auto out = x;
  out.brief.grammar.clear();
  return out;
}

void log_writer::number(double x) {
  out_ += fmt::format("{}", x);
}

void log_writer::id(const uuid& x) {
  if (x.empty())
    out_ += "\"\"";
  else if (x == names_.call)
    out_ += "\"@call\"";
  else if (x == names_.tenant)
    out_ += "\"@tenant\"";
  else
    text(to_hex(x));
}

void log_writer::value(const caf::error& x) {
  if (!x) {
    out_ += "null";
    return;
  }
  out_ += '[';
  text(to_string(x.category()));
  out_ += ',' + std::to_string(x.code()) + ',';
  text(context_of(x));
  out_ += ']';
}

void log_writer::value(const caf::down_msg& x) {
  out_ += '[';
  actor(x.source ? x.source.id() : 0);
  out_ += ',';
  value(x.reason);
  out_ += ']';
}

void log_writer::value(const caf::exit_msg& x) {
  out_ += '[';
  actor(x.source ? x.source.id() : 0);
  out_ += ',';
  value(x.reason);
  out_ += ']';
}

} // namespace caly::call_logs
