#include "config/checks.hpp"

#include "config/units.hpp"
#include "runtime/base/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unistd.h>

namespace caly {

namespace {

constexpr std::size_t secret_bytes_min = 32;
constexpr std::string_view development_secret =
    "development-only-secret-never-in-production";

class checker {
public:
  explicit checker(loaded_settings& loaded) : loaded_{loaded}, values_{loaded.values} {}

  void fail(const std::string& name, std::string text) {
    const auto found = loaded_.origins.find(name);
    loaded_.problems.push_back(
        {found == loaded_.origins.end() ? "" : found->second, name + ": " + text});
  }

  void at_most(const std::string& name,
               std::chrono::milliseconds value,
               const std::string& limit_name,
               std::chrono::milliseconds limit) {
    if (value > limit)
      fail(name,
           fmt::format("{} must be at most {} ({})",
                       format_duration(value),
                       limit_name,
                       format_duration(limit)));
  }

  void required() {
    if (values_.database.url.empty())
      fail("database.url", "is required, for example postgresql://caly@127.0.0.1/caly");
    if (values_.node.id.empty() || values_.node.id.size() > 64)
      fail("node.id", "must have 1 to 64 characters");
    for (const char c : values_.node.id)
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' &&
          c != '.') {
        fail("node.id", "may only contain letters, digits, '-', '_' and '.'");
        break;
      }
  }

  void consistent() {
    const auto& c = values_.cluster;
    at_most("cluster.renew", c.renew, "half of cluster.lease", c.lease / 2);
    at_most("cluster.heartbeat",
            c.heartbeat,
            "half of cluster.peer_timeout",
            c.peer_timeout / 2);
    at_most("cluster.stall_max", c.stall_max, "cluster.lease", c.lease);
    if (c.protocol_max != 0 && c.protocol_max < static_cast<int>(protocol_min))
      fail(
          "cluster.protocol_max",
          fmt::format("must be 0 or at least {}, the lowest level that this build speaks",
                      static_cast<int>(protocol_min)));
    at_most("database.idle_in_transaction_timeout",
            values_.database.idle_in_transaction_timeout,
            "cluster.lease",
            c.lease);
    at_most("database.lock_timeout",
            values_.database.lock_timeout,
            "database.statement_timeout",
            values_.database.statement_timeout);
    if (values_.dial.provider == "bolna" && values_.providers.bolna.agent_id.empty())
      fail("providers.bolna.agent_id", "is required where dial.provider is bolna");
    if (values_.dial.provider == "telnyx")
      telnyx();
    pairs("call.relay_languages", values_.call.relay_languages);
    relay_attributes("providers.twilio.relay_attributes",
                     values_.providers.twilio.relay_attributes);
    relay_attributes("providers.telnyx.relay_attributes",
                     values_.providers.telnyx.relay_attributes);
    const auto& keys = values_.providers;
    const bool ear = !keys.deepgram.api_key.empty() || !keys.azure_speech.api_key.empty();
    const bool voice = !keys.azure_speech.api_key.empty() ||
                       !keys.elevenlabs.api_key.empty() || !keys.cartesia.api_key.empty();
    const bool mind = !keys.openai.api_key.empty() || !keys.chat.base_url.empty();
    if (values_.call.brain == "cascade" && !(ear && voice && mind))
      fail("call.brain",
           "cascade needs an account for each of call.ear, call.voice and call.mind");
    if (values_.call.brain == "realtime" && values_.providers.openai.api_key.empty())
      fail("call.brain",
           "realtime needs providers.openai.api_key; without one take cascade, relay or "
           "gather");
    exotel();
    if (values_.recording.store == "s3") {
      const auto& s3 = values_.providers.s3;
      const std::pair<const char*, const std::string&> needed[] = {
          {"providers.s3.base_url", s3.base_url},
          {"providers.s3.bucket", s3.bucket},
          {"providers.s3.account_sid", s3.account_sid},
          {"providers.s3.auth_token", s3.auth_token}};
      for (const auto& [name, value] : needed)
        if (value.empty())
          fail(name, "is required where recording.store is s3");
    }
    at_most("dial.fuse", values_.dial.fuse, "dial.settle", values_.dial.settle);
    at_most("dial.create_timeout",
            values_.dial.create_timeout,
            "dial.settle",
            values_.dial.settle);
  }

