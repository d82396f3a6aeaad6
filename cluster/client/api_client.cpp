#include "cluster/client/api_client.hpp"

#include "runtime/base/text.hpp"

#include <curl/curl.h>

namespace caly::client {

namespace {

constexpr long connect_timeout_ms = 2'000;
constexpr long answer_timeout_s = 30;
constexpr long upload_timeout_s = 600;
constexpr std::size_t body_bytes_max = 64 << 20;
constexpr json_limits body_limits{body_bytes_max, 64, 4'000'000, 64, 3};

std::size_t keep_body(char* data, std::size_t, std::size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > body_bytes_max)
    return 0;
  body.append(data, size);
  return size;
}

exit_code exit_of(long status) {
  switch (status) {
  case 400:
  case 413:
  case 422:
    return exit_code::usage;
  case 401:
    return exit_code::auth;
  case 402:
  case 429:
    return exit_code::limit;
  case 403:
    return exit_code::permission;
  case 404:
    return exit_code::not_found;
  case 409:
  case 412:
    return exit_code::conflict;
  default:
    return status >= 500 ? exit_code::unavailable : exit_code::error;
  }
}

std::string hint_of(long status, const json& error) {
  if (status == 401)
    return "caly login --email you@example.com";
  if (status == 402)
    return "top the balance up";
  if (status == 403)
    return "your role may not do this; ask an admin of the account";
  if (const auto wait = error["retry_after"].as_int())
    return "try again in " + std::to_string(*wait) + " s";
  return status >= 500 ? "try again; caly doctor looks what is wrong" : "";
}

} // namespace

failure api_failure(long status, const json& error) {
  failure reason{exit_of(status),
                 std::string{error["code"].text_or(std::to_string(status))},
                 std::string{error["message"].text_or("the API refused")},
                 hint_of(status, error)};
  for (const auto& each : error["field_errors"].items())
    reason.message += "\n  " + std::string{each["field"].text_or("")} + ": " +
                      std::string{each["message"].text_or("")};
  return reason;
}

struct api_client::connection {
  connection() { curl_global_init(CURL_GLOBAL_DEFAULT); }

  ~connection() {
    curl_easy_cleanup(handle);
    curl_global_cleanup();
  }

  CURL* handle = curl_easy_init();
};

struct api_client::request {
  std::string method = "GET";
  std::string path; ///< or a URL
  std::string body;
  std::string file;
  std::map<std::string, std::string> fields;
};

api_client::api_client(std::vector<std::string> apis)
    : apis_{std::move(apis)}, connection_{std::make_unique<connection>()} {
  for (auto& api : apis_)
    while (api.ends_with('/'))
      api.pop_back();
}

api_client::~api_client() = default;
api_client::api_client(api_client&&) noexcept = default;
api_client& api_client::operator=(api_client&&) noexcept = default;

namespace {

/// libcurl's lists and forms, freed with the request.
struct parts {
  curl_slist* headers = nullptr;
  curl_mime* form = nullptr;

  ~parts() {
    curl_slist_free_all(headers);
    curl_mime_free(form);
  }

  void header(const std::string& line) {
    headers = curl_slist_append(headers, line.c_str());
  }

  void
  field(CURL* curl, const std::string& name, const std::string& value, bool is_file) {
    if (form == nullptr)
      form = curl_mime_init(curl);
    auto* part = curl_mime_addpart(form);
    curl_mime_name(part, name.c_str());
    if (is_file)
      curl_mime_filedata(part, value.c_str());
    else
      curl_mime_data(part, value.data(), value.size());
  }
};

} // namespace

