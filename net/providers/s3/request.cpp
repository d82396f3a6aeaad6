#include "net/providers/s3/request.hpp"

#include "net/auth/hmac.hpp"
#include "runtime/base/text.hpp"

#include <ctime>
#include <openssl/sha.h>

namespace caly::s3 {

namespace {

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return to_hex({reinterpret_cast<const char*>(digest), sizeof(digest)});
}

/// `20130524T000000Z`
std::string amz_time(wall_time now) {
  const auto seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[32];
  std::strftime(out, sizeof(out), "%Y%m%dT%H%M%SZ", &parts);
  return out;
}

/// Once, with the slashes left.
std::string encode_path(std::string_view path) {
  std::string out;
  for (const auto part : split(path, '/'))
    out += (out.empty() && part.empty() ? "" : "/") + url_encode(part);
  return out;
}

/// The sorted query, as it is signed and sent.
std::string encode_query(const text_map& query) {
  std::string out;
  for (const auto& [name, value] : query)
    out += (out.empty() ? "" : "&") + url_encode(name) + '=' + url_encode(value);
  return out;
}

/// Where an object is: scheme, host and path.
struct address {
  std::string scheme;
  std::string host;
  std::string path; ///< encoded
};

address address_of(const account& at, const std::string& key) {
  std::string_view rest{at.endpoint};
  while (rest.ends_with('/'))
    rest.remove_suffix(1);
  const auto mark = rest.find("://");
  address out;
  out.scheme = mark == std::string_view::npos ? "https" : rest.substr(0, mark);
  out.host = mark == std::string_view::npos ? rest : rest.substr(mark + 3);
  if (at.path_style) {
    out.path = encode_path('/' + at.bucket + '/' + key);
  } else {
    out.host = at.bucket + '.' + out.host;
    out.path = encode_path('/' + key);
  }
  return out;
}

std::string scope_of(const account& at, std::string_view time) {
  return std::string{time.substr(0, 8)} + '/' + at.region + "/s3/aws4_request";
}

std::string names_of(const text_map& headers) {
  std::string out;
  for (const auto& [name, value] : headers)
    out += (out.empty() ? "" : ";") + name;
  return out;
}

std::string signature_of(const account& at,
                         std::string_view time,
                         std::string_view method,
                         const std::string& path,
                         const text_map& query,
                         const text_map& headers,
                         std::string_view payload) {
  auto canonical = std::string{method} + '\n' + path + '\n' + encode_query(query) + '\n';
  for (const auto& [name, value] : headers)
    canonical += name + ':' + std::string{trim(value)} + '\n';
  canonical += '\n' + names_of(headers) + '\n';
  canonical += payload;
  const auto text = "AWS4-HMAC-SHA256\n" + std::string{time} + '\n' + scope_of(at, time) +
                    '\n' + sha256_hex(canonical);
  auto key = hmac_sha256("AWS4" + at.secret_key, time.substr(0, 8));
  for (const std::string_view step : {std::string_view{at.region},
                                      std::string_view{"s3"},
                                      std::string_view{"aws4_request"}})
    key = hmac_sha256(key, step);
  return hmac_sha256_hex(key, text);
}

} // namespace

http_call signed_call(const account& at, const object_request& request, wall_time now) {
  const auto where = address_of(at, request.key);
  const auto time = amz_time(now);
  auto headers = request.headers;
  headers["host"] = where.host;
  headers["x-amz-date"] = time;
  const auto payload = sha256_hex(request.body);
  headers["x-amz-content-sha256"] = payload;
  const auto signature =
      signature_of(at, time, request.method, where.path, request.query, headers, payload);
  http_call out;
  out.method = request.method;
  out.url = where.scheme + "://" + where.host + where.path;
  if (!request.query.empty())
    out.url += '?' + encode_query(request.query);
  for (const auto& [name, value] : headers)
    out.headers.push_back(name + ": " + value);
  out.headers.push_back("authorization: AWS4-HMAC-SHA256 Credential=" + at.access_key +
                        '/' + scope_of(at, time) + ",SignedHeaders=" + names_of(headers) +
                        ",Signature=" + signature);
  out.body = request.body;
  return out;
}

std::string presigned_url(const account& at,
                          const std::string& key,
                          std::chrono::seconds lifetime,
                          wall_time now,
                          const text_map& more) {
  const auto where = address_of(at, key);
  const auto time = amz_time(now);
  auto query = more;
  query["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256";
  query["X-Amz-Credential"] = at.access_key + '/' + scope_of(at, time);
  query["X-Amz-Date"] = time;
  query["X-Amz-Expires"] = std::to_string(lifetime.count());
  query["X-Amz-SignedHeaders"] = "host";
  const auto signature = signature_of(
      at, time, "GET", where.path, query, {{"host", where.host}}, "UNSIGNED-PAYLOAD");
  return where.scheme + "://" + where.host + where.path + '?' + encode_query(query) +
         "&X-Amz-Signature=" + signature;
}

} // namespace caly::s3
