#include "actors/imports/import_runner.hpp"

#include "actors/imports/error_report.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/error_text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>

namespace caly {

namespace {

using runner_pointer = self_ptr<import_runner_actor, import_runner_state>;
using job_ptr = std::shared_ptr<import_job>;

constexpr std::uint32_t errors_per_piece = 1000;
constexpr const char* again =
    "Upload the same file again: the rows that are in stay and are not doubled.";

std::string titles_json(const std::vector<std::string>& titles) {
  json_writer out;
  out.begin_array();
  for (const auto& each : titles)
    out.value(each);
  return std::move(out.end_array()).str();
}

std::string mapping_json(const import_outline& outline) {
  json_writer out;
  out.begin_object();
  for (const auto& [field, column] : outline.mapping)
    out.field(field, column);
  return std::move(out.end_object()).str();
}

/// The outline keeps values by column; people read rows.
std::string sample_json(const import_outline& outline) {
  std::size_t rows = 0;
  for (const auto& column : outline.sample)
    rows = std::max(rows, column.size());
  json_writer out;
  out.begin_array();
  for (std::size_t i = 0; i < rows; ++i) {
    out.begin_array();
    for (const auto& column : outline.sample)
      out.value(i < column.size() ? column[i] : std::string{});
    out.end_array();
  }
  return std::move(out.end_array()).str();
}

std::vector<std::pair<std::string, std::string>> read_mapping(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> mapping;
  const auto parsed = json::parse(text);
  if (parsed)
    for (const auto& [field, column] : parsed->members())
      mapping.emplace_back(field, column.text_or(""));
  return mapping;
}

/// Moves one job along; copies live in the closures of its requests.
class job_driver {
public:
  job_driver(runner_pointer self, job_ptr job) : self_{self}, job_{std::move(job)} {}

  /// Opens the file for the first reading, which has no handlers.
  bool open() {
    job_->file.open(job_->order.path, std::ios::binary);
    job_->session = std::make_unique<import_session>(job_->options, import_handlers{});
    return job_->file.is_open();
  }

  /// Reads on until there is something to save.
  void step() {
    auto& job = *job_;
    while (job.waiting.empty() && !job.finishing) {
      std::string chunk(self_->state.options.chunk_bytes, '\0');
      job.file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
      chunk.resize(static_cast<std::size_t>(job.file.gcount()));
      if (!chunk.empty() && job.session->feed(chunk) && job.file)
        continue;
      job.failure = job.session->finish();
      if (!job.checked && !job.failure) {
        start_over();
        continue;
      }
      if (!job.rows.empty() || !job.errors.empty())
        queue(job);
      job.finishing = true;
    }
    send();
  }

  /// Asks the store again after a pause.
  void resume() {
    if (std::exchange(job_->stalled, false))
      send();
  }

private:
  void start_over() {
    auto& job = *job_;
    job.checked = true;
    job.rows_total = job.session->counts().rows;
    job.file.clear();
    job.file.seekg(0);
    const auto batch = self_->state.options.batch_rows;
    job.options.batch_rows = batch;
    job.session = std::make_unique<import_session>(
        job.options,
        import_handlers{[&job](std::vector<import_row>&& rows) {
                          job.rows = std::move(rows);
                          queue(job);
                        },
                        [&job, batch](const rejected_row& row) {
                          job.errors.push_back(to_import_error(row));
                          if (job.errors.size() >= batch)
                            queue(job);
                        }});
  }

  static void queue(import_job& job) {
    job.waiting.push_back({job.order.tenant,
                           job.order.import,
                           std::exchange(job.rows, {}),
                           std::exchange(job.errors, {})});
  }

  void send() {
    auto& job = *job_;
    if (job.stalled)
      return;
    while (!job.waiting.empty() &&
           job.in_flight < self_->state.options.batches_in_flight_max) {
      auto batch = std::move(job.waiting.front());
      job.waiting.pop_front();
      ++job.in_flight;
      save(std::move(batch));
    }
    if (job.finishing && job.in_flight == 0 && job.waiting.empty())
      finish();
    else if (job.waiting.empty() && !job.finishing &&
             job.in_flight < self_->state.options.batches_in_flight_max)
      step();
  }

