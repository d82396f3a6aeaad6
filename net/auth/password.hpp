#pragma once

#include <caf/expected.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace caly {

struct password_options {
  unsigned passes = 3;
  std::size_t memory_bytes = 64 << 20;
  std::size_t threads = 2; ///< hashes at one time; each takes the memory above
  std::size_t waiting_max = 50;
};

/// Hashes and verifies passwords (argon2id) on threads of its own: one takes a good part
/// of a second of processor time, on purpose.
class password_hasher {
public:
  explicit password_hasher(password_options options);
  ~password_hasher();

  password_hasher(const password_hasher&) = delete;
  password_hasher& operator=(const password_hasher&) = delete;

  /// Calls `then` on a thread of the hasher. Errors: `overloaded`.
  void hash(std::string password, std::function<void(caf::expected<std::string>)> then);

  /// Whether `password` is the one behind `stored`. Without `stored` (no such user) it
  /// works as long and says no, so that time does not tell who has an account.
  /// Errors: `overloaded`.
  void verify(std::string password,
              std::optional<std::string> stored,
              std::function<void(caf::expected<bool>)> then);

private:
  bool enqueue(std::function<void()> job);
  void work();
  caf::expected<std::string> hash_now(const std::string& password) const;

  const password_options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::once_flag decoy_made_;
  std::string decoy_; ///< the hash that nobody's password has
  std::vector<std::thread> threads_;
};

/// Why `password` may not be chosen; empty when it may. No rules about kinds of
/// characters.
std::string
weakness_of(std::string_view password, std::string_view email, std::size_t chars_min);

} // namespace caly
