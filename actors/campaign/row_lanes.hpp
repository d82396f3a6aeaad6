#pragma once

#include "actors/campaign/forecast.hpp"

#include <optional>
#include <queue>
#include <vector>

namespace caly {

/// A row of the queue while a forecast runs.
struct forecast_row {
  std::uint32_t zone = 0;
  std::uint32_t attempts = 0;
  std::uint32_t dialed = 0; ///< on the day that begins at `day_ms`
  std::int64_t day_ms = 0;
  std::int64_t last_ms = 0; ///< dialed last; 0: not by this run
};

/// The rows that wait, by zones: who may be called now, and when the next one may. The
/// counterpart of `dial_gate` for what changes with time: window, daily cap and gap.
class row_lanes {
public:
  explicit row_lanes(const forecast_input& input);

  /// Takes the row that is due first and may be called at `now_ms`. Time never goes back.
  std::optional<std::uint32_t> take(std::int64_t now_ms);

  /// Counts the dialing of a taken row.
  void dialed(std::uint32_t id, std::int64_t now_ms);

  void wait(std::uint32_t id, std::int64_t due_ms);

  forecast_row& row(std::uint32_t id) { return rows_[id]; }

  std::size_t waiting() const noexcept { return waiting_; }

  /// When `take` may give a row; `never_ms`: not within the days of the input.
  std::int64_t next_ms(std::int64_t now_ms);

  /// Somebody's turn has come, but nobody is called at this hour.
  bool outside_hours(std::int64_t now_ms);

private:
  struct place {
    std::int64_t due_ms;
    std::uint32_t id;

    friend auto operator<=>(const place&, const place&) = default;
  };

  struct lane {
    const std::vector<calling_day>* days = nullptr;
    std::size_t today = 0;
    std::priority_queue<place, std::vector<place>, std::greater<>> rows;
  };

  const calling_day* day_at(lane& in, std::int64_t at_ms);
  static std::int64_t opens_from(const lane& in, std::int64_t at_ms);

  /// The first moment from `now_ms` on at which the person may be called.
  std::int64_t allowed_from(lane& in, std::uint32_t id, std::int64_t now_ms);

  const forecast_input& input_;
  std::vector<lane> lanes_;
  std::vector<forecast_row> rows_;
  std::size_t waiting_ = 0;
};

} // namespace caly
