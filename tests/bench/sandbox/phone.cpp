#include "tests/bench/sandbox/phone.hpp"

#include "net/media/flat_json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <utility>

namespace caly::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto frame_time = 20ms;
constexpr std::int64_t bytes_a_ms = 8;

constexpr auto start_message =
    R"({"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1",)"
    R"("customParameters":{}}})";

/// What stands behind `key` up to the next quote; empty: there is no such key.
std::string_view behind(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos)
    return {};
  const auto rest = text.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

} // namespace

phone::phone(boost::asio::io_context& io,
             boost::asio::ssl::context& tls,
             std::uint16_t port,
             std::string ticket,
             handlers tell)
    : io_{io},
      tls_{tls},
      port_{port},
      ticket_{std::move(ticket)},
      tell_{std::move(tell)},
      timer_{io} {}

void phone::begin() {
  itself_ = shared_from_this();
  link_ = connect_link(
      io_,
      tls_,
      {false, "127.0.0.1", std::to_string(port_), "/phone-ws/realtime/" + ticket_},
      {},
      *this,
      {});
}

void phone::on_open(ws_link& link) {
  link.send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  link.send(start_message);
  due_ = played_at_ = steady::now();
  wait_for_frame();
}

void phone::wait_for_frame() {
  due_ += frame_time;
  timer_.expires_at(due_);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    if (!ec && self->link_)
      self->send_frame();
  });
}

void phone::send_frame() {
  const auto codes = tell_.frame();
  if (codes.empty())
    return link_->send(R"({"event":"stop","streamSid":"MZ1"})");
  ++chunk_;
  link_->send(
      R"({"event":"media","streamSid":"MZ1","media":{"track":"inbound","chunk":")" +
      std::to_string(chunk_) + R"(","timestamp":")" +
      std::to_string((chunk_ - 1) * frame_time.count()) + R"(","payload":")" +
      to_base64(codes) + "\"}}");
  wait_for_frame();
}

void phone::on_text(ws_link&, std::string_view text) {
  const auto now = steady::now();
  if (const auto audio = behind(text, R"("payload":")"); !audio.empty()) {
    const auto bytes = base64_bytes(audio).value_or(0);
    tell_.sound(bytes);
    played_at_ = std::max(now, played_at_) +
                 std::chrono::milliseconds{static_cast<std::int64_t>(bytes) / bytes_a_ms};
  } else if (text.find(R"("event":"clear")") != std::string_view::npos) {
    played_at_ = now;
  } else if (const auto mark = behind(text, R"("mark":{"name":")"); !mark.empty()) {
    return_mark(std::string{mark});
  }
}

void phone::return_mark(std::string mark) {
  const auto timer = std::make_shared<boost::asio::steady_timer>(io_, played_at_);
  timer->async_wait([self = shared_from_this(), timer, mark = std::move(mark)](
                        boost::system::error_code ec) {
    if (!ec && self->link_)
      self->link_->send(R"({"event":"mark","streamSid":"MZ1","mark":{"name":")" + mark +
                        "\"}}");
  });
}

void phone::on_end(ws_link&, const ws_end&) {
  link_.reset();
  timer_.cancel();
  const auto last = std::exchange(itself_, nullptr);
  tell_.gone();
}

} // namespace caly::bench
