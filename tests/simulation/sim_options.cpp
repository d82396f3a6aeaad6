#include "tests/simulation/sim_options.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace caly::test {

namespace {

constexpr std::array<std::pair<planted, const char*>, 10> names{{
    {planted::fence_unchecked, "fence_unchecked"},
    {planted::permit_released_on_take_over, "permit_released_on_take_over"},
    {planted::sent_again, "sent_again"},
    {planted::settled_twice, "settled_twice"},
    {planted::webhook_twice, "webhook_twice"},
    {planted::hold_kept, "hold_kept"},
    {planted::fuse_ignored, "fuse_ignored"},
    {planted::cap_unchecked, "cap_unchecked"},
    {planted::given_up_at_once, "given_up_at_once"},
    {planted::row_forgotten, "row_forgotten"},
}};

std::uint32_t number_of(std::string_view text, std::string_view option) {
  std::uint32_t out = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc{} || end != text.data() + text.size() || out == 0)
    throw std::invalid_argument{std::string{option} + ": \"" + std::string{text} +
                                "\" is no number from 1"};
  return out;
}

void read_seeds(std::string_view text, sim_request& out) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos)
    throw std::invalid_argument{"--seeds: give the first and the last, as in 1..10000"};
  out.first = number_of(text.substr(0, dots), "--seeds");
  out.last = number_of(text.substr(dots + 2), "--seeds");
  if (out.last < out.first)
    throw std::invalid_argument{"--seeds: the last one comes before the first"};
}

sim_mode read_mode(std::string_view text) {
  if (text == "safety")
    return sim_mode::safety;
  if (text == "liveness")
    return sim_mode::liveness;
  throw std::invalid_argument{"--mode: safety or liveness"};
}

planted read_mistake(std::string_view text) {
  std::string known;
  for (const auto& [mistake, name] : names) {
    if (text == name)
      return mistake;
    known += std::string{known.empty() ? "" : ", "} + name;
  }
  throw std::invalid_argument{"--plant: one of " + known};
}

} // namespace

const std::vector<planted>& all_planted() {
  static const std::vector<planted> all = [] {
    std::vector<planted> out;
    for (const auto& each : names)
      out.push_back(each.first);
    return out;
  }();
  return all;
}

std::string to_string(planted mistake) {
  for (const auto& each : names)
    if (each.first == mistake)
      return each.second;
  return "nothing";
}

std::string to_string(sim_mode mode) {
  return mode == sim_mode::safety ? "safety" : "liveness";
}

std::string to_string(const sim_run& run) {
  auto out = "--seed " + std::to_string(run.seed) + " --mode " + to_string(run.mode);
  if (run.mistake != planted::nothing)
    out += " --plant " + to_string(run.mistake);
  return out;
}

sim_run sim_request::run_of(std::uint32_t seed) const {
  const auto turn = seed % 2 == 0 ? sim_mode::safety : sim_mode::liveness;
  return {seed, mode.value_or(turn), mistake};
}

sim_request read_request(int argc, char** argv) {
  sim_request out;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    if (i + 1 == argc)
      throw std::invalid_argument{std::string{option} + " needs a value"};
    const std::string_view value = argv[i + 1];
    if (option == "--seed")
      out.first = out.last = number_of(value, option);
    else if (option == "--seeds")
      read_seeds(value, out);
    else if (option == "--mode")
      out.mode = read_mode(value);
    else if (option == "--plant")
      out.mistake = read_mistake(value);
    else
      throw std::invalid_argument{
          std::string{option} +
          ": not known; there are --seed, --seeds, --mode, --plant"};
  }
  return out;
}

memory::left_out left_out_by(planted mistake) {
  memory::left_out out;
  out.fence = mistake == planted::fence_unchecked;
  out.doubt_on_take_over = mistake == planted::permit_released_on_take_over;
  out.end_of_calls = mistake == planted::settled_twice;
  out.event_keys = mistake == planted::webhook_twice;
  out.release_of_holds = mistake == planted::hold_kept;
  out.system_cap = mistake == planted::cap_unchecked;
  out.settle_time = mistake == planted::given_up_at_once;
  out.return_of_rows = mistake == planted::row_forgotten;
  return out;
}

} // namespace caly::test