/// One request to one URL; the body of a good answer.
outcome<std::string> api_client::body_of(const request& order) {
  auto* curl = connection_->handle;
  curl_easy_reset(curl);
  parts all;
  std::string body;
  all.header("Accept: application/json");
  if (!token_.empty())
    all.header("Authorization: Bearer " + token_);
  if (!order.file.empty()) {
    all.field(curl, "file", order.file, true);
    for (const auto& [name, value] : order.fields)
      all.field(curl, name, value, false);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, all.form);
  } else if (order.method != "GET") {
    all.header("Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(order.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, order.body.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_URL, order.path.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, all.headers);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(
      curl, CURLOPT_TIMEOUT, order.file.empty() ? answer_timeout_s : upload_timeout_s);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  const auto done = curl_easy_perform(curl);
  if (done == CURLE_READ_ERROR)
    return failure{exit_code::usage, "invalid", "cannot read " + order.file, ""};
  if (done != CURLE_OK)
    return failure{exit_code::unavailable,
                   done == CURLE_COULDNT_CONNECT ? "unreachable" : "unavailable",
                   order.path + ": " + curl_easy_strerror(done),
                   "is the cluster up? caly doctor looks"};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300)
    return body;
  const auto answer = json::parse(body, body_limits);
  const json none;
  return api_failure(status, answer ? (*answer)["error"] : none);
}

outcome<json> api_client::envelope(const request& order) {
  const auto body = body_of(order);
  if (!body)
    return body.error();
  auto answer = json::parse(*body, body_limits);
  if (!answer)
    return failure{exit_code::unavailable,
                   "unavailable",
                   order.path + ": this is not Caly's API",
                   ""};
  return std::move(*answer);
}

outcome<json> api_client::send(const request& order) {
  auto answer = send_once(order);
  if (answer || answer.error().exit != exit_code::auth || !renew_)
    return answer;
  // While it renews itself nobody renews for it.
  const auto renew = std::exchange(renew_, nullptr);
  const auto renewed = renew(*this);
  renew_ = renew;
  return renewed ? send_once(order) : answer;
}

outcome<json> api_client::send_once(const request& order) {
  if (apis_.empty())
    return failure{exit_code::usage,
                   "invalid",
                   "which cluster?",
                   "--state DIR, --api URL, or CALY_API in the environment"};
  outcome<json> answer{failure{}};
  for (const auto& api : apis_) {
    auto one = order;
    one.path = api + order.path;
    answer = envelope(one);
    // What was never sent may be sent to the next node, whatever it is.
    const auto next =
        !answer &&
        (answer.error().code == "unreachable" ||
         (order.method == "GET" && answer.error().exit == exit_code::unavailable));
    if (!next)
      break;
  }
  return answer;
}

outcome<json> api_client::get(const std::string& path) {
  const auto answer = send({"GET", path, {}, {}, {}});
  if (!answer)
    return answer.error();
  return (*answer)["data"];
}

outcome<json> api_client::post(const std::string& path, const std::string& body) {
  const auto answer = send({"POST", path, body, {}, {}});
  if (!answer)
    return answer.error();
  return (*answer)["data"];
}

outcome<json> api_client::upload(const std::string& path,
                                 const std::string& file,
                                 const std::map<std::string, std::string>& fields) {
  const auto answer = send({"POST", path, {}, file, fields});
  if (!answer)
    return answer.error();
  return (*answer)["data"];
}

outcome<std::string> api_client::text(const std::string& path) {
  // A look at the session renews it where that is needed.
  if (const auto me = get("/api/auth/me"); !me)
    return me.error();
  return body_of({"GET", apis_.front() + path, {}, {}, {}});
}

outcome<std::vector<json>> api_client::list(const std::string& path,
                                            std::size_t rows_max) {
  std::vector<json> rows;
  std::string cursor;
  while (rows.size() < rows_max) {
    const auto limit = std::min<std::size_t>(100, rows_max - rows.size());
    auto page = path + (path.find('?') == std::string::npos ? "?" : "&") +
                "limit=" + std::to_string(limit);
    if (!cursor.empty())
      page += "&cursor=" + url_encode(cursor);
    const auto answer = send({"GET", page, {}, {}, {}});
    if (!answer)
      return answer.error();
    const auto& data = (*answer)["data"].items();
    rows.insert(rows.end(), data.begin(), data.end());
    cursor = (*answer)["pagination"]["next_cursor"].text_or("");
    if (cursor.empty() || data.empty())
      break;
  }
  return rows;
}

outcome<json> api_client::probe(const std::string& url) {
  return envelope({"GET", url, {}, {}, {}});
}

} // namespace caly::client
