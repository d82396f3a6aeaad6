#pragma once

#include <boost/beast/http/message.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace caly {

struct gate_limits {
  std::size_t header_bytes_max = 16 << 10;
  std::size_t header_fields_max = 100;
  std::size_t url_bytes_max = 4 << 10;
};

/// Why a request is not even read further. The connection closes after the answer: after
/// a doubtful header nobody knows where the next request begins.
struct gate_refusal {
  unsigned status = 400;
  const char* reason = "";
};

/// Looks for the end of a header in bytes as they come, so that the parser sees it whole.
/// Refuses what the parser would forgive: bare line feeds and folded lines.
class header_scan {
public:
  enum class state : std::uint8_t { need_more, ready, refused };

  /// `bytes` is everything received of this request so far; it only grows.
  state look(std::string_view bytes, const gate_limits& limits);

  /// The size of the header, its empty line included; after `ready`.
  std::size_t size() const noexcept { return size_; }

  const gate_refusal& refusal() const noexcept { return refusal_; }

  void reset() noexcept { *this = {}; }

private:
  state refuse(unsigned status, const char* reason);

  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t lines_ = 0;
  std::size_t size_ = 0;
  gate_refusal refusal_;
};

/// The strict second look at a header that the parser accepted (SECURITY: request
/// smuggling). Nothing when it may pass.
std::optional<gate_refusal>
check_header(const boost::beast::http::request_header<>& header,
             const gate_limits& limits);

/// The path and query of a target in origin or absolute form.
std::string_view origin_form(std::string_view target);

} // namespace caly
