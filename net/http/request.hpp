#pragma once

#include "actors/model/ids.hpp"
#include "net/http/response.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

enum class http_method : std::uint8_t { get, head, post, put, patch, del };

std::string_view to_string(http_method method);
std::optional<http_method> parse_method(std::string_view text);

/// What a signed-in user may do; each role may do all that the smaller ones may.
enum class user_role : std::uint8_t { none, viewer, operator_, admin, owner };

std::string_view to_string(user_role role);
user_role parse_role(std::string_view text);

/// Who sent a request, as its token proved. Empty for public routes.
struct principal {
  tenant_id tenant;
  user_id user;
  user_role role = user_role::none;
};

/// The header lines of a request, in one piece of memory.
class header_list {
public:
  void add(std::string_view name, std::string_view value);
  /// The first value of `name` in any case; empty when there is none.
  std::string_view get(std::string_view name) const;

  std::size_t size() const noexcept { return lines_.size(); }

private:
  struct line {
    std::uint32_t begin, name_size, value_size;
  };

  std::string text_;
  std::vector<line> lines_;
};

/// The parts of a multipart upload: small ones as text, the file on disk.
struct upload_form {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string file_path; ///< empty: no file part came; removed with the form
  std::string file_name; ///< as the client called it; never used as a path
  std::string sha256;    ///< of the file's bytes, hex
  std::uint64_t file_bytes = 0;
  /// The first bytes of the file, at most `head_bytes_max`.
  std::string head;
  static constexpr std::size_t head_bytes_max = 1 << 20;

  upload_form() = default;
  upload_form(const upload_form&) = delete;
  upload_form& operator=(const upload_form&) = delete;
  ~upload_form();

  /// Gives the file away: whoever calls removes it.
  std::string release_file();
  std::string_view field(std::string_view name) const;
};

struct route;

/// One request from its header to its response. Lives until its last holder lets go; a
/// request that nobody answered by then is answered with 500.
class http_request : public std::enable_shared_from_this<http_request> {
public:
  using clock = std::chrono::steady_clock;
  /// Runs a function on the thread of the connection.
  using post_function = std::function<void(std::function<void()>)>;
  using respond_function = std::function<void(http_response)>;

  http_request(post_function post, respond_function respond);
  ~http_request();

  http_request(const http_request&) = delete;
  http_request& operator=(const http_request&) = delete;

  // -- what came

  http_method method = http_method::get;
  std::string target; ///< path and query as sent
  std::string path;   ///< as sent, still percent-encoded
  header_list headers;
  std::string body;
  std::unique_ptr<upload_form> form;
  std::string remote_ip; ///< behind trusted proxies: the client's

  // -- what the server found out

  std::string correlation_id;
  std::vector<std::pair<std::string_view, std::string>> params; ///< decoded
  principal who;
  /// The id of what the request makes: the same when it is sent again under its key.
  std::optional<uuid> made;
  const route* matched = nullptr;
  clock::time_point received = clock::now();

  std::string_view header(std::string_view name) const { return headers.get(name); }

  /// A `:name` of the route's pattern.
  const std::string& param(std::string_view name) const;
  /// The first query value of `name`, decoded; absent and empty are different.
  std::optional<std::string> query(std::string_view name) const;

  /// Answers; from any thread, once. Later answers are dropped.
  void respond(http_response response);

  bool answered() const noexcept { return answered_.load(); }

  /// Runs `work` on the connection's thread; one after another for one request.
  void post(std::function<void()> work) const { post_(std::move(work)); }

  const post_function& poster() const noexcept { return post_; }

  /// Lets `filter` see the response before it goes out; it calls `next` at some time.
  using filter_function = std::function<void(http_response, respond_function next)>;
  void intercept(filter_function filter);

private:
  post_function post_;
  respond_function respond_;
  std::atomic<bool> answered_{false};
};

using request_ptr = std::shared_ptr<http_request>;

} // namespace caly
