#pragma once

#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/http/web_socket.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace caly::sim {

/// Opens a ws:// or wss:// URL within 10 real seconds. `opened` gets the socket, or null
/// and what went wrong. The socket reads only once `opened` has returned.
void open_web_socket(
    boost::asio::io_context& io,
    const std::string& url,
    field_list headers,
    std::function<void(std::shared_ptr<web_socket>, const std::string& error)> opened);

} // namespace caly::sim