  void save(save_import_rows batch) {
    const auto rows = batch.rows.size() + batch.errors.size();
    self_->request(self_->state.store, self_->state.options.store_timeout, batch)
        .then([me = *this, rows](std::uint64_t) mutable { me.saved(rows); },
              [me = *this, batch](caf::error& reason) mutable {
                --me.job_->in_flight;
                me.job_->waiting.push_front(std::move(batch));
                me.stall(reason);
              });
  }

  void saved(std::size_t rows) {
    auto& job = *job_;
    job.retries = 0;
    --job.in_flight;
    job.rows_saved += rows;
    self_->state.rows_total += rows;
    send();
  }

  /// Batches may be repeated, so a store that did not answer is simply asked again.
  void stall(const caf::error& reason) {
    auto& state = self_->state;
    const auto id = job_->order.import.str();
    if (!state.running.contains(job_->order.import))
      return;
    if (reason == errc::not_found) {
      spdlog::error("import: its row is gone import={}", id);
      ++state.failed_total;
      return end();
    }
    if (++job_->retries > state.options.retries_max && !job_->failure) {
      spdlog::error("import: given up import={} error={}", id, describe(reason));
      job_->failure = import_failure{import_code::interrupted,
                                     "The rows could not be saved: " + describe(reason) +
                                         ". " + again};
      job_->waiting.clear();
      job_->finishing = true; // and that is told as soon as the store answers
    }
    if (std::exchange(job_->stalled, true))
      return;
    spdlog::warn(
        "import: store does not answer import={} error={}", id, describe(reason));
    auto hint = job_->order;
    self_->delayed_anon_send(self_, state.options.retry_delay, std::move(hint));
  }

  void finish() {
    const auto& job = *job_;
    const auto outline = job.session->outline();
    const auto failed = job.failure.has_value();
    self_
        ->request(self_->state.store,
                  self_->state.options.store_timeout,
                  finish_import{job.order.tenant,
                                job.order.import,
                                titles_json(outline.columns),
                                mapping_json(outline),
                                sample_json(outline),
                                failed ? std::string{to_code(job.failure->code)} : "",
                                failed ? job.failure->message : ""})
        .then(
            [me = *this, failed](bool) mutable {
              auto& state = me.self_->state;
              ++(failed ? state.failed_total : state.completed_total);
              me.end();
            },
            [me = *this](caf::error& reason) mutable { me.stall(reason); });
  }

  void end() {
    std::error_code ignored;
    std::filesystem::remove(job_->order.path, ignored);
    self_->state.running.erase(job_->order.import);
    start_next(self_);
  }

  friend void begin(runner_pointer self, run_import order);
  static void start_next(runner_pointer self);

