#include "cluster/client/console_client.hpp"

#include "cluster/links/tcp_connect.hpp"
#include "runtime/console/protocol.hpp"

#include <charconv>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace caly::client {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto connect_limit = 2s;
constexpr auto greeting_limit = 5s;
/// The console ends every run after five minutes at most.
constexpr auto answer_limit = 310s;
constexpr std::size_t line_bytes_max = 16 << 20;
constexpr json_limits answer_limits{line_bytes_max, 32, 1'000'000, 32, 3};

failure lost(const std::string& why) {
  return {
      exit_code::unavailable, "unavailable", why, "is the node up? caly doctor looks"};
}

} // namespace

failure failure_of(const json& answer) {
  const auto& error = answer["error"];
  return {static_cast<exit_code>(answer["exit"].int_or(1)),
          std::string{error["code"].text_or("error")},
          std::string{error["message"].text_or("the console refused")},
          std::string{error["hint"].text_or("")}};
}

outcome<console_client> console_client::open(const std::string& address,
                                             const std::string& token,
                                             const std::string& user) {
  const auto colon = address.rfind(':');
  int port = 0;
  if (colon != std::string::npos)
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  if (port < 1 || port > 65535)
    return failure{exit_code::usage,
                   "invalid",
                   address + " is not host:port",
                   "--connect 127.0.0.1:8120"};
  console_client client;
  client.fd_ = tcp_connect(address.substr(0, colon), port, connect_limit);
  if (client.fd_ < 0)
    return lost("no console answers at " + address);
  if (const auto sent = client.write_line(token + " " + user); !sent)
    return sent.error();
  const auto greeting = client.read_line(greeting_limit, nullptr);
  if (!greeting)
    return greeting.error();
  if (greeting->has("error"))
    return failure_of(*greeting);
  client.node_ = (*greeting)["node"].text_or("?");
  client.level_ = (*greeting)["level"].text_or("observe");
  return client;
}

console_client::console_client(console_client&& other) noexcept {
  *this = std::move(other);
}

console_client& console_client::operator=(console_client&& other) noexcept {
  std::swap(fd_, other.fd_);
  in_ = std::move(other.in_);
  node_ = std::move(other.node_);
  level_ = std::move(other.level_);
  next_id_ = other.next_id_;
  return *this;
}

console_client::~console_client() {
  if (fd_ >= 0)
    close(fd_);
}

outcome<void> console_client::write_line(const std::string& line) {
  const auto text = line + "\n";
  std::size_t sent = 0;
  while (sent < text.size()) {
    const auto count = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    pollfd waiting{fd_, POLLOUT, 0};
    if ((errno != EAGAIN && errno != EINTR) || (poll(&waiting, 1, 5'000) == 0))
      return lost("the console closed the connection");
  }
  return {};
}

outcome<json> console_client::read_line(std::chrono::milliseconds limit,
                                        const std::atomic<bool>* stop) {
  const auto until = clock_type::now() + limit;
  std::size_t looked = 0;
  for (;;) {
    if (const auto end = in_.find('\n', looked); end != std::string::npos) {
      auto line = json::parse(std::string_view{in_}.substr(0, end), answer_limits);
      in_.erase(0, end + 1);
      if (!line)
        return lost("this is not a caly console");
      return std::move(*line);
    }
    looked = in_.size();
    if (in_.size() > line_bytes_max)
      return lost("the answer is too long");
    if (clock_type::now() >= until)
      return lost("the console does not answer");
    if (stop != nullptr && *stop)
      return failure{exit_code::interrupted, "interrupted", "interrupted", ""};
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0)
      continue;
    char buffer[64 * 1024];
    const auto count = recv(fd_, buffer, sizeof(buffer), 0);
    if (count > 0)
      in_.append(buffer, static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
      return lost("the console closed the connection");
  }
}

outcome<console_result>
console_client::run(const std::string& line,
                    const std::function<void(const std::string&)>& on_part,
                    const std::atomic<bool>* stop) {
  const auto id = next_id_++;
  if (const auto sent = write_line(console_request_for(id, line)); !sent)
    return sent.error();
  bool cancelled = false;
  for (;;) {
    const auto answer = read_line(answer_limit, cancelled ? nullptr : stop);
    if (!answer && answer.error().exit == exit_code::interrupted) {
      cancelled = true;
      json_writer request;
      request.begin_object()
          .field("v", 1)
          .field("id", id)
          .field("cancel", true)
          .end_object();
      if (const auto sent = write_line(request.str()); !sent)
        return sent.error();
      continue;
    }
    if (!answer)
      return answer.error();
    if ((*answer)["id"].is_null() && answer->has("error"))
      return failure_of(*answer); // of the connection, not of a run
    if ((*answer)["id"].int_or(0) != id)
      continue; // a late word of an earlier run
    level_ = (*answer)["level"].text_or(level_);
    if (!(*answer)["final"].bool_or(false)) {
      on_part(std::string{(*answer)["text"].text_or("")});
      continue;
    }
    if (!(*answer)["ok"].bool_or(false))
      return failure_of(*answer);
    const auto* data = answer->find("data");
    return console_result{std::string{(*answer)["text"].text_or("")},
                          data != nullptr ? data->dump() : std::string{},
                          level_,
                          static_cast<exit_code>((*answer)["exit"].int_or(0))};
  }
}

std::vector<std::string> console_client::complete(const std::string& begun) {
  const auto id = next_id_++;
  json_writer request;
  request.begin_object()
      .field("v", 1)
      .field("id", id)
      .field("complete", begun)
      .end_object();
  std::vector<std::string> found;
  if (!write_line(request.str()))
    return found;
  for (int late = 0; late < 100; ++late) {
    const auto answer = read_line(1s, nullptr);
    if (!answer)
      break;
    if ((*answer)["id"].int_or(0) != id)
      continue;
    for (const auto& each : (*answer)["candidates"].items())
      found.emplace_back(each.text_or(""));
    break;
  }
  return found;
}

std::string with_format(const std::string& line, const std::string& format) {
  if (format.empty() || format == "table")
    return line;
  auto end = line.size();
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = line[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '|') {
      end = i;
      break;
    }
  }
  const auto command = line.substr(0, end);
  for (const auto* chosen : {" -o", " --output", " --json"})
    if (command.find(chosen) != std::string::npos)
      return line;
  return command + " -o " + format + (end < line.size() ? " " : "") + line.substr(end);
}

} // namespace caly::client
