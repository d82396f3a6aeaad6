#include "net/auth/password.hpp"

#include "net/auth/secrets.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>
#include <stdexcept>

namespace caly {

password_hasher::password_hasher(password_options options) : options_{options} {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.threads); ++i)
    threads_.emplace_back([this] { work(); });
}

password_hasher::~password_hasher() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    jobs_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

bool password_hasher::enqueue(std::function<void()> job) {
  {
    std::lock_guard guard{mutex_};
    if (stopping_ || jobs_.size() >= options_.waiting_max)
      return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void password_hasher::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_)
      return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

caf::expected<std::string> password_hasher::hash_now(const std::string& password) const {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(),
                            password.data(),
                            password.size(),
                            options_.passes,
                            options_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return caf::make_error(errc::overloaded, "no memory to hash a password");
  return std::string{out.data()};
}

void password_hasher::hash(std::string password,
                           std::function<void(caf::expected<std::string>)> then) {
  auto job = [this, password = std::move(password), then] { then(hash_now(password)); };
  if (!enqueue(std::move(job)))
    then(caf::make_error(errc::overloaded, "too many sign-ins at once"));
}

void password_hasher::verify(std::string password,
                             std::optional<std::string> stored,
                             std::function<void(caf::expected<bool>)> then) {
  auto job = [this, password = std::move(password), stored = std::move(stored), then] {
    std::call_once(decoy_made_, [this] {
      if (auto made = hash_now(make_secret()))
        decoy_ = std::move(*made);
    });
    const auto& against = stored ? *stored : decoy_;
    const auto same =
        crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
    then(same && stored.has_value());
  };
  if (!enqueue(std::move(job)))
    then(caf::make_error(errc::overloaded, "too many sign-ins at once"));
}

std::string
weakness_of(std::string_view password, std::string_view email, std::size_t chars_min) {
  // The heads of public lists of leaked passwords, as far as they are long enough.
  static constexpr std::array<std::string_view, 16> known{"123456789012",
                                                          "1234567890123",
                                                          "qwertyuiop12",
                                                          "qwertyuiop123",
                                                          "passwordpassword",
                                                          "password1234",
                                                          "password12345",
                                                          "password123456",
                                                          "administrator",
                                                          "changemeplease",
                                                          "letmeinletmein",
                                                          "iloveyou1234",
                                                          "welcome12345",
                                                          "qwerty123456",
                                                          "1q2w3e4r5t6y",
                                                          "unknown12345"};
  if (password.size() < chars_min)
    return "needs at least " + std::to_string(chars_min) + " characters";
  if (password.size() > 1024)
    return "has at most 1024 bytes";
  if (std::all_of(password.begin(), password.end(), [&](char c) {
        return c == password.front();
      }))
    return "is one character again and again";
  const auto lower = to_lower(password);
  if (lower == to_lower(email))
    return "is the e-mail address";
  if (std::find(known.begin(), known.end(), lower) != known.end())
    return "is on the lists of leaked passwords";
  return {};
}

} // namespace caly
