#include "net/media/ws_link.hpp"

#include "net/media/basic_link.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace caly {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

std::string view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool asks_for_websocket(const http::request<http::string_body>& request) {
  return boost::beast::websocket::is_upgrade(request) &&
         view(request[http::field::sec_websocket_version]) == "13";
}

std::string switching(const http::request<http::string_body>& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
         accept_of(view(request[http::field::sec_websocket_key])) + "\r\n\r\n";
}

} // namespace

std::shared_ptr<ws_link> accept_link(media_socket socket,
                                     const http::request<http::string_body>& request,
                                     ws_listener& listener,
                                     const ws_options& options) {
  auto link = std::make_shared<basic_link<media_socket>>(
      ws_side::server, listener, options, std::move(socket));
  const auto wanted = asks_for_websocket(request);
  const auto text = std::make_shared<const std::string>(
      wanted
          ? switching(request)
          : "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  asio::async_write(link->stream(),
                    asio::buffer(*text),
                    [link, text, wanted](error_code ec, std::size_t) {
                      if (ec)
                        link->failed(ec);
                      else if (!wanted)
                        link->failed(ws_end{0, 400, "not a WebSocket handshake"});
                      else
                        link->opened();
                    });
  return link;
}

bool ws_address::parse(std::string_view url, ws_address& out) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return false;
  const auto scheme = url.substr(0, scheme_end);
  if (scheme != "ws" && scheme != "wss" && scheme != "http" && scheme != "https")
    return false;
  out.secure = scheme == "wss" || scheme == "https";
  const auto rest = url.substr(scheme_end + 3);
  const auto path = rest.find_first_of("/?");
  auto host = rest.substr(0, path);
  out.target = path == std::string_view::npos ? "/" : std::string{rest.substr(path)};
  if (out.target.front() == '?')
    out.target.insert(0, "/");
  out.port = out.secure ? "443" : "80";
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos &&
      host.find(']', colon) == std::string_view::npos) {
    out.port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  out.host = host;
  return !out.host.empty() && !out.port.empty();
}

} // namespace caly
