#pragma once

#include "cluster/client/failure.hpp"
#include "runtime/base/json.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly::client {

/// The REST interface of a cluster. Blocks. Reading requests are sent again to the next
/// node when one does not answer; changes are not.
class api_client {
public:
  explicit api_client(std::vector<std::string> apis);
  ~api_client();
  api_client(api_client&&) noexcept;
  api_client& operator=(api_client&&) noexcept;

  void token(std::string value) { token_ = std::move(value); }

  const std::string& token() const { return token_; }

  /// Gets a new token when the old one has run out; true: send again with it.
  void on_expired(std::function<bool(api_client&)> renew) { renew_ = std::move(renew); }

  const std::vector<std::string>& apis() const { return apis_; }

  /// All answer `data` of the envelope. Errors: what the API said, with its exit code;
  /// `unavailable` when no node answers.
  outcome<json> get(const std::string& path);
  outcome<json> post(const std::string& path, const std::string& body = "{}");
  outcome<json> upload(const std::string& path,
                       const std::string& file,
                       const std::map<std::string, std::string>& fields);

  /// A body that is no JSON, such as a CSV file.
  outcome<std::string> text(const std::string& path);

  /// The rows of as many pages as `rows_max` takes.
  outcome<std::vector<json>> list(const std::string& path, std::size_t rows_max);

  /// The whole envelope of one URL; for checks.
  outcome<json> probe(const std::string& url);

private:
  struct connection;
  struct request;

  outcome<json> send(const request& order);
  outcome<json> send_once(const request& order);
  outcome<json> envelope(const request& order);
  outcome<std::string> body_of(const request& order);

  std::vector<std::string> apis_;
  std::string token_;
  std::function<bool(api_client&)> renew_;
  std::unique_ptr<connection> connection_;
};

/// What an error of the API means: `status` and the envelope's `error`.
failure api_failure(long status, const json& error);

} // namespace caly::client
