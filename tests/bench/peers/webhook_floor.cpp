// Floor of the webhook: Beast + libpq. A signed status callback is verified, recorded
// once and moves its call forward; callbacks that come while a commit is under way share
// the next one.
//   webhook_floor PORT     with BENCH_DATABASE_URL, BENCH_AUTH_TOKEN, BENCH_PUBLIC_URL

#include "tests/bench/peers/common/base64.hpp"
#include "tests/bench/peers/common/http_server.hpp"
#include "tests/bench/peers/common/pg_pipe.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace caly::peers {

namespace {

constexpr const char* record = R"(
with news as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
    as n (call, key, status, provider_id)
), added as (
  insert into hook_events (call_id, event_key, kind)
  select call::uuid, key, status from news on conflict do nothing returning call_id, kind
), best as (
  select distinct on (call_id) call_id, kind, hook_rank(kind) as rank
  from added order by call_id, hook_rank(kind) desc
)
update hook_calls c set status = b.kind, provider_call_id = n.provider_id,
    answered_at = case when b.rank >= 3 then coalesce(c.answered_at, now()) end
from best b join news n on n.call::uuid = b.call_id
where c.id = b.call_id and b.rank > hook_rank(c.status))";

using fields = std::vector<std::pair<std::string, std::string>>;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size()) {
      out +=
          static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  return out;
}

fields parse(std::string_view body) {
  fields out;
  while (!body.empty()) {
    const auto pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    out.emplace_back(decoded(pair.substr(0, equals)),
                     decoded(pair.substr(std::min(pair.size(), equals + 1))));
  }
  return out;
}

std::string_view value_of(const fields& all, std::string_view name) {
  for (const auto& [key, value] : all)
    if (key == name)
      return value;
  return {};
}

class verifier {
public:
  bool right(std::string_view target, fields all, std::string_view given) const {
    std::sort(all.begin(), all.end());
    std::string text = url_;
    text += target;
    for (const auto& [name, value] : all)
      text.append(name).append(value);
    std::uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha1(),
         token_.data(),
         static_cast<int>(token_.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         digest,
         &size);
    char wanted[64];
    const auto length = to_base64(wanted, digest, size);
    return given.size() == length && CRYPTO_memcmp(given.data(), wanted, length) == 0;
  }

private:
  std::string token_ = std::getenv("BENCH_AUTH_TOKEN");
  std::string url_ = std::getenv("BENCH_PUBLIC_URL");
};

/// A call always goes to the same connection, so that no two transactions wait for each
/// other's rows.
class lane {
public:
  explicit lane(asio::io_context& io) : io_{io}, pipe_{io} {
    pg_prepare(pipe_.connection(), "record", record);
    pipe_.start();
  }

  void add(const session_ptr& session,
           std::string_view call,
           std::string_view key,
           std::string_view status,
           std::string_view provider_id) {
    columns_[0].add(call);
    columns_[1].add(key);
    columns_[2].add(status);
    columns_[3].add(provider_id);
    waiting_.push_back(session);
    if (!busy_ && !posted_) {
      posted_ = true;
      asio::post(io_, [this] {
        posted_ = false;
        commit();
      });
    }
  }

private:
  void commit() {
    if (busy_ || waiting_.empty())
      return;
    busy_ = true;
    const char* values[4];
    int sizes[4];
    for (int i = 0; i < 4; ++i) {
      const auto& data = columns_[i].finish();
      values[i] = data.data();
      sizes[i] = static_cast<int>(data.size());
    }
    pipe_.run("record",
              4,
              values,
              sizes,
              true,
              [this, sessions = std::exchange(waiting_, {})](PGresult* result) {
                const int status = PQresultStatus(result) == PGRES_COMMAND_OK ? 200 : 500;
                for (const auto& each : sessions)
                  each->reply(status, "");
                busy_ = false;
                asio::post(io_, [this] { commit(); });
              });
    for (auto& each : columns_)
      each.clear();
  }

  asio::io_context& io_;
  pg_pipe pipe_;
  pg_array columns_[4];
  std::vector<session_ptr> waiting_;
  bool busy_ = false;
  bool posted_ = false;
};

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 2) {
    std::fprintf(stderr, "usage: webhook_floor PORT\n");
    return 2;
  }
  asio::io_context io{1};
  verifier signatures;
  lane lanes[2] = {lane{io}, lane{io}};
  http_server server{
      io, std::atoi(argv[1]), [&](const session_ptr& session) {
        const auto& request = session->request;
        const auto all = parse(request.body());
        const auto given = request["X-Twilio-Signature"];
        const std::string_view target{request.target().data(), request.target().size()};
        if (!signatures.right(target, all, {given.data(), given.size()}))
          return session->reply(403, "");
        const auto at = target.find("call=call_");
        if (at == target.npos)
          return session->reply(400, "");
        const auto call = target.substr(at + 10, 32);
        const auto token = request["I-Twilio-Idempotency-Token"];
        lanes[std::hash<std::string_view>{}(call) % 2].add(session,
                                                           call,
                                                           {token.data(), token.size()},
                                                           value_of(all, "CallStatus"),
                                                           value_of(all, "CallSid"));
      }};
  io.run();
}
