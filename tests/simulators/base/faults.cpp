#include "tests/simulators/base/faults.hpp"

#include <array>

namespace caly::sim {

namespace {

struct knob {
  std::string_view name;
  double fault_plan::*member;
  double max;
};

constexpr double delay_ms_max = 600'000;

constexpr std::array request_knobs{
    knob{"latency_ms", &fault_plan::latency_ms, delay_ms_max},
    knob{"rate_429", &fault_plan::rate_429, 1},
    knob{"rate_500", &fault_plan::rate_500, 1},
    knob{"rate_reset", &fault_plan::rate_reset, 1},
    knob{"rate_accept_then_timeout", &fault_plan::rate_accept_then_timeout, 1},
    knob{"rate_malformed", &fault_plan::rate_malformed, 1},
    knob{"rate_refusal", &fault_plan::rate_refusal, 1},
    knob{"rate_cut", &fault_plan::rate_cut, 1},
};

constexpr std::array webhook_knobs{
    knob{"lose", &fault_plan::webhook_lose, 1},
    knob{"duplicate", &fault_plan::webhook_duplicate, 1},
    knob{"reorder", &fault_plan::webhook_reorder, 1},
    knob{"delay_ms_max", &fault_plan::webhook_delay_ms_max, delay_ms_max},
};

void set_knob(const knob& knob,
              const json& value,
              fault_plan& plan,
              std::string& problem) {
  const auto number =
      value.type() == json::kind::number ? value.as_double() : std::nullopt;
  if (!number || *number < 0 || *number > knob.max)
    problem += std::string{knob.name} + " is out of range; ";
  else
    plan.*knob.member = *number;
}

template <class Knobs>
void set_knobs(const Knobs& knobs,
               const json& members,
               fault_plan& plan,
               std::string& problem) {
  for (const auto& [name, value] : members.members()) {
    if (name == "webhook" || name == "provider")
      continue;
    bool known = false;
    for (const auto& knob : knobs)
      if (knob.name == name) {
        known = true;
        set_knob(knob, value, plan, problem);
      }
    if (!known)
      problem += name + " is unknown; ";
  }
}

template <class Knobs>
void describe_knobs(const Knobs& knobs, const fault_plan& plan, json_writer& out) {
  for (const auto& knob : knobs)
    out.field(knob.name, plan.*knob.member);
}

void describe_plan(const fault_plan& plan, json_writer& out) {
  out.begin_object();
  describe_knobs(request_knobs, plan, out);
  out.key("webhook").begin_object();
  describe_knobs(webhook_knobs, plan, out);
  out.end_object().end_object();
}

} // namespace

std::string faults::set(const json& body) {
  if (!body.is_object())
    return "the body is no JSON object";
  const auto provider = std::string{body["provider"].text_or("")};
  auto plan = this->plan(provider);
  std::string problem;
  set_knobs(request_knobs, body, plan, problem);
  set_knobs(webhook_knobs, body["webhook"], plan, problem);
  if (!problem.empty())
    return problem;
  if (!provider.empty())
    by_provider_.insert_or_assign(provider, plan);
  else {
    all_ = plan;
    by_provider_.clear();
  }
  return {};
}

void faults::clear() {
  all_ = {};
  by_provider_.clear();
}

const fault_plan& faults::plan(std::string_view provider) const {
  if (const auto found = by_provider_.find(provider); found != by_provider_.end())
    return found->second;
  const auto part = provider.find('/');
  return part == std::string_view::npos ? all_ : plan(provider.substr(0, part));
}

fault faults::draw(std::string_view provider, bool creates_call) {
  const auto& plan = this->plan(provider);
  if (chance(plan.rate_429))
    return fault::too_many;
  if (chance(plan.rate_500))
    return fault::server_error;
  if (chance(plan.rate_reset))
    return fault::reset;
  if (creates_call && chance(plan.rate_accept_then_timeout))
    return fault::accept_then_timeout;
  return fault::none;
}

void faults::describe(json_writer& out) const {
  out.begin_object().key("all");
  describe_plan(all_, out);
  out.key("providers").begin_object();
  for (const auto& [name, plan] : by_provider_) {
    out.key(name);
    describe_plan(plan, out);
  }
  out.end_object().end_object();
}

} // namespace caly::sim
