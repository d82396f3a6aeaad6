#include "cluster/client/progress.hpp"

#include "cluster/client/interrupt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace caly::client {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto look_interval = 400ms;
constexpr auto plain_interval = 5s;
/// In a row more looks may fail before the watching ends.
constexpr int failures_max = 20;

struct row_state {
  const char* name;
  const char* glyph;
};

constexpr std::array<row_state, 8> row_states{{{"done", "█"},
                                               {"exhausted", "▓"},
                                               {"suppressed", "▒"},
                                               {"no_credit", "▒"},
                                               {"cancelled", "▒"},
                                               {"dialing", "▶"},
                                               {"waiting_retry", "░"},
                                               {"pending", "·"}}};

std::int64_t closed_rows(const json& counts) {
  std::int64_t sum = 0;
  for (const auto* name : {"done", "exhausted", "suppressed", "no_credit", "cancelled"})
    sum += counts[name].int_or(0);
  return sum;
}

bool is_over(const json& progress) {
  const auto status = progress["status"].text_or("");
  return status != "running" && status != "draft";
}

/// One line that is drawn over, or lines now and then when nobody looks.
class status_line {
public:
  explicit status_line(const out_options& out) : out_{out} {}

  ~status_line() { clear(); }

  void show(const std::string& text) {
    if (out_.quiet)
      return;
    const auto now = clock_type::now();
    if (out_.terminal) {
      std::cerr << "\r\x1b[K" << text << std::flush;
      drawn_ = true;
    } else if (now >= next_) {
      std::cerr << text << std::endl;
      next_ = now + plain_interval;
    }
  }

  void clear() {
    if (std::exchange(drawn_, false))
      std::cerr << "\r\x1b[K" << std::flush;
  }

private:
  const out_options& out_;
  clock_type::time_point next_ = clock_type::now() + plain_interval;
  bool drawn_ = false;
};

/// Asks `path` again and again until `over`.
outcome<json>
follow(api_client& api,
       const std::string& path,
       const std::function<bool(const json&)>& over,
       const std::function<std::string(const json&, std::chrono::seconds)>& draw,
       const out_options& out) {
  const interrupt_watch interrupt;
  const auto began = clock_type::now();
  status_line line{out};
  int failures = 0;
  for (;;) {
    auto now = api.get(path);
    failures = now ? 0 : failures + 1;
    if (!now && (now.error().exit != exit_code::unavailable || failures > failures_max))
      return now;
    if (now && over(*now))
      return now;
    if (interrupt.pressed())
      return failure{exit_code::interrupted, "interrupted", "stopped watching", ""};
    if (now)
      line.show(draw(
          *now,
          std::chrono::duration_cast<std::chrono::seconds>(clock_type::now() - began)));
    std::this_thread::sleep_for(look_interval);
  }
}

} // namespace

std::string progress_bar(const json& counts, std::size_t width) {
  std::int64_t total = 0;
  for (const auto& state : row_states)
    total += counts[state.name].int_or(0);
  if (total == 0)
    return std::string(width, ' ');
  std::string bar;
  std::int64_t seen = 0;
  std::int64_t drawn = 0;
  for (const auto& state : row_states) {
    seen += counts[state.name].int_or(0);
    const auto until = static_cast<std::int64_t>(width) * seen / total;
    for (; drawn < until; ++drawn)
      bar += state.glyph;
  }
  return bar;
}

std::string
progress_line(const json& progress, std::chrono::seconds running, std::size_t width) {
  const auto& counts = progress["counts"];
  const auto rows = progress["rows"].int_or(0);
  const auto closed = closed_rows(counts);
  const auto live = progress["live"].int_or(0);
  std::vector<std::string> figures{
      fmt::format(" {}/{}  {}%", closed, rows, rows > 0 ? 100 * closed / rows : 0),
      "  live " + std::to_string(live),
      "  " + clock_text(running)};
  if (const auto eta = progress["eta_s"].as_int())
    figures.push_back("  eta " + clock_text(std::chrono::seconds{*eta}));
  // All lines in use is how it should be.
  const auto waits = progress["waiting_for"].text_or("");
  if (!waits.empty() && (live == 0 || waits != "campaign_at_capacity"))
    figures.push_back("  waits for " + std::string{waits});
  const auto bar_width = std::clamp<std::size_t>(width / 3, 10, 40);
  auto line = progress_bar(counts, bar_width);
  auto used = bar_width;
  for (const auto& each : figures) {
    if (used + each.size() >= width)
      break;
    line += each;
    used += each.size();
  }
  return line;
}

std::string clock_text(std::chrono::seconds time) {
  const auto s = time.count();
  if (s >= 3600)
    return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

outcome<json>
watch_campaign(api_client& api, const std::string& campaign, const out_options& out) {
  return follow(
      api,
      "/api/campaigns/" + campaign + "/progress",
      is_over,
      [](const json& now, std::chrono::seconds running) {
        return progress_line(now, running, terminal_width());
      },
      out);
}

outcome<json>
watch_import(api_client& api, const std::string& import, const out_options& out) {
  auto last = follow(
      api,
      "/api/imports/" + import,
      [](const json& row) { return row["status"].text_or("") != "processing"; },
      [](const json& row, std::chrono::seconds running) {
        return "importing " + row["rows"].dump() + " rows  " + clock_text(running);
      },
      out);
  if (!last || (*last)["status"].text_or("") != "failed")
    return last;
  const auto& error = (*last)["error"];
  return failure{exit_code::error,
                 std::string{error["code"].text_or("import_failed")},
                 "the import failed: " + std::string{error["message"].text_or("")},
                 error["code"].text_or("") == "E_NO_PHONE_COLUMN"
                     ? "--map phone=COLUMN names the column with the numbers"
                     : ""};
}

} // namespace caly::client
