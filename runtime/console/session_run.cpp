#include "runtime/base/error.hpp"
#include "runtime/console/session_core.hpp"

#include <algorithm>

namespace caly::detail {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds limit_default{2'000};
constexpr milliseconds limit_most{300'000};
constexpr std::size_t text_bytes_max = std::size_t{1} << 20;
constexpr std::size_t steps_max = 8;

void bound(std::string& text) {
  if (text.size() > text_bytes_max) {
    text.resize(text_bytes_max);
    text += "\n… cut\n";
  }
}

} // namespace

session_run::session_run(session_core& session,
                         std::uint64_t number,
                         console_request asked,
                         std::function<void(std::string)> out,
                         bool streams)
    : request{std::move(asked)},
      session_{&session},
      self_{session.self_},
      number_{number},
      user_{session.user()},
      out_{std::move(out)},
      streams_{streams} {
  extend(limit_default);
}

console_level session_run::level() const {
  return session_ != nullptr ? session_->level() : console_level::observe;
}

std::string session_run::reason() const {
  return args.text("reason", session_ != nullptr ? session_->reason_ : std::string{});
}

void session_run::table(console_table result) {
  if (!open())
    return;
  for (auto& row : result.rows)
    row.resize(result.columns.size(), console_cell{""});
  for (const auto& filter : filters)
    if (auto failure = apply_filter(filter, result, format)) {
      fail(std::move(failure), "");
      return;
    }
  auto rendered = render(result, format, rows_max);
  const auto raw = format == console_format::json;
  // Half of a JSON text would be none.
  if (raw && rendered.size() > text_bytes_max) {
    fail(caf::make_error(errc::too_large, "the answer is longer than 1 MiB"),
         "use --limit or a filter");
    return;
  }
  if (!raw) {
    rendered = collected_ + rendered;
    bound(rendered);
  }
  finish(console_answer(request.id, level(), rendered, raw, result.exit_code));
}

void session_run::text(std::string result) {
  if (!open())
    return;
  if (format == console_format::json) {
    console_table table = console_table::make_record();
    table.field("text", collected_ + result);
    collected_.clear();
    this->table(std::move(table));
    return;
  }
  result = collected_ + result;
  bound(result);
  finish(console_answer(request.id, level(), result, false));
}

void session_run::fail(caf::error reason, std::string hint) {
  if (open())
    finish(console_failure(request.id, level(), reason, hint));
}

void session_run::line(std::string part) {
  if (!open())
    return;
  if (streams_)
    out_(console_part(request.id, level(), part));
  else if (collected_.size() < text_bytes_max)
    collected_ += part + "\n";
}

void session_run::extend(milliseconds limit) {
  if (!open())
    return;
  limit_generation_ = ++generation_;
  self_->delayed_send(
      self_, std::min(limit, limit_most), console_timer{number_, 0, limit_generation_});
}

void session_run::after(milliseconds delay, std::function<void()> next) {
  if (!open() || steps_.size() >= steps_max)
    return;
  const auto step = ++generation_;
  steps_.emplace(step, std::move(next));
  self_->delayed_send(self_, delay, console_timer{number_, step, step});
}

void session_run::on_timer(const console_timer& due) {
  if (due.step != 0) {
    const auto found = steps_.find(due.step);
    if (found == steps_.end())
      return;
    const auto next = std::move(found->second);
    steps_.erase(found);
    next();
    return;
  }
  if (due.generation == limit_generation_)
    fail(caf::make_error(errc::timed_out, "no answer in time"),
         "the actor may be stuck: try stuck actors, history or trace");
}

void session_run::answered_elsewhere(std::string answer) {
  if (open())
    finish(std::move(answer));
}

void session_run::finish(std::string answer) {
  const auto keep = shared_from_this();
  const auto out = std::move(out_);
  auto* session = session_;
  close();
  session->runs_.erase(number_);
  out(std::move(answer));
}

void session_run::close() {
  session_ = nullptr;
  steps_.clear();
}

} // namespace caly::detail
