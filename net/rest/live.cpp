#include "net/events/event_socket.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

#include <charconv>

namespace caly {

void rest_api::add_events(router& routes) {
  routes.add({.method = http_method::post,
              .pattern = "/api/ws-ticket",
              .policy = route_policy::viewer,
              .body = body_kind::json,
              .body_bytes_max = parts_.config.net.body_bytes_max,
              .handler = [this](const request_ptr& request) {
                json_writer data;
                data.begin_object()
                    .field("ticket", parts_.tickets.issue(request->who, parts_.clock()))
                    .end_object();
                request->respond(success(request->correlation_id, data.str()));
              }});
  get(routes, "/api/events", route_policy::viewer, [this](const request_ptr& request) {
    std::uint64_t seq = 0;
    if (const auto text = request->query("after"); text && !text->empty()) {
      const auto* end = text->data() + text->size();
      const auto [stop, failed] = std::from_chars(text->data(), end, seq);
      if (failed != std::errc{} || stop != end)
        return request->respond(problem(request->correlation_id,
                                        422,
                                        "invalid",
                                        "The request is not valid.",
                                        {{"after", "must be the seq of an event"}}));
    }
    const auto events = parts_.events.after(request->who.tenant, seq);
    std::string data = "[";
    for (const auto& event : events)
      data += (data.size() > 1 ? "," : "") + event->text;
    data += ']';
    request->respond(success(
        request->correlation_id,
        data,
        200,
        {true, events.empty() ? "" : std::to_string(events.back()->seq), false, {}}));
  });
  const event_socket_options options{
      .allowed_origins = parts_.config.net.allowed_origins,
      .handshake_timeout = std::chrono::duration_cast<std::chrono::seconds>(
          parts_.config.net.ws_handshake_timeout),
      .idle_timeout = std::chrono::duration_cast<std::chrono::seconds>(
          parts_.config.net.ws_idle_timeout),
      .listen = parts_.listen};
  routes.websocket("/ws", route_policy::open, [this, options](websocket_upgrade upgrade) {
    open_event_socket(
        std::move(upgrade), parts_.events, parts_.tickets, parts_.clock, options);
  });
}

} // namespace caly
