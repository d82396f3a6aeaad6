// CPU of the CSV import without the database: text → rows, and text → rows that may be
// called. `bench_csv_parse [FILE.csv] [ROUNDS]`; without a file it makes 100,000 rows.

#include "actors/imports/import_session.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <sys/resource.h>

namespace {

/// 60 % E.164 Indian mobiles, 30 % national ones, 8 % formatted US numbers, 2 % invalid.
std::string make_file(std::size_t rows) {
  const char* const first[] = {
      "Asha", "Ravi", "Meera", "Arjun", "Sunita", "John", "Priya", "Vikram"};
  const char* const last[] = {
      "Rao", "Sharma", "Gupta", "Iyer", "Khan", "Smith", "Patel", "Das"};
  const char* const city[] = {"Mumbai", "Delhi", "Pune", "Chennai", "New York", "Austin"};
  const char* const area[] = {"202", "415", "512", "646"};
  const char* const invalid[] = {"12345", "n/a", "+99900", ""};
  std::mt19937 random{123456789};
  std::string text = "name,phone,email,city,order_id,note\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const auto mobile = std::to_string(9'000'000'000 + i * 7919 % 999'999'937);
    const auto kind = random() % 100;
    std::string phone;
    if (kind < 60)
      phone = "+91" + mobile;
    else if (kind < 90)
      phone = mobile.substr(0, 5) + ' ' + mobile.substr(5);
    else if (kind < 98)
      phone = std::string{"+1 ("} + area[random() % 4] + ") " +
              std::to_string(200 + random() % 700) + '-' +
              std::to_string(1000 + random() % 9000);
    else
      phone = invalid[random() % 4];
    const auto number = std::to_string(i);
    text += std::string{"\""} + last[random() % 8] + ", " + first[random() % 8] + "\"," +
            phone + ",person" + number + "@example.com," + city[random() % 6] + ",ORD-" +
            number + ",\"Follow up on \"\"order " + number + "\"\" this week\"\n";
  }
  return text;
}

double cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

void measure(const char* name, int rounds, const std::function<std::size_t()>& work) {
  work(); // warms caches and libphonenumber's tables
  const auto cpu = cpu_ms();
  const auto start = std::chrono::steady_clock::now();
  std::size_t rows = 0;
  for (int i = 0; i < rounds; ++i)
    rows += work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const auto count = static_cast<double>(rows);
  std::printf("%-22s %8zu rows  %10.0f rows/s  %.6f CPU ms/row\n",
              name,
              rows,
              count / wall.count(),
              (cpu_ms() - cpu) / count);
}

} // namespace

int main(int argc, char** argv) {
  std::string text;
  if (argc > 1) {
    std::stringstream content;
    content << std::ifstream{argv[1], std::ios::binary}.rdbuf();
    text = content.str();
  } else {
    text = make_file(100'000);
  }
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  constexpr std::size_t piece = 64 * 1024; // as it comes from a socket

  measure("csv_reader", rounds, [&] {
    std::size_t rows = 0;
    caly::csv_reader reader{{}, [&](const caly::csv_row&) { return ++rows > 0; }};
    for (std::size_t at = 0; at < text.size(); at += piece)
      reader.feed(std::string_view{text}.substr(at, piece));
    reader.finish();
    return rows;
  });

  caly::import_counts counts;
  measure("reader + row rules", rounds, [&] {
    caly::import_session session{{}, {[](std::vector<caly::import_row>&&) {}, {}}};
    for (std::size_t at = 0; at < text.size(); at += piece)
      session.feed(std::string_view{text}.substr(at, piece));
    if (const auto failure = session.finish())
      std::printf("refused: %s\n", failure->message.c_str());
    counts = session.counts();
    return static_cast<std::size_t>(counts.rows);
  });
  std::printf("rows %u accepted %u duplicate %u invalid %u\n",
              counts.rows,
              counts.accepted,
              counts.duplicate_in_file,
              counts.invalid);
}
