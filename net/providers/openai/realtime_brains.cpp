#include "net/providers/openai/api_base.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

namespace caly::openai {

brain_maker make_realtime_brains(realtime_brain_options options) {
  const auto tls =
      std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  boost::system::error_code ignored;
  tls->set_default_verify_paths(ignored);
  tls->set_verify_mode(boost::asio::ssl::verify_peer);
  ws_address address;
  if (!ws_address::parse(api_base(options.base_url) +
                             "/realtime?model=" + url_encode(options.model),
                         address))
    spdlog::error("realtime: the base URL is no URL");
  return [=](brain_host& host, boost::asio::io_context& io) {
    return std::make_unique<realtime_brain>(
        host, options, [=, &io](ws_listener& listener) {
          ws_options link;
          link.message_bytes_max = 1 << 20;
          link.handshake_timeout = options.connect_timeout;
          return connect_link(io,
                              *tls,
                              address,
                              {{"Authorization", "Bearer " + options.api_key}},
                              listener,
                              link);
        });
  };
}

} // namespace caly::openai
