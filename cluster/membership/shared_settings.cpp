#include "cluster/membership/shared_settings.hpp"

#include "config/schema.hpp"
#include "net/auth/hmac.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace caly {

namespace {

constexpr std::size_t digest_chars = 16;

std::string digest_of(const std::string& secret, const std::string& text) {
  return hmac_sha256_hex(secret, text).substr(0, digest_chars);
}

} // namespace

shared_config shared_config_of(const settings& chosen) {
  const auto& key = chosen.cluster.secret;
  json_writer out;
  out.begin_object();
  for (const auto& x : settings_schema())
    if (x.shared) {
      const auto value = x.literal(chosen);
      out.key(x.name);
      if (x.secret)
        out.begin_object().field("digest", digest_of(key, x.name + value)).end_object();
      else
        out.value(value);
    }
  out.end_object();
  shared_config made;
  made.values = std::move(out).str();
  made.hash = digest_of(key, made.values);
  made.accept_change = chosen.cluster.accept_config_change;
  return made;
}

} // namespace caly
