#include "net/events/event_socket.hpp"

#include "net/events/outbox.hpp"
#include "net/events/socket_wish.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <spdlog/spdlog.h>

#include <charconv>
#include <deque>
#include <optional>

namespace caly {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using namespace std::chrono_literals;

constexpr auto beat_every = 250ms;
constexpr std::size_t message_bytes_max = 4 << 10;
/// Ten pieces of speech a second, and wishes beside them.
constexpr rate message_rate{20, std::chrono::seconds{1}, 100};
/// Of a call's audio, both sides: ten seconds. An agent's sentence comes in a burst. What
/// comes faster than the browser takes it is dropped, oldest first.
constexpr std::size_t audio_waiting_max = 200;

std::string reason_of(const caf::error& why) {
  return to_string(why.category() == caf::atom("caly") ? static_cast<errc>(why.code())
                                                       : errc::unavailable);
}

class event_session : public std::enable_shared_from_this<event_session> {
public:
  event_session(websocket_upgrade upgrade,
                event_hub& hub,
                principal who,
                call_ear_maker listen)
      : socket_{std::move(upgrade.stream)},
        request_{std::move(upgrade.request)},
        slot_{std::move(upgrade.slot)},
        hub_{hub},
        who_{who},
        make_ear_{std::move(listen)},
        timer_{socket_.get_executor()} {}

  void open(const event_socket_options& options, std::optional<std::uint64_t> after) {
    after_ = after;
    websocket::stream_base::timeout limits{
        options.handshake_timeout, options.idle_timeout, true};
    socket_.set_option(limits);
    websocket::permessage_deflate plain;
    plain.server_enable = false;
    socket_.set_option(plain);
    socket_.read_message_max(message_bytes_max);
    socket_.async_accept(request_, [self = shared_from_this()](beast::error_code ec) {
      if (!ec)
        self->begin();
    });
  }

private:
  void begin() {
    request_ = {};
    // Listening first: an event in between comes twice rather than not at all, and the
    // sequence sorts it out.
    subscription_ =
        hub_.subscribe(who_.tenant,
                       [weak = weak_from_this(),
                        executor = socket_.get_executor()](const live_event_ptr& event) {
                         asio::post(executor, [weak, event] {
                           if (const auto self = weak.lock())
                             self->hear(event);
                         });
                       });
    if (after_)
      for (auto& event : hub_.after(who_.tenant, *after_, event_outbox::waiting_max / 2))
        hear(event);
    read();
  }

  void hear(const live_event_ptr& event) {
    if (closing_ || event->seq <= last_seq_)
      return;
    last_seq_ = event->seq;
    if (!outbox_.add(event))
      return close(websocket::close_code::try_again_later);
    if (outbox_.holds_back() && !beating_)
      beat();
    write();
  }

  void beat() {
    beating_ = true;
    timer_.expires_after(beat_every);
    timer_.async_wait([self = shared_from_this()](beast::error_code ec) {
      self->beating_ = false;
      if (ec || self->closing_)
        return;
      self->outbox_.beat();
      self->write();
    });
  }

  void write() {
    if (writing_ || closing_)
      return;
    if (const auto event = outbox_.take())
      current_ = event->text;
    else if (!audio_.empty()) {
      current_ = std::move(audio_.front());
      audio_.pop_front();
    } else
      return;
    writing_ = true;
    socket_.text(true);
    socket_.async_write(asio::buffer(current_),
                        [self = shared_from_this()](beast::error_code ec, std::size_t) {
                          self->writing_ = false;
                          if (ec)
                            return self->end();
                          if (self->closing_)
                            return self->ended_ ? void() : self->say_goodbye();
                          self->write();
                        });
  }

  void read() {
    socket_.async_read(
        buffer_, [self = shared_from_this()](beast::error_code ec, std::size_t) {
          if (ec || self->messages_.take(std::chrono::steady_clock::now()).count() > 0)
            return self->end();
          self->obey(beast::buffers_to_string(self->buffer_.data()));
          self->buffer_.clear();
          self->read();
        });
  }

  // -- live calls

  void obey(const std::string& text) {
    const auto wish = read_socket_wish(text);
    if (!wish || !make_ear_ || who_.role < user_role::operator_)
      return;
    switch (wish->type) {
    case socket_wish::kind::stop_listening:
      return ear_.reset();
    case socket_wish::kind::speak:
      if (ear_)
        ear_->speak(wish->codes);
      return;
    case socket_wish::kind::listen:
      return listen(wish->call);
    }
  }

