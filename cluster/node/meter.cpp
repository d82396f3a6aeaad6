#include "cluster/node/meter.hpp"

#include "runtime/base/json.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<meter_actor, meter_state>;

constexpr auto answer_timeout = 2s;

/// What the rows say, by the columns of `work.ages`.
const std::vector<reading>& row_readings() {
  static const std::vector<reading> all{
      {"permits_used", "caly_permits_used", "Lines in use, of the system."},
      {"permits_max", "caly_permits_max", "Lines that may be in use at once."},
      {"oldest_permit_s",
       "caly_permit_oldest_seconds",
       "Age of the oldest call that holds a line; 0 without one."},
      {"oldest_due_s",
       "caly_queue_oldest_due_seconds",
       "How long the first person of a running campaign has been due; 0 without one."},
      {"due_campaigns",
       "caly_queue_due_campaigns",
       "Running campaigns with somebody due."}};
  return all;
}

double number_in(const status_report& report, const std::string& key) {
  const auto found = report.find(key);
  if (found == report.end())
    return 0;
  const auto& value = found->second.get_data();
  if (const auto* whole = caf::get_if<caf::config_value::integer>(&value))
    return static_cast<double>(*whole);
  if (const auto* real = caf::get_if<caf::config_value::real>(&value))
    return *real;
  if (const auto* flag = caf::get_if<caf::config_value::boolean>(&value))
    return *flag ? 1 : 0;
  return 0;
}

/// Where one reading goes, and what a counter showed last: actors that start again count
/// from zero, metrics go on.
struct dial_plate {
  std::string key;
  metric_counter* counter = nullptr;
  metric_gauge* gauge = nullptr;
  double last = 0;

  void show(double value) {
    if (gauge != nullptr)
      return gauge->Set(value);
    counter->Increment(value >= last ? value - last : value);
    last = value;
  }
};

std::vector<dial_plate> plates_for(const std::vector<reading>& readings,
                                   const metric_labels& labels,
                                   metric_set& set) {
  std::vector<dial_plate> plates;
  for (const auto& each : readings) {
    dial_plate plate{each.key};
    if (each.metric.ends_with("_total"))
      plate.counter = &set.counter(each.metric, each.help, labels);
    else
      plate.gauge = &set.gauge(each.metric, each.help, labels);
    plates.push_back(std::move(plate));
  }
  return plates;
}

struct watched {
  caf::actor whom;
  std::vector<dial_plate> plates;
};

/// Everything that the meter writes to.
struct face {
  std::vector<watched> actors;
  std::vector<dial_plate> rows;
  metric_gauge* free_bytes = nullptr;
};

void read_actor(self_t self, const std::shared_ptr<face>& shown, std::size_t index) {
  self->request(shown->actors[index].whom, answer_timeout, get_status{})
      .then(
          [=](const status_report& report) {
            ++self->state.readings_total;
            for (auto& plate : shown->actors[index].plates)
              plate.show(number_in(report, plate.key));
          },
          [=](const caf::error&) { ++self->state.failures_total; });
}

void read_rows(self_t self, const meter_options& options, std::shared_ptr<face> shown) {
  self->request(options.records, answer_timeout, run_record{{}, "work.ages", {}, 0})
      .then(
          [=](const record_answer& answer) {
            ++self->state.readings_total;
            const auto row = json::parse(answer.json);
            for (auto& plate : shown->rows)
              plate.show(row ? (*row)[plate.key].as_double().value_or(0) : 0);
          },
          [=](const caf::error&) { ++self->state.failures_total; });
}

void read_disk(const meter_options& options, const face& shown) {
  std::error_code failure;
  const auto space = std::filesystem::space(options.state_dir, failure);
  if (!failure)
    shown.free_bytes->Set(static_cast<double>(space.available));
}

std::shared_ptr<face> make_face(const meter_options& options, metric_set& set) {
  auto made = std::make_shared<face>();
  for (const auto& each : options.actors)
    made->actors.push_back({each.whom, plates_for(each.readings, each.labels, set)});
  made->rows = plates_for(row_readings(), {}, set);
  made->free_bytes = &set.gauge("caly_state_free_bytes",
                                "Free space where the node writes its state and logs.");
  return made;
}

} // namespace

meter_actor::behavior_type meter(self_ptr<meter_actor, meter_state> self,
                                 meter_options options) {
  const auto shown = make_face(options, *options.shown_in);
  self->send(meter_actor{self}, meter_tick{false});
  self->send(meter_actor{self}, meter_tick{true});
  return {
      [=](const meter_tick& tick) {
        self->delayed_anon_send(
            self, tick.rows ? options.rows_every : options.every, tick);
        if (tick.rows)
          return read_rows(self, options, shown);
        for (std::size_t i = 0; i < shown->actors.size(); ++i)
          read_actor(self, shown, i);
        read_disk(options, *shown);
      },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "readings_total", self->state.readings_total);
        caf::put(report, "failures_total", self->state.failures_total);
        return report;
      },
  };
}

} // namespace caly
