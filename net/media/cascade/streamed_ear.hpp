#pragma once

#include "net/media/cascade/ear_protocol.hpp"
#include "net/media/cascade/ports.hpp"
#include "net/media/ws_link.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly {

struct streamed_ear_options {
  std::string name; ///< Of the service, in what is told of failures.
  /// Connections in a row that neither bring a word nor last for `steady`, until the ear
  /// has failed.
  int tries_max = 4;
  std::chrono::milliseconds steady{10'000};
  std::chrono::milliseconds retry_first{250}; ///< Doubled each time.
  std::chrono::milliseconds keep_alive{4'000};
  /// For the service to settle what it was asked to settle.
  std::chrono::milliseconds settle_max{3'000};
  /// µ-law that is kept until the service has settled it: ten seconds.
  std::size_t unsettled_bytes_max = 80'000;
  /// So much of the audio goes into one message: 100 ms.
  std::size_t message_bytes_max = 800;
};

/// How an ear reaches its service; tests give it a wire of their own.
using ear_wire_maker = std::function<std::shared_ptr<ws_link>(ws_listener&)>;

/// Hears through a service's WebSocket. When the connection breaks it makes another one
/// and sends what was not settled once more.
class streamed_ear : public ear, private ws_listener {
public:
  streamed_ear(ear_listener& listener,
               boost::asio::io_context& io,
               std::unique_ptr<ear_protocol> protocol,
               ear_wire_maker connect,
               streamed_ear_options options);
  ~streamed_ear() override;

  void hear(std::string_view codes) override;
  void settle() override;
  void tick(time_point now) override;

private:
  enum class phase : std::uint8_t { connecting, open, draining, waiting, over };

  void on_open(ws_link& link) override;
  void on_text(ws_link& link, std::string_view text) override;
  void on_end(ws_link& link, const ws_end& end) override;

  void connect();
  void begin_stream(bool first);
  void send_unsettled();
  void drop_settled(std::chrono::milliseconds until);
  void flush();
  void reconnect(std::string why);
  void fail(const std::string& why);

  ear_listener& listener_;
  boost::asio::io_context& io_;
  const std::unique_ptr<ear_protocol> protocol_;
  const ear_wire_maker make_wire_;
  const streamed_ear_options options_;
  std::shared_ptr<ws_link> link_;
  phase phase_ = phase::connecting;
  ear_messages out_;
  std::string unsettled_;
  std::size_t sent_ = 0;      ///< Bytes of `unsettled_` that this stream has got.
  std::size_t stream_at_ = 0; ///< Place of `unsettled_`'s first byte in the stream.
  int tries_ = 0;
  time_point now_;
  time_point sent_at_;
  time_point phase_since_; ///< Of `draining`.
  time_point open_since_;
  time_point retry_at_;
  bool sent_something_ = false; ///< Since the last tick.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// What makes ears of one service.
struct ear_service {
  /// For one call: what its connections say.
  std::function<std::unique_ptr<ear_protocol>(const ear_plan&)> protocol;
  /// Address and headers of a connection.
  std::function<std::string(const ear_plan&)> url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::seconds connect_timeout{5};
  streamed_ear_options options;
};

/// Ears that connect with TLS verified against the system's roots.
ear_maker make_streamed_ears(ear_service service);

} // namespace caly
