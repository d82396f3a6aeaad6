// Floor of the list of calls: Beast + pipelined libpq, HS256 verified, the page's JSON
// written straight from the result.
//   calls_floor PORT     with BENCH_DATABASE_URL, BENCH_JWT_SECRET

#include "tests/bench/peers/common/base64.hpp"
#include "tests/bench/peers/common/http_server.hpp"
#include "tests/bench/peers/common/pg_pipe.hpp"

#include <array>
#include <ctime>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <optional>

namespace caly::peers {

namespace {

#define CALY_COLUMNS                                                                     \
  "select id, agent_id, direction, from_number, to_number, status, sentiment, "          \
  "duration_s, charged_micros, summary, recording_url, "                                 \
  "extract(epoch from started_at)::int8, extract(epoch from ended_at)::int8 "            \
  "from list_calls where tenant_id = $1::int "

constexpr const char* first_page = CALY_COLUMNS "order by id desc limit $2::int";
constexpr const char* next_page =
    CALY_COLUMNS "and id < $3::uuid order by id desc limit $2::int";

struct column {
  const char* key;

  enum { text, number, time } kind;
};

constexpr std::array<column, 13> columns{{{"\"id\":", column::text},
                                          {",\"agent_id\":", column::number},
                                          {",\"direction\":", column::text},
                                          {",\"from_number\":", column::text},
                                          {",\"to_number\":", column::text},
                                          {",\"status\":", column::text},
                                          {",\"sentiment\":", column::text},
                                          {",\"duration_s\":", column::number},
                                          {",\"charged_micros\":", column::number},
                                          {",\"summary\":", column::text},
                                          {",\"recording_url\":", column::text},
                                          {",\"started_at\":", column::time},
                                          {",\"ended_at\":", column::time}}};

std::string from_base64url(std::string_view text) {
  std::string padded{text};
  for (auto& c : padded)
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  padded.resize((padded.size() + 3) / 4 * 4, '=');
  std::string out(padded.size(), '\0');
  out.resize(from_base64(reinterpret_cast<std::uint8_t*>(out.data()), padded));
  return out;
}

/// The tenant of a valid token.
std::optional<std::string> tenant_of(std::string_view header) {
  static const std::string secret = std::getenv("BENCH_JWT_SECRET");
  if (!header.starts_with("Bearer "))
    return std::nullopt;
  header.remove_prefix(7);
  const auto first = header.find('.');
  const auto last = header.rfind('.');
  if (first == header.npos || last <= first)
    return std::nullopt;
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       secret.data(),
       static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(header.data()),
       last,
       digest,
       &size);
  const auto given = from_base64url(header.substr(last + 1));
  if (given.size() != size || CRYPTO_memcmp(given.data(), digest, size) != 0)
    return std::nullopt;
  const auto claims = from_base64url(header.substr(first + 1, last - first - 1));
  const auto number = [&](std::string_view key) {
    const auto at = claims.find(key);
    return at == claims.npos ? 0 : std::atol(claims.c_str() + at + key.size());
  };
  if (number("\"exp\":") <= std::time(nullptr))
    return std::nullopt;
  return std::to_string(number("\"tenant\":"));
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  out += '"';
}

/// RFC 3339 of seconds since 1970.
void append_time(std::string& out, std::time_t at) {
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  out.append(text, std::strftime(text, sizeof text, "\"%FT%TZ\"", &parts));
}

std::string page_of(PGresult* result) {
  std::string out;
  out.reserve(26'000);
  out += R"({"success":true,"data":[)";
  const int rows = PQntuples(result);
  for (int row = 0; row < rows; ++row) {
    out += row > 0 ? ",{" : "{";
    for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
      const auto& each = columns[static_cast<std::size_t>(i)];
      out += each.key;
      const std::string_view value{PQgetvalue(result, row, i),
                                   static_cast<std::size_t>(PQgetlength(result, row, i))};
      if (PQgetisnull(result, row, i) != 0)
        out += "null";
      else if (each.kind == column::number)
        out += value;
      else if (each.kind == column::time)
        append_time(out, std::atol(value.data()));
      else
        append_text(out, value);
    }
    out += '}';
  }
  out += R"(],"pagination":{"next_cursor":")";
  if (rows > 0)
    out += PQgetvalue(result, rows - 1, 0);
  return out += "\",\"has_more\":true}}";
}

std::string_view query_value(std::string_view target, std::string_view name) {
  const auto at = target.find(name);
  if (at == target.npos)
    return {};
  target.remove_prefix(at + name.size());
  return target.substr(0, target.find('&'));
}

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 2) {
    std::fprintf(stderr, "usage: calls_floor PORT\n");
    return 2;
  }
  asio::io_context io{1};
  pg_pipe pipes[2] = {pg_pipe{io}, pg_pipe{io}};
  for (auto& each : pipes) {
    pg_prepare(each.connection(), "first", first_page);
    pg_prepare(each.connection(), "next", next_page);
    each.start();
  }
  std::size_t turn = 0;
  http_server server{io, std::atoi(argv[1]), [&](const session_ptr& session) {
                       const auto header = session->request[http::field::authorization];
                       const auto tenant = tenant_of({header.data(), header.size()});
                       if (!tenant)
                         return session->reply(401, "{}");
                       const std::string_view target{session->request.target().data(),
                                                     session->request.target().size()};
                       const std::string cursor{query_value(target, "cursor=")};
                       const char* values[] = {tenant->c_str(), "50", cursor.c_str()};
                       const bool first = cursor.empty();
                       pipes[turn++ % 2].run(first ? "first" : "next",
                                             first ? 2 : 3,
                                             values,
                                             nullptr,
                                             false,
                                             [session](PGresult* result) {
                                               if (PQresultStatus(result) ==
                                                   PGRES_TUPLES_OK)
                                                 session->reply(200, page_of(result));
                                               else
                                                 session->reply(500, "{}");
                                             });
                     }};
  io.run();
}
