#pragma once

#include "actors/model/ids.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A TAPE is what is written while a call talks: a file that only grows, and whose torn
/// end after a crash is recognised and left out. Layout, little endian:
///
///     record  = u32 bytes of body, u32 CRC-32C of body, body
///     body    = u32 sequence number from 0, entries
///     entry   = u8 kind, u32 ms, u16 bytes, bytes
///
/// Times are milliseconds of the carrier's clock since its stream began; audio is µ-law,
/// 8 kHz, eight bytes a millisecond.
namespace caly::recording {

enum class entry_kind : std::uint8_t {
  label = 1,  ///< JSON: whose tape it is; the first entry
  caller = 2, ///< audio from `ms` on
  agent = 3,  ///< the same; of what overlaps the later entry counts
  cut = 4,    ///< nothing of the agent was heard from `ms` on
  end = 5,    ///< the call's audio was over at `ms`
};

/// Whose tape it is.
struct tape_label {
  tenant_id tenant;
  call_id call;
  std::int32_t part = 1; ///< counts the times the call's audio was connected anew
};

struct tape_entry {
  entry_kind kind = entry_kind::label;
  std::uint32_t ms = 0;
  std::string_view bytes;
};

inline constexpr std::size_t entry_head_bytes = 7;
/// An entry's bytes.
inline constexpr std::size_t entry_bytes_max = 65'535;
/// A record's body; a reader takes no more.
inline constexpr std::size_t body_bytes_max = 1 << 20;

std::uint32_t crc32c(std::string_view bytes) noexcept;

/// Appends one entry; longer audio than `entry_bytes_max` becomes several.
void append_entry(std::string& entries, const tape_entry& entry);

/// The first entries of a tape.
std::string entries_of(const tape_label& label);

/// A record as it goes to the file.
std::string make_record(std::uint32_t sequence, std::string_view entries);

/// Reads a tape to its last good record.
class tape_reader {
public:
  /// Errors: `not_found` (no such file), `invalid` (not one whole record with a label).
  static caf::expected<tape_reader> open(const std::filesystem::path& file);

  const tape_label& label() const noexcept { return label_; }

  /// The entries of the next good record; false at the end. They are views of the
  /// reader's buffer.
  bool next(std::vector<tape_entry>& entries);

  /// The tape ended in the middle of a record, or with a damaged one.
  bool torn() const noexcept { return torn_; }

private:
  bool read_record();

  std::ifstream in_;
  std::string body_;
  std::uint32_t sequence_ = 0;
  tape_label label_;
  bool torn_ = false;
};

} // namespace caly::recording
