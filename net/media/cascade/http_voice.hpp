#pragma once

#include "net/client/http_stream.hpp"
#include "net/media/cascade/ports.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly {

/// A service that speaks a sentence in answer to one request. Its two functions are pure.
struct http_voice_vendor {
  std::string name;
  /// `text` is one line without control characters, never empty.
  std::function<http_call(std::string_view text, std::string_view language)> request;
  /// What an answer with another status than 2xx says, for people; empty: nothing.
  std::function<std::string(std::string_view body)> problem;
};

struct http_voice_options {
  std::chrono::milliseconds deadline{15'000}; ///< A sentence, from request to last byte.
  std::size_t at_once = 2;                    ///< Sentences that are requested.
  std::size_t waiting_max = 64;               ///< More of them fail.
  std::size_t text_bytes_max = 4 << 10;       ///< A sentence is cut there.
  std::size_t audio_bytes_max = 1 << 20;      ///< Two minutes of a sentence.
};

/// Speaks by one streamed request a sentence. The next sentence is requested while the
/// one before it still streams; they are told in the order in which they were asked for.
class http_voice : public voice {
public:
  http_voice(voice_listener& listener,
             boost::asio::io_context& io,
             std::shared_ptr<http_client> client,
             http_voice_vendor vendor,
             http_voice_options options = {});
  ~http_voice() override;

  void speak(std::uint64_t sentence,
             std::string_view text,
             std::string_view language) override;
  void cancel() override;

private:
  struct sentence {
    std::uint64_t number = 0;
    std::string text;
    std::string language;
    std::unique_ptr<http_stream> stream; ///< Null until it is requested.
    std::string held;     ///< Audio that waits for its turn, or for what it begins with.
    std::size_t told = 0; ///< Bytes
    bool over = false;
    std::string problem; ///< Of one that is over; empty: it was spoken.
  };

  void request_more();
  void request(sentence& each);
  void take(std::uint64_t number, std::string_view piece);
  void finish(std::uint64_t number, const http_answer& answer);
  std::string problem_of(const http_answer& answer) const;
  /// Tells what may be told now: the first sentence's audio, and each end in its turn.
  void tell();
  void tell_audio(sentence& first);
  void tell_later();
  sentence* find(std::uint64_t number);

  voice_listener& listener_;
  boost::asio::io_context& io_;
  std::shared_ptr<http_client> client_;
  const http_voice_vendor vendor_;
  const http_voice_options options_;
  std::deque<sentence> sentences_;
  /// False once the sentences of its time are gone, and with this voice.
  std::shared_ptr<bool> current_ = std::make_shared<bool>(true);
};

/// Voices of `vendor` for calls.
voice_maker make_http_voices(std::shared_ptr<http_client> client,
                             http_voice_vendor vendor,
                             http_voice_options options = {});

} // namespace caly
