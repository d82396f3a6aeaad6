#pragma once

#include <caf/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// Hears the parts of a multipart body. An error stops the reading and comes back from
/// `multipart_reader::feed`.
class part_listener {
public:
  virtual ~part_listener() = default;
  /// `file_name` is absent for plain fields.
  virtual caf::error on_part(const std::string& name,
                             const std::optional<std::string>& file_name) = 0;
  virtual caf::error on_data(std::string_view bytes) = 0;
  virtual caf::error on_part_end() = 0;
};

/// Splits a multipart/form-data body (RFC 7578) as it arrives; memory use does not depend
/// on the size of the parts.
class multipart_reader {
public:
  static constexpr std::size_t parts_max = 32;
  static constexpr std::size_t part_header_bytes_max = 8 << 10;

  /// The boundary in a Content-Type; empty when it is not a usable multipart/form-data.
  static std::string boundary_of(std::string_view content_type);

  multipart_reader(std::string_view boundary, part_listener& out);

  /// Errors: `errc::invalid`, and what the listener answers.
  caf::error feed(std::string_view bytes);

  /// Errors: `errc::invalid` when the closing boundary did not come.
  caf::error finish() const;

private:
  enum class state : std::uint8_t { preamble, boundary, header, data, epilogue };

  caf::error step(std::string_view& rest, bool& wants_more);
  caf::error read_part_header(std::string_view lines);

  std::string delimiter_; ///< line break, two dashes, boundary
  part_listener& out_;
  std::string pending_;
  state state_ = state::preamble;
  std::size_t parts_ = 0;
};

} // namespace caly
