#include "tests/simulators/speech/key_ear.hpp"

#include "tests/simulators/speech/mulaw.hpp"

#include <array>
#include <new>
#include <spandsp.h>

namespace caly::sim {

namespace {

dtmf_rx_state_t* raw(void* detector) {
  return static_cast<dtmf_rx_state_t*>(detector);
}

} // namespace

key_ear::key_ear()
    : detector_{dtmf_rx_init(nullptr, nullptr, nullptr),
                [](void* x) { dtmf_rx_free(raw(x)); }} {
  if (!detector_)
    throw std::bad_alloc{};
}

std::string key_ear::hear(std::string_view audio) {
  const auto pcm = decode_mulaw(audio);
  dtmf_rx(raw(detector_.get()), pcm.data(), static_cast<int>(pcm.size()));
  std::array<char, 64> keys{};
  const auto count = dtmf_rx_get(raw(detector_.get()), keys.data(), keys.size() - 1);
  return {keys.data(), count};
}

} // namespace caly::sim
