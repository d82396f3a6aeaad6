#include "net/http/session.hpp"

#include "net/http/answers.hpp"
#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"
#include "runtime/observe/log.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t read_bytes = 8 << 10;
constexpr std::size_t upload_read_bytes = 64 << 10;
/// A body must come at least this fast, after a start.
constexpr auto slow_body_grace = 5s;
constexpr std::uint64_t slow_body_bytes_per_s = 1024;
/// Room for boundaries and fields around an uploaded file.
constexpr std::size_t multipart_overhead = 256 << 10;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// An id from outside goes into logs and headers as it is.
bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

} // namespace

http_session::http_session(std::shared_ptr<http_lane> lane,
                           socket_type socket,
                           std::string peer,
                           std::shared_ptr<void> slot)
    : lane_{std::move(lane)},
      socket_{std::move(socket)},
      peer_{std::move(peer)},
      slot_{std::move(slot)} {}

void http_session::start() {
  enter(phase::header, net().header_timeout);
  read();
}

void http_session::enter(phase next, clock::duration limit) {
  phase_ = next;
  deadline_ = clock::now() + limit;
}

void http_session::check(clock::time_point now) {
  auto overdue = now >= deadline_;
  if (phase_ == phase::body && now - body_began_ > slow_body_grace) {
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(
        now - body_began_ - slow_body_grace);
    overdue = overdue || body_bytes_ < slow_body_bytes_per_s *
                                           static_cast<std::uint64_t>(waited.count());
  }
  if (!overdue)
    return;
  if (phase_ != phase::idle && phase_ != phase::lingering)
    lane_->counters->timed_out.fetch_add(1);
  close();
}

void http_session::drain() {
  draining_ = true;
  if (phase_ == phase::idle || (phase_ == phase::header && buffer_.size() == 0))
    close();
}

void http_session::close() {
  if (std::exchange(closed_, true))
    return;
  const auto self = shared_from_this();
  beast::error_code ignored;
  socket_.close(ignored);
  request_.reset();
  lane_->remove(this);
}

// -- reading

void http_session::read() {
  const auto room = buffer_.prepare(upload_ != nullptr ? upload_read_bytes : read_bytes);
  socket_.async_read_some(
      room, [self = shared_from_this()](beast::error_code ec, std::size_t bytes) {
        self->on_read(ec, bytes);
      });
}

void http_session::on_read(beast::error_code ec, std::size_t bytes) {
  if (closed_)
    return;
  if (ec)
    return close();
  buffer_.commit(bytes);
  switch (phase_) {
  case phase::idle:
  case phase::header:
    return look_at_header();
  case phase::body:
    body_bytes_ += bytes;
    return feed_body();
  case phase::lingering:
    buffer_.clear();
    lingered_bytes_ += bytes;
    return lingered_bytes_ > linger_bytes_max ? close() : read();
  case phase::handling:
  case phase::writing:
    return;
  }
}

void http_session::look_at_header() {
  if (phase_ == phase::idle)
    enter(phase::header, net().header_timeout);
  const auto data = buffer_.data();
  const std::string_view bytes{static_cast<const char*>(data.data()), data.size()};
  switch (scan_.look(bytes, lane_->limits)) {
  case header_scan::state::need_more:
    return read();
  case header_scan::state::refused:
    lane_->counters->refused_headers.fetch_add(1);
    return refuse(scan_.refusal().status, "bad_request", scan_.refusal().reason);
  case header_scan::state::ready:
    return begin_request();
  }
}

void http_session::begin_request() {
  began_ = clock::now();
  lane_->counters->requests.fetch_add(1);
  parser_.emplace();
  parser_->eager(false);
  parser_->header_limit(static_cast<std::uint32_t>(lane_->limits.header_bytes_max));
  parser_->body_limit(boost::none);
  beast::error_code ec;
  const auto size = scan_.size();
  const auto taken = parser_->put(asio::buffer(buffer_.data(), size), ec);
  std::optional<gate_refusal> refusal;
  if (ec || taken != size || !parser_->is_header_done())
    refusal = gate_refusal{400, "the header cannot be read"};
  else
    refusal = check_header(parser_->get().base(), lane_->limits);
  if (refusal) {
    parser_.reset();
    lane_->counters->refused_headers.fetch_add(1);
    return refuse(refusal->status, "bad_request", refusal->reason);
  }
  buffer_.consume(size);
  // Answering at once drops the member.
  const auto request = request_ = make_request();
  auto match = lane_->routes.find(request_->method, request_->path);
  route_ = match.found;
  if (route_ == nullptr) {
    if (!match.allowed.empty()) {
      auto response = problem(
          correlation_id_, 405, "method_not_allowed", "This path knows other methods.");
      response.with("Allow", std::move(match.allowed));
      return request->respond(std::move(response));
    }
    enter(phase::handling, net().request_timeout + handler_slack);
    const auto& fallback = lane_->options->fallback;
    if (!fallback || !parser_->is_done() || !fallback(request))
      request->respond(
          problem(correlation_id_, 404, "not_found", "There is no such path."));
    request_.reset();
    return;
  }
  request->matched = route_;
  request->params = std::move(match.params);
  if (const auto& guard = lane_->options->guard)
    if (auto stopped = guard(*request))
      return request->respond(std::move(*stopped));
  if (route_->acceptor)
    return upgrade();
  if (!prepare_body())
    return;
  if (parser_->is_done())
    return finish_body();
  body_began_ = clock::now();
  body_bytes_ = buffer_.size();
  enter(phase::body,
        route_->body == body_kind::upload ? net().upload_timeout : net().body_timeout);
  if (parser_->get().count(http::field::expect) > 0)
    return send_continue();
  feed_body();
}

