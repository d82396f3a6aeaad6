#include "net/rest/api.hpp"
#include "net/rest/documents.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <sodium.h>

namespace caly {

namespace {

/// The page may run its own script and nothing else.
std::string docs_policy() {
  const auto page = docs_page();
  constexpr std::string_view open = "<script>";
  const auto begin = std::min(page.find(open), page.size() - open.size()) + open.size();
  const auto script = page.substr(begin, page.find("</script>", begin) - begin);
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(script.data()),
                     script.size());
  return "default-src 'none'; script-src 'sha256-" + to_base64(hash) +
         "'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; "
         "base-uri 'none'";
}

/// Answers with a text that never changes while the process runs.
request_handler
fixed(std::string_view text, const char* content_type, std::string policy = {}) {
  auto shared = std::make_shared<const std::string>(text);
  return [shared, content_type, policy](const request_ptr& request) {
    http_response response;
    response.content_type = content_type;
    response.shared_body = shared;
    response.content_security_policy = policy;
    response.with("Cache-Control", "no-cache");
    request->respond(std::move(response));
  };
}

} // namespace

void rest_api::add_system(router& routes) {
  get(routes, "/health", route_policy::open, [](const request_ptr& request) {
    auto response = success(request->correlation_id, R"({"status":"ok"})");
    // Simple checkers look for the status at the top.
    response.body.insert(1, R"("status":"ok",)");
    request->respond(std::move(response));
  });
  get(routes, "/ready", route_policy::open, [this](const request_ptr& request) {
    std::string detail = "{}";
    if (!parts_.ready || parts_.ready(detail))
      return request->respond(success(request->correlation_id, detail));
    auto response = problem(
        request->correlation_id, 503, "not_ready", "This node cannot serve yet.", {}, 1);
    request->respond(std::move(response));
  });
  get(routes, "/metrics", route_policy::open, [this](const request_ptr& request) {
    http_response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = parts_.metrics ? parts_.metrics() : std::string{};
    request->respond(std::move(response));
  });
  get(routes,
      "/openapi.json",
      route_policy::open,
      fixed(openapi_text(), json_content_type));
  get(routes,
      "/docs",
      route_policy::open,
      fixed(docs_page(), "text/html; charset=utf-8", docs_policy()));
}

} // namespace caly
