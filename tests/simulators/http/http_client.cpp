#include "tests/simulators/http/http_client.hpp"

#include "tests/simulators/http/url.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <type_traits>

namespace caly::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr std::size_t connections_max = 64;
constexpr std::size_t waiting_max = 200'000;
constexpr std::uint64_t answer_bytes_max = 4 * 1024 * 1024;

struct job {
  http::request<http::string_body> message;
  http_client::done on_done;
  double timeout_s = 15;
};

using plain_stream = beast::tcp_stream;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

} // namespace

struct http_client::shared {
  explicit shared(asio::io_context& context) : io{context}, tls{asio::ssl::context::tls} {
    tls.set_verify_mode(asio::ssl::verify_none);
  }

  asio::io_context& io;
  asio::ssl::context tls;
  std::map<std::string, std::shared_ptr<origin>> origins;
};

namespace {

void refuse(asio::io_context& io, http_client::done on_done, const char* why) {
  asio::post(io, [on_done = std::move(on_done), why] {
    http_result result;
    result.error = why;
    on_done(std::move(result));
  });
}

/// What a connection needs of the place it belongs to.
class job_source {
public:
  virtual ~job_source() = default;
  virtual std::optional<job> next_job() = 0;
  virtual void became_idle(const std::shared_ptr<void>& connection,
                           std::function<void(job)> run) = 0;
  virtual void went_away(const void* connection) = 0;
  virtual void send_afresh(job next) = 0;
};

/// One connection: takes a job, sends it, reads the answer, takes the next.
template <class Stream>
class connection : public std::enable_shared_from_this<connection<Stream>> {
public:
  static constexpr bool is_tls = std::is_same_v<Stream, tls_stream>;

  template <class... Args>
  connection(std::weak_ptr<job_source> source, url_parts url, Args&&... args)
      : stream_{std::forward<Args>(args)...},
        resolver_{stream_.get_executor()},
        source_{std::move(source)},
        url_{std::move(url)} {}

  void open(job first) {
    job_ = std::move(first);
    set_deadline();
    beast::error_code not_an_address;
    const auto address = asio::ip::make_address(url_.host, not_an_address);
    if (!not_an_address) {
      const auto port = static_cast<std::uint16_t>(std::atoi(url_.port.c_str()));
      lowest().async_connect(tcp::endpoint{address, port},
                             [self = this->shared_from_this()](beast::error_code error) {
                               self->did_connect(error);
                             });
      return;
    }
    resolver_.async_resolve(
        url_.host,
        url_.port,
        [self = this->shared_from_this()](beast::error_code error,
                                          const tcp::resolver::results_type& found) {
          if (error)
            return self->fail(error);
          self->lowest().async_connect(
              found, [self](beast::error_code failed, const tcp::endpoint&) {
                self->did_connect(failed);
              });
        });
  }

private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void set_deadline() {
    lowest().expires_after(
        std::chrono::milliseconds{static_cast<std::int64_t>(job_->timeout_s * 1000)});
  }

  void did_connect(beast::error_code error) {
    if (error)
      return fail(error);
    lowest().socket().set_option(tcp::no_delay{true}, error);
    if constexpr (is_tls) {
      SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str());
      stream_.async_handshake(
          asio::ssl::stream_base::client,
          [self = this->shared_from_this()](beast::error_code failed) {
            if (failed)
              return self->fail(failed);
            self->write();
          });
    } else {
      write();
    }
  }

  void run(job next) {
    job_ = std::move(next);
    reused_ = true;
    write();
  }