request_ptr http_session::make_request() {
  const auto& header = parser_->get();
  correlation_id_.clear();
  for (const auto* name : {"X-Correlation-Id", "X-Request-Id"})
    if (const auto text = view(header[name]);
        correlation_id_.empty() && is_correlation_id(text))
      correlation_id_ = text;
  if (correlation_id_.empty())
    correlation_id_ = to_hex(make_uuid());
  auto request = std::make_shared<http_request>(
      [lane = lane_, id = correlation_id_](std::function<void()> work) {
        asio::post(lane->io, [id, work = std::move(work)] {
          const correlation_scope scope{id};
          work();
        });
      },
      [weak = weak_from_this(), lane = lane_](http_response response) {
        asio::dispatch(lane->io, [weak, response = std::move(response)]() mutable {
          if (const auto self = weak.lock())
            self->send(std::move(response));
        });
      });
  request->method = *parse_method(view(header.method_string()));
  request->target = origin_form(view(header.target()));
  request->path = request->target.substr(0, request->target.find('?'));
  for (const auto& field : header)
    request->headers.add(view(field.name_string()), view(field.value()));
  request->remote_ip =
      client_address(peer_, request->header("X-Forwarded-For"), lane_->trusted);
  request->correlation_id = correlation_id_;
  request->received = began_;
  is_head_ = request->method == http_method::head;
  http_1_0_ = header.version() == 10;
  return request;
}

// -- the body

bool http_session::prepare_body() {
  const auto has_body = !parser_->is_done();
  auto limit = route_->body_bytes_max;
  const auto type = request_->header("Content-Type");
  switch (route_->body) {
  case body_kind::none:
    if (has_body) {
      refuse(400, "bad_request", "This request takes no body.");
      return false;
    }
    return true;
  case body_kind::json:
    if (has_body && !iequals(trim(type.substr(0, type.find(';'))), "application/json")) {
      refuse(415, "unsupported_media_type", "The body must be application/json.");
      return false;
    }
    break;
  case body_kind::raw:
    break;
  case body_kind::upload: {
    const auto boundary = multipart_reader::boundary_of(type);
    if (boundary.empty()) {
      refuse(415, "unsupported_media_type", "The body must be multipart/form-data.");
      return false;
    }
    auto made =
        std::make_unique<upload_sink>(upload_limits{lane_->spool_dir, limit}, boundary);
    limit += multipart_overhead;
    upload_ = made.get();
    sink_ = std::move(made);
  }
  }
  if (const auto length = parser_->content_length(); length && *length > limit) {
    refuse(413, "too_large", "The body is too large.");
    return false;
  }
  parser_->body_limit(limit);
  if (!sink_)
    sink_ = std::make_unique<memory_sink>(request_->body, limit);
  parser_->get().body().sink = sink_.get();
  return true;
}

void http_session::send_continue() {
  static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_,
                    asio::buffer(text),
                    [self = shared_from_this()](beast::error_code ec, std::size_t) {
                      if (self->closed_)
                        return;
                      if (ec)
                        return self->close();
                      self->feed_body();
                    });
}

void http_session::feed_body() {
  beast::error_code ec;
  while (buffer_.size() > 0 && !parser_->is_done()) {
    const auto taken = parser_->put(buffer_.data(), ec);
    buffer_.consume(taken);
    if (ec || taken == 0)
      break;
  }
  if (parser_->is_done())
    return finish_body();
  if (!ec || ec == http::error::need_more)
    return read();
  if (const auto& refusal = parser_->get().body().refusal)
    return refuse(refusal->status, refusal->code, refusal->message);
  if (ec == http::error::body_limit)
    return refuse(413, "too_large", "The body is too large.");
  refuse(400, "bad_request", "The body cannot be read.");
}

void http_session::finish_body() {
  if (sink_)
    if (const auto refusal = sink_->finish())
      return refuse(refusal->status, refusal->code, refusal->message);
  if (upload_ != nullptr)
    request_->form = upload_->take();
  upload_ = nullptr;
  sink_.reset();
  handle();
}

// -- answering

void http_session::handle() {
  enter(phase::handling, net().request_timeout + handler_slack);
  const auto request = std::exchange(request_, nullptr);
  const correlation_scope scope{correlation_id_};
  try {
    route_->handler(request);
  } catch (const std::exception& thrown) {
    spdlog::error("http: handler failed route={} correlation_id={} error={}",
                  route_->pattern,
                  correlation_id_,
                  thrown.what());
    request->respond(
        problem(correlation_id_, 500, "internal", "Something went wrong on our side."));
  }
}

void http_session::refuse(unsigned status,
                          std::string_view code,
                          std::string_view message) {
  if (correlation_id_.empty())
    correlation_id_ = to_hex(make_uuid());
  auto response = problem(correlation_id_, status, code, message);
  response.close = true;
  if (const auto request = request_)
    request->respond(std::move(response));
  else
    send(std::move(response));
}

} // namespace caly
