#include "cluster/client/sign_in.hpp"

#include "runtime/base/text.hpp"

#include <fcntl.h>
#include <iostream>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

namespace caly::client {

namespace {

/// One signed-in user.
struct session {
  std::string api;
  std::string email;
  std::string token;
  std::string refresh_token;
};

/// Sessions of state folders come and go with their clusters and are kept apart.
std::filesystem::path session_file(bool of_state) {
  return config_folder() / (of_state ? "state_session.json" : "session.json");
}

session read_session(bool of_state) {
  session found;
  const auto text = read_text_file(session_file(of_state));
  const auto object = text ? json::parse(*text) : json{};
  if (!object)
    return found;
  found.api = (*object)["api"].text_or("");
  found.email = (*object)["email"].text_or("");
  found.token = (*object)["token"].text_or("");
  found.refresh_token = (*object)["refresh_token"].text_or("");
  return found;
}

outcome<void> keep_session(const session& kept, bool of_state) {
  json_writer out;
  out.begin_object()
      .field("api", kept.api)
      .field("email", kept.email)
      .field("token", kept.token)
      .field("refresh_token", kept.refresh_token)
      .end_object();
  return write_private_file(session_file(of_state), out.str() + "\n");
}

/// Two programs must not use one refresh token at once: the second use revokes it.
class session_lock {
public:
  session_lock() {
    std::error_code ignored;
    std::filesystem::create_directories(config_folder(), ignored);
    fd_ = open((config_folder() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ >= 0)
      flock(fd_, LOCK_EX);
  }

  ~session_lock() {
    if (fd_ >= 0)
      close(fd_);
  }

  session_lock(const session_lock&) = delete;
  session_lock& operator=(const session_lock&) = delete;

private:
  int fd_ = -1;
};

outcome<json> log_in(api_client& api,
                     const std::string& email,
                     const std::string& password,
                     bool of_state) {
  json_writer body;
  body.begin_object().field("email", email).field("password", password).end_object();
  auto answer = api.post("/api/auth/login", body.str());
  if (!answer) {
    auto reason = answer.error();
    if (reason.exit == exit_code::auth)
      reason.hint = "check e-mail and password";
    return reason;
  }
  const session fresh{api.apis().front(),
                      email,
                      std::string{(*answer)["token"].text_or("")},
                      std::string{(*answer)["refresh_token"].text_or("")}};
  api.token(fresh.token);
  if (const auto kept = keep_session(fresh, of_state); !kept)
    return kept.error();
  return answer;
}

outcome<void> renew(api_client& api, session& kept) {
  json_writer body;
  body.begin_object().field("refresh_token", kept.refresh_token).end_object();
  const auto answer = api.post("/api/auth/refresh", body.str());
  if (!answer)
    return answer.error();
  kept.token = (*answer)["token"].text_or("");
  kept.refresh_token = (*answer)["refresh_token"].text_or("");
  api.token(kept.token);
  return keep_session(kept, false);
}

/// A new token for `api`: one that another program got meanwhile, else by the password,
/// else by the refresh token.
bool renew_session(api_client& api,
                   const std::string& email,
                   const std::string& password) {
  const auto of_state = !password.empty();
  const session_lock lock;
  auto kept = read_session(of_state);
  if (kept.api == api.apis().front() && !kept.token.empty() &&
      kept.token != api.token()) {
    api.token(kept.token);
    return true;
  }
  api.token({});
  if (of_state)
    return log_in(api, email, password, true).has_value();
  return !kept.refresh_token.empty() && renew(api, kept).has_value();
}

const failure no_session{exit_code::auth,
                         "unauthorized",
                         "not signed in",
                         "caly login --api URL --email you@example.com"};

} // namespace

outcome<json>
sign_in(api_client& api, const std::string& email, const std::string& password) {
  const session_lock lock;
  return log_in(api, email, password, false);
}

outcome<api_client> open_api(const target_options& target) {
  const auto found = find_endpoints(target);
  if (!found)
    return found.error();
  const auto password_known = !found->password.empty();
  const auto kept = read_session(password_known);
  auto apis = found->apis;
  if (apis.empty() && !kept.api.empty())
    apis = {kept.api};
  if (apis.empty())
    return no_session;
  api_client api{apis};
  const auto same = kept.api == api.apis().front() && !kept.token.empty() &&
                    (found->email.empty() || kept.email == found->email);
  if (!same && !password_known)
    return no_session;
  if (same) {
    api.token(kept.token);
  } else {
    const session_lock lock;
    if (const auto answer = log_in(api, found->email, found->password, true); !answer)
      return answer.error();
  }
  api.on_expired([email = found->email, password = found->password](api_client& expired) {
    return renew_session(expired, email, password);
  });
  return api;
}

outcome<std::string> ask_password(const std::string& file, const std::string& email) {
  if (!file.empty())
    return read_text_file(file);
  const auto dialog = isatty(STDIN_FILENO) == 1;
  termios before{};
  if (dialog) {
    std::cerr << "password of " << email << ": " << std::flush;
    tcgetattr(STDIN_FILENO, &before);
    auto silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  std::getline(std::cin, line);
  if (dialog) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << '\n';
  }
  if (line.empty())
    return failure{exit_code::usage,
                   "invalid",
                   "no password",
                   "give it on standard input or with --password-file FILE"};
  return line;
}

outcome<void> sign_out() {
  const session_lock lock;
  const auto kept = read_session(false);
  if (!kept.api.empty() && !kept.refresh_token.empty()) {
    api_client api{{kept.api}};
    api.token(kept.token);
    json_writer body;
    body.begin_object().field("refresh_token", kept.refresh_token).end_object();
    // The session ends here in any case; there it ends by itself in time.
    const auto ignored = api.post("/api/auth/logout", body.str());
    static_cast<void>(ignored);
  }
  std::error_code ignored;
  std::filesystem::remove(session_file(false), ignored);
  return {};
}

} // namespace caly::client
