#pragma once

#include "net/media/recording/call_recorder.hpp"
#include "net/media/recording/mixdown.hpp"
#include "runtime/base/uuid.hpp"

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <unistd.h>

namespace caly::test {

using namespace caly::recording;

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// A folder of its own, and a deck that writes there.
struct tape_fixture {
  tape_fixture() { options.folder = folder / "tapes"; }

  ~tape_fixture() {
    deck.reset();
    std::filesystem::remove_all(folder);
  }

  tape_deck& start() {
    deck =
        std::make_unique<tape_deck>(options,
                                    deck_listener{[this](const tape_label&) {
                                                    const std::lock_guard lock{mutex};
                                                    ++began;
                                                  },
                                                  [this](tape_end end) {
                                                    {
                                                      const std::lock_guard lock{mutex};
                                                      ends.push_back(std::move(end));
                                                    }
                                                    changed.notify_all();
                                                  }});
    return *deck;
  }

  tape_end await_end() {
    std::unique_lock lock{mutex};
    if (!changed.wait_for(lock, std::chrono::seconds{20}, [&] { return !ends.empty(); }))
      return {};
    auto out = std::move(ends.front());
    ends.erase(ends.begin());
    return out;
  }

  /// Records what `talk` does with a recorder and mixes it down.
  template <class Talk>
  mixed_tape record(Talk talk) {
    start();
    {
      call_recorder recorder{deck->begin(label)};
      talk(recorder);
    }
    const auto mixed = mix_down(await_end().file, wav);
    return mixed ? *mixed : mixed_tape{};
  }

  /// One channel of the WAV file.
  std::string channel(std::size_t which) const {
    const auto bytes = read_file(wav).substr(wav_head_bytes);
    std::string out;
    for (auto at = which; at < bytes.size(); at += 2)
      out += bytes[at];
    return out;
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("caly-tape-" + to_string(make_uuid()));
  std::filesystem::path wav = folder / "out.wav";
  deck_options options;
  tape_label label{tenant_id::make(), call_id::make(), 1};
  std::mutex mutex;
  std::condition_variable changed;
  int began = 0;
  std::vector<tape_end> ends;
  std::unique_ptr<tape_deck> deck;
};

/// `ms` milliseconds of one sample.
inline std::string tone(std::size_t ms, char sample) {
  return std::string(ms * 8, sample);
}

inline const std::string quiet_ms(8, '\xff');

} // namespace caly::test
