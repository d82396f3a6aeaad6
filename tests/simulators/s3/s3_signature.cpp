#include "tests/simulators/s3/s3_signature.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace caly::sim {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t skew_max_s = 15 * 60;

std::string digest_of(const EVP_MD* kind, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out, &size, kind, nullptr);
  return to_hex({reinterpret_cast<const char*>(out), size});
}

std::string hmac(std::string_view key, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       key.data(),
       static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       out,
       &size);
  return {reinterpret_cast<const char*>(out), size};
}

/// What a request says of its own signature.
struct claim {
  std::string credential; ///< key/date/region/s3/aws4_request
  std::string names;      ///< of the signed headers, with semicolons
  std::string signature;
  std::string time;
  std::string payload;
  std::int64_t lifetime_s = 0; ///< of a URL; 0: in the header
};

std::string between(std::string_view text, std::string_view from) {
  const auto at = text.find(from);
  if (at == std::string_view::npos)
    return {};
  const auto rest = text.substr(at + from.size());
  return std::string{trim(rest.substr(0, rest.find(',')))};
}

claim read_claim(const http_request& request) {
  const auto in = [&](std::string_view name) {
    return std::string{field(request.query, name)};
  };
  if (const auto signature = in("X-Amz-Signature"); !signature.empty())
    return {in("X-Amz-Credential"),
            in("X-Amz-SignedHeaders"),
            signature,
            in("X-Amz-Date"),
            "UNSIGNED-PAYLOAD",
            std::atoll(in("X-Amz-Expires").c_str())};
  const auto header = request.header("Authorization");
  return {between(header, "Credential="),
          between(header, "SignedHeaders="),
          between(header, "Signature="),
          std::string{request.header("x-amz-date")},
          std::string{request.header("x-amz-content-sha256")},
          0};
}

std::int64_t unix_time(const std::string& text) {
  std::tm parts{};
  return strptime(text.c_str(), "%Y%m%dT%H%M%SZ", &parts) == nullptr ? 0 : timegm(&parts);
}

std::string canonical_path(std::string_view path) {
  std::string out;
  for (const auto part : split(path.substr(1), '/'))
    out += '/' + url_encode(part);
  return out;
}

std::string canonical_request(const http_request& request, const claim& said) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : request.query)
    if (name != "X-Amz-Signature")
      pairs.push_back(url_encode(name) + '=' + url_encode(value));
  std::ranges::sort(pairs);
  std::string out = request.method + '\n' + canonical_path(request.path) + '\n';
  for (std::size_t i = 0; i < pairs.size(); ++i)
    out += (i == 0 ? "" : "&") + pairs[i];
  out += '\n';
  for (const auto name : split(said.names, ';'))
    out += std::string{name} + ':' + std::string{trim(request.header(name))} + '\n';
  return out + '\n' + said.names + '\n' + said.payload;
}

} // namespace

std::string hex_sha256(std::string_view bytes) {
  return digest_of(EVP_sha256(), bytes);
}

std::string hex_md5(std::string_view bytes) {
  return digest_of(EVP_md5(), bytes);
}

bool is_s3(const http_request& request) {
  return request.header("Authorization").starts_with(algorithm) ||
         !field(request.query, "X-Amz-Signature").empty();
}

std::string
s3_fault_of(const http_request& request, const s3_key& key, std::int64_t now_s) {
  const auto said = read_claim(request);
  const auto scope = split(said.credential, '/');
  if (scope.size() != 5 || scope[0] != key.access_key)
    return "InvalidAccessKeyId";
  const auto signed_at = unix_time(said.time);
  if (said.lifetime_s > 0 ? now_s > signed_at + said.lifetime_s
                          : std::abs(now_s - signed_at) > skew_max_s)
    return said.lifetime_s > 0 ? "AccessDenied" : "RequestTimeTooSkewed";
  if (said.lifetime_s == 0 && said.payload != hex_sha256(request.body))
    return "XAmzContentSHA256Mismatch";
  auto derived = "AWS4" + key.secret_key;
  for (std::size_t i = 1; i < scope.size(); ++i)
    derived = hmac(derived, scope[i]);
  const auto text = std::string{algorithm} + '\n' + said.time + '\n' +
                    said.credential.substr(said.credential.find('/') + 1) + '\n' +
                    hex_sha256(canonical_request(request, said));
  return to_hex(hmac(derived, text)) == said.signature ? "" : "SignatureDoesNotMatch";
}

} // namespace caly::sim
