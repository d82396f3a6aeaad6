#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// A piece of the agent's speech that the caller did not hear to its end.
struct cut_audio {
  std::string item;
  std::int64_t heard_ms = 0;
  std::int64_t sent_ms = 0; ///< What the brain had given of it.
};

/// Where the audio of a playout goes: the carrier, which plays in order and in real time.
/// Audio is µ-law, 8 kHz, as base64.
class playout_sink {
public:
  virtual ~playout_sink() = default;

  /// It will be heard from `begin_ms` on.
  virtual void send_audio(std::int64_t begin_ms, std::string_view audio) = 0;
  /// Comes back once everything before it was heard, or dropped.
  virtual void send_mark(std::string_view name) = 0;
  /// Drops everything that was not heard yet.
  virtual void send_clear() = 0;
};

struct playout_options {
  /// The carrier gets audio at most so long before it is heard.
  std::int64_t lead_ms = 300;
  /// An item counts as heard so long after its end when its mark does not come back.
  std::int64_t mark_patience_ms = 1'500;
  /// What waits; more is dropped.
  std::int64_t waiting_max_ms = 180'000;
  /// Resuming goes back to the beginning of the word, at most so far.
  std::int64_t word_max_ms = 600;
};

/// The agent's audio on its way to the caller, and which part of it was heard.
///
/// What was not heard yet is kept here, whether the carrier has it or not: so it can be
/// played more quietly, be taken back, and go on later. The moments at which audio is
/// heard follow from when it was sent. All times are milliseconds of one clock of the
/// call's, which never runs backwards.
class playout {
public:
  explicit playout(playout_sink& sink, const playout_options& options = {})
      : sink_{sink}, options_{options} {}

  /// More of `item`, `bytes` of it when decoded; pieces of one item follow each other.
  void add(std::string_view item,
           std::string_view audio,
           std::size_t bytes,
           std::int64_t now_ms);

  /// No more of `item` follows.
  void finish(std::string_view item, std::int64_t now_ms);

  /// Sends what is due. To be called every few dozen milliseconds while `waiting`.
  void pace(std::int64_t now_ms);

  bool waiting() const noexcept { return !held_ && sent_ < pieces_.size(); }

  /// What was not heard yet goes on at a quarter of its loudness, until `raise` or until
  /// all of it was heard: what is added after that begins as loudly as ever.
  void duck(std::int64_t now_ms);

  void raise() noexcept { ducked_ = false; }

  /// The agent falls silent until `resume`, which begins with the word it was in.
  void hold(std::int64_t now_ms);
  void resume(std::int64_t now_ms);

  /// What was not heard is dropped and forgotten.
  std::vector<cut_audio> cut(std::int64_t now_ms);

  /// A mark came back.
  void echoed(std::string_view mark);

  /// The items that were heard to their end since the last time.
  std::vector<std::string> take_heard(std::int64_t now_ms);

  /// Something of the agent's speech was not heard yet.
  bool busy(std::int64_t now_ms) const noexcept;

  /// How much of it there is.
  std::int64_t left_ms(std::int64_t now_ms) const noexcept;

  bool ducked() const noexcept { return ducked_; }

  bool held() const noexcept { return held_; }

  /// Audio that came although `waiting_max_ms` of it waited.
  std::uint64_t dropped_ms() const noexcept { return dropped_ms_; }

private:
  struct piece {
    std::uint32_t item = 0; ///< Its serial.
    std::string audio;
    std::int64_t bytes = 0;
    std::int64_t begin_ms = 0; ///< When it is heard, once sent.

    std::int64_t ms() const noexcept { return bytes / 8; }

    std::int64_t end_ms() const noexcept { return begin_ms + ms(); }
  };

  struct item {
    std::uint32_t serial = 0;
    std::string id;
    std::int64_t bytes = 0;
    std::int64_t unsent = 0; ///< Bytes.
    std::int64_t end_ms = 0; ///< Of what was sent of it.
    std::uint32_t mark = 0;  ///< 0: not sent
    bool finished = false;
    bool heard = false; ///< Its mark came back for a clear, but it had been heard.
  };

  void note_heard(std::int64_t now_ms);
  void send(piece& next, std::int64_t now_ms);
  void send_mark(item& whole);
  /// Takes everything back that was not heard, so that it is sent again.
  void rewind(std::int64_t now_ms);
  void take_back();
  void go_back_to_word();
  void split(std::size_t index, std::int64_t ms);
  item* find(std::uint32_t serial);

  playout_sink& sink_;
  const playout_options options_;
  std::deque<piece> pieces_; ///< Heard ones of the last moments, sent ones, waiting ones.
  std::deque<item> items_;
  std::size_t sent_ = 0;  ///< Pieces at the front that were sent.
  std::size_t heard_ = 0; ///< Of those, the ones that were heard to their end.
  std::int64_t end_ms_ = 0;
  std::int64_t waiting_ms_ = 0;
  std::uint64_t dropped_ms_ = 0;
  std::uint32_t serials_ = 0;
  std::uint32_t marks_ = 0;
  bool ducked_ = false;
  bool held_ = false;
};

} // namespace caly
