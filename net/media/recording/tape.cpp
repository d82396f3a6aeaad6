#include "net/media/recording/tape.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>
#include <array>

namespace caly::recording {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  constexpr std::uint32_t castagnoli = 0x82f63b78;
  std::array<std::uint32_t, 256> out{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? value >> 1 ^ castagnoli : value >> 1;
    out[i] = value;
  }
  return out;
}

template <class Number>
void put(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
}

template <class Number>
Number take(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return static_cast<Number>(value);
}

/// False when the bytes are no sequence of entries: a defect, since they were checked.
bool read_entries(std::string_view rest, std::vector<tape_entry>& out) {
  out.clear();
  while (!rest.empty()) {
    if (rest.size() < entry_head_bytes)
      return false;
    tape_entry entry;
    entry.kind = static_cast<entry_kind>(rest[0]);
    entry.ms = take<std::uint32_t>(rest.substr(1));
    const auto bytes = take<std::uint16_t>(rest.substr(5));
    rest.remove_prefix(entry_head_bytes);
    if (rest.size() < bytes)
      return false;
    entry.bytes = rest.substr(0, bytes);
    rest.remove_prefix(bytes);
    out.push_back(entry);
  }
  return true;
}

std::optional<tape_label> read_label(std::string_view text) {
  const auto label = json::parse(text);
  if (!label)
    return std::nullopt;
  const auto tenant = tenant_id::parse((*label)["tenant"].text_or(""));
  const auto call = call_id::parse((*label)["call"].text_or(""));
  const auto part = (*label)["part"].int_or(0);
  if (!tenant || !call || part < 1)
    return std::nullopt;
  return tape_label{*tenant, *call, static_cast<std::int32_t>(part)};
}

} // namespace

std::uint32_t crc32c(std::string_view bytes) noexcept {
  static constexpr auto table = make_table();
  std::uint32_t value = 0xffffffff;
  for (const auto each : bytes)
    value = value >> 8 ^ table[(value ^ static_cast<unsigned char>(each)) & 0xff];
  return ~value;
}

void append_entry(std::string& entries, const tape_entry& entry) {
  auto rest = entry.bytes;
  auto ms = entry.ms;
  // Whole milliseconds, so that the next piece begins where this one ends.
  constexpr auto piece_max = entry_bytes_max / 8 * 8;
  do {
    const auto piece = rest.substr(0, piece_max);
    put(entries, static_cast<std::uint8_t>(entry.kind));
    put(entries, ms);
    put(entries, static_cast<std::uint16_t>(piece.size()));
    entries += piece;
    rest.remove_prefix(piece.size());
    ms += static_cast<std::uint32_t>(piece.size() / 8);
  } while (!rest.empty());
}

std::string entries_of(const tape_label& label) {
  json_writer text;
  text.begin_object().field("tenant", label.tenant.str()).field("call", label.call.str());
  text.field("part", std::int64_t{label.part}).end_object();
  std::string out;
  append_entry(out, {entry_kind::label, 0, text.str()});
  return out;
}

std::string make_record(std::uint32_t sequence, std::string_view entries) {
  std::string body;
  body.reserve(4 + entries.size());
  put(body, sequence);
  body += entries;
  std::string out;
  out.reserve(8 + body.size());
  put(out, static_cast<std::uint32_t>(body.size()));
  put(out, crc32c(body));
  return out += body;
}

caf::expected<tape_reader> tape_reader::open(const std::filesystem::path& file) {
  tape_reader out;
  out.in_.open(file, std::ios::binary);
  if (!out.in_)
    return caf::make_error(errc::not_found, "no tape " + file.string());
  std::vector<tape_entry> entries;
  if (!out.next(entries) || entries.empty() || entries.front().kind != entry_kind::label)
    return caf::make_error(errc::invalid, "not a tape: " + file.string());
  auto label = read_label(entries.front().bytes);
  if (!label)
    return caf::make_error(errc::invalid, "a tape of nobody: " + file.string());
  out.label_ = *label;
  return out;
}

bool tape_reader::next(std::vector<tape_entry>& entries) {
  entries.clear();
  if (torn_ || !read_record())
    return false;
  torn_ = !read_entries(std::string_view{body_}.substr(4), entries);
  return !torn_;
}

bool tape_reader::read_record() {
  std::array<char, 8> head{};
  in_.read(head.data(), head.size());
  if (in_.gcount() == 0)
    return false;
  torn_ = true;
  const std::string_view read{head.data(), head.size()};
  const auto bytes = take<std::uint32_t>(read);
  if (in_.gcount() != static_cast<std::streamsize>(head.size()) || bytes < 4 ||
      bytes > body_bytes_max)
    return false;
  body_.resize(bytes);
  in_.read(body_.data(), static_cast<std::streamsize>(bytes));
  if (in_.gcount() != static_cast<std::streamsize>(bytes) ||
      crc32c(body_) != take<std::uint32_t>(read.substr(4)) ||
      take<std::uint32_t>(body_) != sequence_)
    return false;
  ++sequence_;
  torn_ = false;
  return true;
}

} // namespace caly::recording
