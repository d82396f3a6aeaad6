#include "net/media/cascade/streamed_ear.hpp"

#include "runtime/base/text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace caly {

namespace {

constexpr std::size_t bytes_a_ms = 8; // µ-law, 8 kHz
constexpr std::size_t why_bytes_max = 200;

std::string words_of(const ws_end& end) {
  if (end.http_status != 0)
    return "HTTP " + std::to_string(end.http_status);
  const auto reason = one_line(end.reason, why_bytes_max);
  return end.close_code == 0 ? reason : std::to_string(end.close_code) + ' ' + reason;
}

} // namespace

streamed_ear::streamed_ear(ear_listener& listener,
                           boost::asio::io_context& io,
                           std::unique_ptr<ear_protocol> protocol,
                           ear_wire_maker connect,
                           streamed_ear_options options)
    : listener_{listener},
      io_{io},
      protocol_{std::move(protocol)},
      make_wire_{std::move(connect)},
      options_{std::move(options)} {
  this->connect();
}

streamed_ear::~streamed_ear() {
  *alive_ = false;
  if (!link_)
    return;
  if (phase_ == phase::open) {
    protocol_->finish(out_);
    flush();
  }
  link_->drop();
}

void streamed_ear::connect() {
  phase_ = phase::connecting;
  link_ = make_wire_(*this);
}

void streamed_ear::on_open(ws_link&) {
  open_since_ = now_;
  begin_stream(true);
}

void streamed_ear::begin_stream(bool first) {
  phase_ = phase::open;
  sent_ = stream_at_ = 0;
  protocol_->begin(first, out_);
  send_unsettled();
}

void streamed_ear::hear(std::string_view codes) {
  if (phase_ == phase::over)
    return;
  unsettled_ += codes;
  if (unsettled_.size() > options_.unsettled_bytes_max) {
    const auto extra = unsettled_.size() - options_.unsettled_bytes_max;
    // What the service has got already is no loss unless the connection breaks.
    unsettled_.erase(0, extra);
    stream_at_ += std::min(extra, sent_);
    sent_ -= std::min(extra, sent_);
  }
  if (phase_ == phase::open)
    send_unsettled();
}

void streamed_ear::send_unsettled() {
  while (sent_ < unsettled_.size()) {
    const auto piece =
        std::string_view{unsettled_}.substr(sent_, options_.message_bytes_max);
    protocol_->audio(piece, out_);
    sent_ += piece.size();
  }
  flush();
}

void streamed_ear::settle() {
  if (phase_ != phase::open || sent_ == 0)
    return;
  if (!protocol_->settle(out_)) {
    phase_ = phase::draining;
    phase_since_ = now_;
  }
  flush();
}

void streamed_ear::flush() {
  for (const auto& each : std::exchange(out_.all, {})) {
    if (each.binary)
      link_->send_binary(each.bytes);
    else
      link_->send(each.bytes);
    sent_something_ = true;
  }
}

void streamed_ear::on_text(ws_link&, std::string_view text) {
  const auto event = protocol_->read(text);
  if (event.settled)
    drop_settled(*event.settled);
  switch (event.what) {
  case ear_event::kind::nothing:
    return;
  case ear_event::kind::partial:
    tries_ = 0;
    return listener_.on_partial_words(event.text);
  case ear_event::kind::words:
    tries_ = 0;
    if (!event.text.empty())
      listener_.on_final_words(event.text, event.language);
    return;
  case ear_event::kind::stream_over:
    return begin_stream(false);
  case ear_event::kind::broken:
    std::exchange(link_, nullptr)->drop();
    return reconnect(event.text);
  case ear_event::kind::refused:
    std::exchange(link_, nullptr)->drop();
    return fail(event.text);
  }
}

void streamed_ear::drop_settled(std::chrono::milliseconds until) {
  const auto place =
      static_cast<std::size_t>(std::max<std::int64_t>(until.count(), 0)) * bytes_a_ms;
  if (place <= stream_at_)
    return;
  const auto count = std::min(place - stream_at_, sent_);
  unsettled_.erase(0, count);
  sent_ -= count;
  stream_at_ += count;
}

void streamed_ear::on_end(ws_link&, const ws_end& end) {
  link_.reset();
  if (phase_ == phase::over)
    return;
  const auto may = end.http_status != 0 ? end.http_status == 429 || end.http_status >= 500
                                        : protocol_->may_reconnect(end.close_code);
  if (may)
    reconnect(words_of(end));
  else
    fail(words_of(end));
}

void streamed_ear::reconnect(std::string why) {
  if (++tries_ >= options_.tries_max)
    return fail(why);
  phase_ = phase::waiting;
  sent_ = stream_at_ = 0;
  retry_at_ = now_ + options_.retry_first * (1 << (tries_ - 1));
}

void streamed_ear::fail(const std::string& why) {
  phase_ = phase::over;
  unsettled_.clear();
  // The reason may come up within `tick`.
  boost::asio::post(io_, [this, alive = alive_, words = options_.name + ": " + why] {
    if (*alive)
      listener_.on_ear_failed(words);
  });
}

void streamed_ear::tick(time_point now) {
  now_ = now;
  if (std::exchange(sent_something_, false))
    sent_at_ = now;
  if (phase_ == phase::waiting && now >= retry_at_)
    return connect();
  if (phase_ == phase::draining && now - phase_since_ > options_.settle_max) {
    std::exchange(link_, nullptr)->drop();
    return reconnect("it did not settle what was heard");
  }
  if (phase_ == phase::open && now - open_since_ >= options_.steady)
    tries_ = 0;
  if (phase_ == phase::open && now - sent_at_ >= options_.keep_alive) {
    protocol_->keep_alive(out_);
    flush();
    sent_at_ = now;
    sent_something_ = false;
  }
}

ear_maker make_streamed_ears(ear_service service) {
  const auto tls =
      std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  boost::system::error_code ignored;
  tls->set_default_verify_paths(ignored);
  tls->set_verify_mode(boost::asio::ssl::verify_peer);
  return [=](ear_listener& listener, boost::asio::io_context& io, const ear_plan& plan) {
    const auto connect = [=, &io](ws_listener& of) {
      ws_options options;
      options.message_bytes_max = 256 << 10;
      options.handshake_timeout = service.connect_timeout;
      ws_address address;
      // An address that is none shall fail as one that nobody answers at.
      if (!ws_address::parse(service.url(plan), address))
        address.host = "no-address.invalid";
      return connect_link(io, *tls, std::move(address), service.headers, of, options);
    };
    return std::make_unique<streamed_ear>(
        listener, io, service.protocol(plan), connect, service.options);
  };
}

} // namespace caly