  void listen(const call_id& call) {
    ear_.reset();
    audio_.clear();
    const auto here = [weak = weak_from_this(),
                       executor = socket_.get_executor()](auto run) {
      asio::post(executor, [weak, run = std::move(run)] {
        if (const auto self = weak.lock())
          run(*self);
      });
    };
    ear_ = make_ear_(who_.tenant,
                     call,
                     {[here](const call_audio& piece) {
                        here([piece](event_session& self) { self.hear_call(piece); });
                      },
                      [here, call](const caf::error& why) {
                        here([call, text = reason_of(why)](event_session& self) {
                          self.push("call:unheard", [&](json_writer& data) {
                            data.field("call_id", call.str()).field("reason", text);
                          });
                        });
                      }});
  }

  void hear_call(const call_audio& piece) {
    if (!ear_)
      return;
    if (audio_.size() >= audio_waiting_max)
      audio_.pop_front();
    push("call:audio", [&](json_writer& data) {
      data.field("call_id", piece.call.str()).field("at_ms", piece.at_ms);
      data.field("side", piece.caller ? "caller" : "agent");
      data.field("audio", to_base64(piece.audio));
    });
  }

  template <class Fill>
  void push(const char* type, Fill fill) {
    json_writer out;
    out.begin_object().field("type", type).key("data").begin_object();
    fill(out);
    out.end_object().end_object();
    audio_.push_back(std::move(out).str());
    write();
  }

  void close(websocket::close_code code) {
    if (std::exchange(closing_, true))
      return;
    subscription_.reset();
    ear_.reset();
    timer_.cancel();
    // One write at a time: the close frame follows the one under way.
    close_code_ = code;
    if (!writing_)
      say_goodbye();
  }

  void say_goodbye() {
    socket_.async_close(close_code_, [self = shared_from_this()](beast::error_code) {});
  }

  void end() {
    closing_ = ended_ = true;
    subscription_.reset();
    ear_.reset();
    timer_.cancel();
    beast::get_lowest_layer(socket_).close();
  }

  websocket::stream<beast::tcp_stream> socket_;
  boost::beast::http::request<boost::beast::http::string_body> request_;
  std::shared_ptr<void> slot_;
  event_hub& hub_;
  const principal who_;
  const call_ear_maker make_ear_;
  asio::steady_timer timer_;
  std::shared_ptr<void> subscription_;
  beast::flat_buffer buffer_;
  event_outbox outbox_;
  std::string current_;           ///< What is being written.
  std::shared_ptr<call_ear> ear_; ///< Null: listens to no call.
  std::deque<std::string> audio_;
  std::optional<std::uint64_t> after_;
  std::uint64_t last_seq_ = 0;
  rate_limiter messages_{message_rate};
  websocket::close_code close_code_ = websocket::close_code::normal;
  bool writing_ = false;
  bool beating_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

std::optional<std::string> query_value(std::string_view target, std::string_view name) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos)
    return std::nullopt;
  for (const auto part : split(target.substr(mark + 1), '&')) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return url_decode(part.substr(equals + 1));
  }
  return std::nullopt;
}

} // namespace

bool is_allowed_origin(std::string_view origin,
                       std::string_view host,
                       const std::vector<std::string>& allowed) {
  if (origin.empty())
    return true;
  const auto scheme = origin.find("://");
  if (scheme != std::string_view::npos && iequals(origin.substr(scheme + 3), host))
    return true;
  for (const auto& each : allowed)
    if (iequals(origin, each))
      return true;
  return false;
}

void open_event_socket(websocket_upgrade upgrade,
                       event_hub& hub,
                       ws_tickets& tickets,
                       const wall_clock& clock,
                       const event_socket_options& options) {
  const auto view = [](beast::string_view x) { return std::string{x.data(), x.size()}; };
  const auto& header = upgrade.request;
  if (!is_allowed_origin(view(header[beast::http::field::origin]),
                         view(header[beast::http::field::host]),
                         options.allowed_origins))
    return refuse_upgrade(std::move(upgrade), 403, "This origin may not connect.");
  const auto target = view(header.target());
  const auto who = tickets.redeem(query_value(target, "ticket").value_or(""), clock());
  if (!who)
    return refuse_upgrade(
        std::move(upgrade), 401, "The ticket is not valid; ask for a new one.");
  std::optional<std::uint64_t> after;
  if (const auto text = query_value(target, "after")) {
    std::uint64_t seq = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, failed] = std::from_chars(text->data(), end, seq);
    if (failed == std::errc{} && stop == end)
      after = seq;
  }
  std::make_shared<event_session>(std::move(upgrade), hub, *who, options.listen)
      ->open(options, after);
}

} // namespace caly