  void write() {
    parser_.reset();
    set_deadline();
    http::async_write(
        stream_,
        job_->message,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error)
            return self->fail(error);
          self->read();
        });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(answer_bytes_max);
    http::async_read(
        stream_,
        buffer_,
        *parser_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error)
            return self->fail(error);
          self->did_read();
        });
  }

  void did_read() {
    auto& message = parser_->get();
    http_result result;
    result.status = static_cast<int>(message.result_int());
    result.body = std::move(message.body());
    const bool keep = message.keep_alive();
    const auto tell = std::move(job_->on_done);
    job_.reset();
    reused_ = false;
    const auto source = source_.lock();
    if (!keep || !source) {
      lowest().close();
      if (source)
        source->went_away(this);
    }
    tell(std::move(result));
    if (keep && source)
      look_for_work(*source);
  }

  void look_for_work(job_source& source) {
    if (auto next = source.next_job())
      return run(std::move(*next));
    lowest().expires_never();
    auto self = this->shared_from_this();
    source.became_idle(self, [self](job next) { self->run(std::move(next)); });
  }

  void fail(beast::error_code error) {
    lowest().close();
    const auto source = source_.lock();
    if (source)
      source->went_away(this);
    if (!job_)
      return;
    // The peer may close an idle connection at the moment it is used again.
    const bool answered = parser_ && (parser_->got_some() || buffer_.size() > 0);
    auto failed = std::move(*job_);
    job_.reset();
    if (source && reused_ && !answered && error != beast::error::timeout)
      return source->send_afresh(std::move(failed));
    http_result result;
    result.error = error.message();
    failed.on_done(std::move(result));
  }

  Stream stream_;
  tcp::resolver resolver_;
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
  std::optional<job> job_;
  std::weak_ptr<job_source> source_;
  url_parts url_;
  bool reused_ = false;
};

} // namespace

/// The connections and the waiting jobs of one scheme, host and port.
struct http_client::origin : job_source, std::enable_shared_from_this<origin> {
  origin(shared& all, url_parts where) : owner{all}, url{std::move(where)} {}

  void add(job next) {
    if (!idle.empty()) {
      auto run = std::move(idle.back().second);
      idle.pop_back();
      return run(std::move(next));
    }
    if (open < connections_max)
      return connect(std::move(next));
    if (waiting.size() >= waiting_max)
      return refuse(owner.io, std::move(next.on_done), "too many waiting requests");
    waiting.push_back(std::move(next));
  }

  void connect(job next) {
    ++open;
    std::weak_ptr<job_source> self = shared_from_this();
    if (url.secure())
      std::make_shared<connection<tls_stream>>(self, url, owner.io, owner.tls)
          ->open(std::move(next));
    else
      std::make_shared<connection<plain_stream>>(self, url, owner.io)
          ->open(std::move(next));
  }

  std::optional<job> next_job() override {
    if (waiting.empty())
      return std::nullopt;
    auto next = std::move(waiting.front());
    waiting.pop_front();
    return next;
  }

  void became_idle(const std::shared_ptr<void>& connection,
                   std::function<void(job)> run) override {
    idle.emplace_back(connection.get(), std::move(run));
  }

  void went_away(const void* connection) override {
    --open;
    std::erase_if(idle, [&](const auto& entry) { return entry.first == connection; });
    if (auto next = next_job())
      connect(std::move(*next));
  }

  void send_afresh(job next) override { connect(std::move(next)); }

  shared& owner;
  url_parts url;
  std::size_t open = 0;
  std::deque<job> waiting;
  std::vector<std::pair<const void*, std::function<void(job)>>> idle;
};

http_client::http_client(asio::io_context& io) : shared_{std::make_shared<shared>(io)} {}

http_client::~http_client() = default;

void http_client::send(http_call call, done on_done) {
  const auto url = parse_url(call.url);
  if (!url)
    return refuse(shared_->io, std::move(on_done), "not an absolute URL");
  job next;
  auto& message = next.message;
  message.version(11);
  message.method_string(call.method);
  message.target(url->target);
  message.set(http::field::host, url->authority);
  message.set(http::field::user_agent, "caly_sim");
  for (const auto& [name, value] : call.headers)
    message.set(name, value);
  message.body() = std::move(call.body);
  message.prepare_payload();
  next.timeout_s = call.timeout_s;
  next.on_done = std::move(on_done);
  auto& place = shared_->origins[url->origin()];
  if (!place)
    place = std::make_shared<origin>(*shared_, *url);
  place->add(std::move(next));
}

} // namespace caly::sim
