// Floor of the CSV import: one pass over the mapped file, numbers by the rules of two
// numbering plans, duplicates by a set in memory, one binary COPY.
//   import_floor FILE.csv     with BENCH_DATABASE_URL

#include "tests/bench/peers/common/pg_pipe.hpp"
#include "tests/bench/peers/common/window.hpp"

#include <array>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unordered_set>

namespace caly::peers {

namespace {

constexpr std::size_t columns_max = 6; // name phone email city order_id note

/// Cells of a record, RFC 4180 quotes included.
class reader {
public:
  reader(const char* begin, const char* end) : at_{begin}, end_{end} {}

  bool next(std::array<std::string, columns_max>& cells) {
    if (at_ >= end_)
      return false;
    std::size_t column = 0;
    for (auto& each : cells)
      each.clear();
    for (;;) {
      auto& cell = cells[std::min(column, columns_max - 1)];
      read_cell(cell);
      if (at_ < end_ && *at_ == ',') {
        ++at_;
        ++column;
        continue;
      }
      ++at_;
      return true;
    }
  }

private:
  void read_cell(std::string& cell) {
    if (at_ >= end_ || *at_ != '"') {
      const auto* begin = at_;
      while (at_ < end_ && *at_ != ',' && *at_ != '\n')
        ++at_;
      cell.append(begin, at_);
      return;
    }
    for (++at_; at_ < end_;) {
      const auto* quote = static_cast<const char*>(
          std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      quote = quote == nullptr ? end_ : quote;
      cell.append(at_, quote);
      at_ = quote + 1;
      if (at_ >= end_ || *at_ != '"')
        return;
      cell += '"';
      ++at_;
    }
  }

  const char* at_;
  const char* end_;
};

/// E.164 of an Indian mobile or a North American number; empty for anything else.
std::string phone_of(std::string_view text) {
  std::string digits;
  const bool international = text.starts_with('+');
  for (const char c : text)
    if (c >= '0' && c <= '9')
      digits += c;
    else if (std::string_view{" -()+."}.find(c) == std::string_view::npos)
      return {};
  std::string_view national = digits;
  bool india = true;
  if (international && national.starts_with("91"))
    national.remove_prefix(2);
  else if (international && national.starts_with('1')) {
    national.remove_prefix(1);
    india = false;
  } else if (international)
    return {};
  else if (national.size() == 11 && national[0] == '0')
    national.remove_prefix(1);
  if (national.size() != 10)
    return {};
  if (india ? national[0] < '6' : national[0] < '2' || national[3] < '2')
    return {};
  return (india ? "+91" : "+1") + std::string{national};
}

void append_json(std::string& out, const char* key, std::string_view value) {
  out.append(key);
  for (const char c : value) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  out += '"';
}

void append_field(std::string& out, std::string_view value) {
  put_uint32(out, static_cast<std::uint32_t>(value.size()));
  out.append(value);
}

void finish_copy(PGconn* at) {
  PQputCopyEnd(at, nullptr);
  while (auto* result = PQgetResult(at)) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
      database_failed(at);
    PQclear(result);
  }
}

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 2) {
    std::fprintf(stderr, "usage: import_floor FILE.csv\n");
    return 2;
  }
  auto* at = pg_open();
  begin_window();
  const auto start = now_ns();
  const int fd = open(argv[1], O_RDONLY | O_CLOEXEC);

  struct stat facts {};

  if (fd < 0 || fstat(fd, &facts) != 0) {
    std::perror(argv[1]);
    return 2;
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  const auto* data = static_cast<const char*>(
      mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0));
  pg_run(at, "begin");
  PQclear(PQexec(at,
                 "copy import_rows (name, phone, email, variables) "
                 "from stdin (format binary)"));
  std::string out{"PGCOPY\n\377\r\n\0", 11};
  put_uint32(out, 0);
  put_uint32(out, 0);
  std::unordered_set<std::string> seen;
  std::array<std::string, columns_max> cells;
  std::size_t rows = 0;
  std::size_t bad = 0;
  reader records{data, data + size};
  records.next(cells); // the header
  for (; records.next(cells); ++rows) {
    const auto phone = phone_of(cells[1]);
    if (phone.empty() || cells[0].empty()) {
      ++bad;
      continue;
    }
    if (!seen.insert(phone).second)
      continue;
    std::string variables{"\1"};
    append_json(variables, "{\"city\":\"", cells[3]);
    append_json(variables, ",\"order_id\":\"", cells[4]);
    append_json(variables, ",\"note\":\"", cells[5]);
    variables += '}';
    out.append("\0\4", 2);
    for (const std::string_view each : {std::string_view{cells[0]},
                                        std::string_view{phone},
                                        std::string_view{cells[2]},
                                        std::string_view{variables}})
      append_field(out, each);
    if (out.size() > 1 << 19) {
      PQputCopyData(at, out.data(), static_cast<int>(out.size()));
      out.clear();
    }
  }
  out.append("\377\377", 2);
  PQputCopyData(at, out.data(), static_cast<int>(out.size()));
  finish_copy(at);
  pg_run(at, "commit");
  const auto seconds = static_cast<double>(now_ns() - start) / 1e9;
  end_window(
      "\"units\":" + std::to_string(rows) + ",\"seconds\":" + std::to_string(seconds) +
      ",\"bad\":" + std::to_string(bad) + ",\"inserted\":" + std::to_string(seen.size()));
}
