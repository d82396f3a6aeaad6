#include "net/webhooks/media_tickets.hpp"

#include "net/auth/hmac.hpp"
#include "runtime/base/text.hpp"

#include <charconv>

namespace caly {

namespace {

std::string mac_of(std::string_view secret, std::string_view text) {
  return hmac_sha256_hex(secret, text).substr(0, 32);
}

/// The second after which nobody can use a ticket of ours; 0: it names none.
std::int64_t expiry_of(std::string_view text) {
  std::int64_t until = 0;
  std::from_chars(text.data(), text.data() + text.size(), until);
  return until;
}

} // namespace

std::string media_tickets::issue(const media_pass& pass, std::int64_t now_s) const {
  // tenant.call.expiry.nonce[.brain].mac: hex, digits and names, safe in a URL path. The
  // realtime brain stays unnamed: nodes that know no other read such tickets too.
  auto text = to_hex(pass.tenant.value()) + '.' + to_hex(pass.call.value()) + '.' +
              std::to_string(now_s + lifetime_.count()) + '.' +
              to_hex(make_uuid()).substr(16);
  if (pass.brain != brain_kind::realtime)
    text += '.' + to_string(pass.brain);
  return text + '.' + mac_of(secret_, text);
}

std::optional<media_pass> media_tickets::check(std::string_view ticket,
                                               std::int64_t now_s) const {
  const auto parts = split(ticket, '.');
  if (ticket.size() > 200 || parts.size() < 5 || parts.size() > 6)
    return std::nullopt;
  const auto mac = parts.back();
  const auto text = ticket.substr(0, ticket.size() - mac.size() - 1);
  if (!equal_constant_time(mac_of(secret_, text), mac))
    return std::nullopt;
  const auto brain =
      parts.size() == 6 ? parse_brain_kind(parts[4]) : brain_kind::realtime;
  const auto tenant = parse_uuid(parts[0]);
  const auto call = parse_uuid(parts[1]);
  if (!tenant || !call || !brain || expiry_of(parts[2]) < now_s)
    return std::nullopt;
  return media_pass{tenant_id{*tenant}, call_id{*call}, *brain};
}

std::optional<media_pass> media_tickets::redeem(std::string_view ticket,
                                                std::int64_t now_s) {
  auto pass = check(ticket, now_s);
  if (!pass)
    return std::nullopt;
  const std::lock_guard lock{mutex_};
  if (!used_.insert(std::string{ticket}).second)
    return std::nullopt;
  used_order_.emplace_back(ticket);
  // One that has expired is refused for that; only those that have not need a memory.
  while (used_order_.size() > used_max ||
         expiry_of(split(used_order_.front(), '.')[2]) < now_s) {
    used_.erase(used_order_.front());
    used_order_.pop_front();
  }
  pass->ticket = ticket;
  return pass;
}

} // namespace caly