  void exotel() {
    const auto& exotel = values_.providers.exotel;
    const auto rate = exotel.sample_rate;
    if (rate != 8'000 && rate != 16'000 && rate != 24'000)
      fail("providers.exotel.sample_rate", "must be 8000, 16000 or 24000");
    if (exotel.chunk_bytes % 320 != 0)
      fail("providers.exotel.chunk_bytes", "must be a multiple of 320");
    if (values_.dial.provider != "exotel")
      return;
    const std::pair<const char*, const std::string&> needed[] = {
        {"providers.exotel.account_sid", exotel.account_sid},
        {"providers.exotel.webhook_secret", exotel.webhook_secret}};
    for (const auto& [name, value] : needed)
      if (value.empty())
        fail(name, "is required where dial.provider is exotel");
  }

  /// Links are in the clear only where nobody else can listen.
  void links() {
    const auto& c = values_.cluster;
    const std::pair<const char*, const std::string&> files[] = {
        {"cluster.tls_certificate", c.tls_certificate},
        {"cluster.tls_key", c.tls_key},
        {"cluster.tls_authority", c.tls_authority}};
    const auto set = std::ranges::count_if(
        files, [](const auto& each) { return !each.second.empty(); });
    if (set == 0 && !loopback(c.basp_host))
      fail("cluster.basp_host",
           c.basp_host + " is not of the loopback interface: links beyond it need "
                         "cluster.tls_certificate, cluster.tls_key and "
                         "cluster.tls_authority (cluster/deploy/make_certificates)");
    for (const auto& [name, file] : files)
      if (set > 0 && file.empty())
        fail(name, "is required where another cluster.tls_ setting is set");
      else if (!file.empty() && access(file.c_str(), R_OK) != 0)
        fail(name, "cannot be read: " + file);
  }

  void development() {
    fill("auth.jwt_secret", values_.auth.jwt_secret);
    fill("cluster.secret", values_.cluster.secret);
  }

  void production() {
    strong("auth.jwt_secret", values_.auth.jwt_secret, true);
    strong("cluster.secret", values_.cluster.secret, true);
    strong("console.token", values_.console.token, false);
    strong("providers.bolna.webhook_secret",
           values_.providers.bolna.webhook_secret,
           false,
           16);
    strong("providers.exotel.webhook_secret",
           values_.providers.exotel.webhook_secret,
           false,
           16);
    constexpr std::size_t argon2_memory_min = 19 << 20;
    if (values_.auth.argon2_memory < argon2_memory_min)
      fail("auth.argon2_memory", "must be at least 19MiB in production");
    const auto& url = values_.net.public_url;
    if (url.starts_with("http://") && !loopback(url.substr(7)))
      fail("net.public_url", "must begin with https:// in production");
  }

private:
  void telnyx() {
    const auto& account = values_.providers.telnyx;
    const std::pair<const char*, const std::string&> needed[] = {
        {"account_sid", account.account_sid},
        {"api_key", account.api_key},
        {"application_id", account.application_id},
        {"public_key", account.public_key}};
    for (const auto& [name, value] : needed)
      if (value.empty())
        fail(std::string{"providers.telnyx."} + name,
             "is required where dial.provider is telnyx");
  }

  void pairs(const std::string& name, const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      if (!parse_pair(text))
        fail(name, "\"" + text + "\" is not of the form name=value");
  }

  void relay_attributes(const std::string& name, const std::vector<std::string>& texts) {
    pairs(name, texts);
    for (const auto& [attribute, value] : pairs_of(texts))
      if (attribute == "url")
        fail(name, "url is ours to say");
  }

  void fill(const std::string& name, std::string& secret) {
    if (!secret.empty())
      return;
    secret = development_secret;
    loaded_.origins[name] = "built-in, for development only";
  }

  void strong(const std::string& name,
              const std::string& secret,
              bool required,
              std::size_t bytes_min = secret_bytes_min) {
    if (secret.empty() && !required)
      return;
    if (secret.size() < bytes_min)
      fail(name,
           fmt::format("needs at least {} bytes in production, for example from `openssl "
                       "rand -hex 32`",
                       bytes_min));
    else if (secret == development_secret ||
             std::set(secret.begin(), secret.end()).size() < 8)
      fail(name, "is too easy to guess for production");
  }

  static bool loopback(std::string_view host) {
    return host.starts_with("127.") || host.starts_with("localhost") ||
           host.starts_with("[::1]");
  }

  loaded_settings& loaded_;
  settings& values_;
};

} // namespace

void check_settings(loaded_settings& loaded) {
  checker check{loaded};
  check.required();
  check.consistent();
  check.links();
  if (loaded.values.node.profile == "production")
    check.production();
  else
    check.development();
}

} // namespace caly