  runner_pointer self_;
  job_ptr job_;
};

/// Ends an import that no reader has room for.
void turn_away(runner_pointer self, const run_import& order) {
  auto& state = self->state;
  spdlog::error("import: too many waiting import={}", order.import.str());
  ++state.failed_total;
  std::error_code ignored;
  std::filesystem::remove(order.path, ignored);
  self->request(state.store,
                state.options.store_timeout,
                finish_import{order.tenant,
                              order.import,
                              "[]",
                              "{}",
                              "[]",
                              std::string{to_code(import_code::interrupted)},
                              std::string{"Too many files wait to be read. "} + again})
      .then([](bool) {},
            [id = order.import](const caf::error& reason) {
              spdlog::error("import: not turned away import={} error={}",
                            id.str(),
                            describe(reason));
            });
}

void begin(runner_pointer self, run_import order) {
  auto& state = self->state;
  const auto known = state.running.find(order.import);
  if (known != state.running.end()) {
    if (order.path != known->second->order.path) {
      std::error_code ignored;
      std::filesystem::remove(order.path, ignored);
    }
    return job_driver{self, known->second}.resume();
  }
  if (state.running.size() >= state.options.running_max) {
    if (state.waiting.size() >= state.options.waiting_max)
      return turn_away(self, order);
    state.waiting.push_back(std::move(order));
    return;
  }
  auto job = std::make_shared<import_job>();
  job->order = std::move(order);
  job->options.default_country = job->order.default_country;
  job->options.mapping = read_mapping(job->order.mapping);
  job->options.limits = state.options.limits;
  const auto id = job->order.import;
  state.running.emplace(id, job);
  job_driver driver{self, std::move(job)};
  // A late hint about an import that is over finds no file.
  if (!driver.open())
    state.running.erase(id);
  else
    driver.step();
}

void job_driver::start_next(runner_pointer self) {
  auto& state = self->state;
  if (state.waiting.empty() || state.running.size() >= state.options.running_max)
    return;
  auto next = std::move(state.waiting.front());
  state.waiting.pop_front();
  begin(self, std::move(next));
}

caf::result<std::string> preview(const import_runner_state& state,
                                 const preview_file& ask) {
  import_options options;
  options.default_country = ask.default_country;
  options.mapping = read_mapping(ask.mapping);
  options.limits = state.options.limits;
  const auto seen = preview_import(ask.head, ask.truncated, options);
  if (seen.failure && seen.outline.columns.empty())
    return caf::make_error(errc::invalid, seen.failure->message);
  json_writer out;
  out.begin_object()
      .raw_field("columns", titles_json(seen.outline.columns))
      .field("delimiter", seen.outline.delimiter)
      .field("encoding", seen.outline.encoding)
      .raw_field("mapping", mapping_json(seen.outline))
      .raw_field("sample", sample_json(seen.outline))
      .raw_field("variables", titles_json(seen.outline.variables));
  out.key("problem");
  if (seen.failure)
    out.begin_object()
        .field("code", to_code(seen.failure->code))
        .field("message", seen.failure->message)
        .end_object();
  else
    out.null();
  return std::move(out.end_object()).str();
}

/// The kept rows of one piece as CSV; `titles` only with the first piece.
std::string errors_csv(const json& document, const json& rows, bool with_titles) {
  std::vector<std::string> titles;
  for (const auto& each : document["columns"].items())
    titles.emplace_back(each.text_or(""));
  std::string csv;
  if (with_titles)
    append_error_header(csv, titles);
  for (const auto& row : rows.items()) {
    import_error error;
    error.row_no = static_cast<std::int32_t>(row["row_no"].int_or(0));
    error.code = row["code"].text_or("");
    error.message = row["message"].text_or("");
    error.suggestion = row["suggestion"].text_or("");
    error.cells = row["cells"].dump();
    append_error_row(csv, titles.size(), error);
  }
  return csv;
}

caf::result<import_errors_text> read_errors(runner_pointer self, read_import_errors ask) {
  constexpr json_limits limits{
      .bytes_max = 256 << 20, .depth_max = 16, .values_max = 2'000'000};
  auto promise = self->make_response_promise<import_errors_text>();
  const auto timeout = self->state.options.store_timeout;
  const auto records = self->state.records;
  const auto fail = [promise](caf::error& reason) mutable {
    promise.deliver(std::move(reason));
  };
  self->request(
          records, timeout, run_record{ask.tenant, "imports.get", {ask.import.str()}, 0})
      .then(
          [=](const record_answer& found) mutable {
            record_argument cursor;
            if (!ask.cursor.empty())
              cursor = ask.cursor;
            self->request(records,
                          timeout,
                          run_record{ask.tenant,
                                     "imports.errors",
                                     {ask.import.str(), cursor},
                                     errors_per_piece})
                .then(
                    [=](const record_answer& page) mutable {
                      const auto document = json::parse(found.json, limits);
                      const auto rows = json::parse(page.json, limits);
                      if (!document || !rows) {
                        promise.deliver(caf::make_error(errc::unavailable));
                        return;
                      }
                      promise.deliver(import_errors_text{
                          errors_csv(*document, *rows, ask.cursor.empty()),
                          page.next_cursor,
                          page.has_more});
                    },
                    fail);
          },
          fail);
  return promise;
}

} // namespace

import_runner_actor::behavior_type
import_runner(self_ptr<import_runner_actor, import_runner_state> self,
              import_runner_options options,
              import_store_actor store,
              records_actor records) {
  auto& state = self->state;
  state.options = options;
  state.store = std::move(store);
  state.records = std::move(records);
  return {
      [self](run_import& order) { begin(self, std::move(order)); },
      [self](const preview_file& ask) { return preview(self->state, ask); },
      [self](read_import_errors& ask) { return read_errors(self, std::move(ask)); },
      [self](const get_status&) {
        status_report report;
        caf::put(report, "running", self->state.running.size());
        caf::put(report, "waiting", self->state.waiting.size());
        caf::put(report, "completed_total", self->state.completed_total);
        caf::put(report, "failed_total", self->state.failed_total);
        caf::put(report, "rows_total", self->state.rows_total);
        return report;
      },
  };
}

} // namespace caly
