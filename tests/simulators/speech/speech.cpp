#include "tests/simulators/speech/speech.hpp"

#include "tests/simulators/speech/render.hpp"
#include "tests/simulators/speech/utterance_index.hpp"

#include <spdlog/spdlog.h>

namespace caly::sim {

namespace {

constexpr std::size_t cached_max = 1024;
constexpr std::size_t orders_max = 512;

} // namespace

speech::speech(scheduler& time, utterance_index& index)
    : time_{time}, index_{index}, has_espeak_{espeak_is_installed()} {
  if (!has_espeak_)
    spdlog::warn("speech: espeak-ng is not installed, voices become tones");
  worker_ = std::thread{[this] { work(); }};
}

speech::~speech() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void speech::say(std::string_view text, voice speaks, done on_done) {
  const auto key = (speaks == voice::hindi ? "hi|" : "en|") + std::string{text};
  auto& entry = cache_[key];
  if (entry.ready) {
    time_.post([ready = entry.ready, on_done = std::move(on_done)] { on_done(ready); });
    return;
  }
  entry.waiting.push_back(std::move(on_done));
  if (entry.waiting.size() > 1)
    return;
  {
    const std::lock_guard lock{mutex_};
    if (has_espeak_ && orders_.size() < orders_max) {
      orders_.push_back({key, std::string{text}, speaks});
      wake_.notify_one();
      return;
    }
  }
  time_.post(
      [this, key, text = std::string{text}] { finish(key, text, render_tones(text)); });
}

void speech::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !orders_.empty(); });
    if (stopping_)
      return;
    const auto next = std::move(orders_.front());
    orders_.pop_front();
    lock.unlock();
    auto mulaw = render_with_espeak(next.text, next.speaks);
    if (mulaw.empty())
      mulaw = render_tones(next.text);
    time_.post([this, key = next.key, text = next.text, mulaw = std::move(mulaw)] {
      finish(key, text, mulaw);
    });
    lock.lock();
  }
}

void speech::finish(const std::string& key, const std::string& text, std::string mulaw) {
  auto made = std::make_shared<utterance>();
  made->id = next_id_++;
  made->text = text;
  made->mulaw = std::move(mulaw);
  index_.add(made);
  auto& entry = cache_[key];
  entry.ready = made;
  const auto waiting = std::move(entry.waiting);
  cached_.push_back(key);
  forget_oldest();
  for (const auto& tell : waiting)
    tell(made);
}

void speech::forget_oldest() {
  if (cached_.size() <= cached_max)
    return;
  const auto found = cache_.find(cached_.front());
  cached_.pop_front();
  if (found == cache_.end() || !found->second.ready)
    return;
  index_.remove(found->second.ready);
  cache_.erase(found);
}

} // namespace caly::sim
