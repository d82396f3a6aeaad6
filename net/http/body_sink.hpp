#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// Why a body is not taken further.
struct body_refusal {
  unsigned status = 400;
  const char* code = "invalid";
  std::string message;
};

/// Takes the body of one request piece by piece as it arrives.
class body_sink {
public:
  virtual ~body_sink() = default;
  virtual std::optional<body_refusal> write(std::string_view bytes) = 0;
  /// The whole body came.
  virtual std::optional<body_refusal> finish() = 0;
};

/// Keeps a body of at most `bytes_max` in memory.
class memory_sink : public body_sink {
public:
  memory_sink(std::string& out, std::size_t bytes_max) : out_{out}, max_{bytes_max} {}

  std::optional<body_refusal> write(std::string_view bytes) override {
    if (out_.size() + bytes.size() > max_)
      return body_refusal{413, "too_large", "The body is too large."};
    out_ += bytes;
    return std::nullopt;
  }

  std::optional<body_refusal> finish() override { return std::nullopt; }

private:
  std::string& out_;
  std::size_t max_;
};

/// What the parser writes bodies to.
struct sink_body {
  struct value_type {
    body_sink* sink = nullptr;
    std::optional<body_refusal> refusal;
  };

  class reader {
  public:
    template <bool IsRequest, class Fields>
    reader(boost::beast::http::header<IsRequest, Fields>&, value_type& value)
        : value_{value} {}

    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& ec) {
      ec = {};
    }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& ec) {
      ec = {};
      std::size_t taken = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers);
           it != boost::asio::buffer_sequence_end(buffers);
           ++it) {
        const boost::asio::const_buffer piece{*it};
        if (value_.sink != nullptr)
          value_.refusal =
              value_.sink->write({static_cast<const char*>(piece.data()), piece.size()});
        if (value_.refusal) {
          ec = boost::beast::http::error::body_limit;
          return taken;
        }
        taken += piece.size();
      }
      return taken;
    }

    void finish(boost::beast::error_code& ec) { ec = {}; }

  private:
    value_type& value_;
  };
};

} // namespace caly
