#include "net/media/cascade/http_voice.hpp"

#include "runtime/base/text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace caly {

namespace {

/// So much has to be there to see what the audio begins with.
constexpr std::size_t mark_bytes = 4;
constexpr std::size_t problem_bytes_max = 200;

} // namespace

http_voice::http_voice(voice_listener& listener,
                       boost::asio::io_context& io,
                       std::shared_ptr<http_client> client,
                       http_voice_vendor vendor,
                       http_voice_options options)
    : listener_{listener},
      io_{io},
      client_{std::move(client)},
      vendor_{std::move(vendor)},
      options_{options} {}

http_voice::~http_voice() {
  *current_ = false;
}

void http_voice::speak(std::uint64_t number,
                       std::string_view text,
                       std::string_view language) {
  auto& each = sentences_.emplace_back();
  each.number = number;
  each.text = one_line(text, options_.text_bytes_max);
  each.language = language;
  each.over = true;
  if (each.text.empty())
    each.problem = "there is nothing to say";
  else if (sentences_.size() > options_.waiting_max)
    each.problem = "too many sentences wait";
  else
    each.over = false;
  if (each.over)
    return tell_later();
  request_more();
}

void http_voice::cancel() {
  *current_ = false;
  current_ = std::make_shared<bool>(true);
  sentences_.clear();
}

void http_voice::request_more() {
  const auto count = std::min(sentences_.size(), options_.at_once);
  for (std::size_t i = 0; i < count; ++i)
    if (!sentences_[i].over && !sentences_[i].stream)
      request(sentences_[i]);
}

void http_voice::request(sentence& each) {
  auto call = vendor_.request(each.text, each.language);
  call.deadline = options_.deadline;
  const auto number = each.number;
  each.stream = std::make_unique<http_stream>(
      client_,
      io_,
      std::move(call),
      http_stream::handlers{
          [this, number](std::string_view piece) { take(number, piece); },
          [this, number](const http_answer& answer) { finish(number, answer); }},
      options_.audio_bytes_max);
}

void http_voice::take(std::uint64_t number, std::string_view piece) {
  auto* each = find(number);
  if (each == nullptr || each->over)
    return;
  each->held += piece;
  if (each->told == 0 && each->held.starts_with("RIFF")) {
    each->stream.reset();
    each->over = true;
    each->problem = "the audio has a WAV header; a raw format has to be asked for";
  }
  tell();
}

void http_voice::finish(std::uint64_t number, const http_answer& answer) {
  auto* each = find(number);
  if (each == nullptr || each->over)
    return;
  each->over = true;
  each->problem = problem_of(answer);
  if (each->problem.empty() && each->told == 0 && each->held.empty())
    each->problem = "the answer has no audio";
  tell();
}

std::string http_voice::problem_of(const http_answer& answer) const {
  if (answer.outcome != http_outcome::answered)
    return answer.problem;
  const auto good = answer.status >= 200 && answer.status < 300;
  if (good && answer.body.empty())
    return {};
  auto words = vendor_.problem(answer.body);
  if (words.empty())
    words = answer.body;
  auto out = good ? "the answer is no audio" : "HTTP " + std::to_string(answer.status);
  if (const auto line = one_line(words, problem_bytes_max); !line.empty())
    out += ": " + line;
  return out;
}

void http_voice::tell() {
  // Whoever listens may silence or destroy the voice.
  const auto current = current_;
  while (!sentences_.empty()) {
    auto& first = sentences_.front();
    tell_audio(first);
    if (!*current)
      return;
    if (!first.over)
      break;
    const auto number = first.number;
    const auto problem = std::move(first.problem);
    sentences_.pop_front();
    if (problem.empty())
      listener_.on_sentence_spoken(number);
    else
      listener_.on_sentence_failed(number, vendor_.name + ": " + problem);
    if (!*current)
      return;
  }
  request_more();
}

void http_voice::tell_audio(sentence& first) {
  const auto enough = first.told > 0 || first.over || first.held.size() >= mark_bytes;
  const auto spoils = first.over && !first.problem.empty() && first.told == 0;
  if (!enough || first.held.empty() || spoils)
    return;
  const auto audio = std::exchange(first.held, {});
  first.told += audio.size();
  listener_.on_speech(first.number, audio);
}

void http_voice::tell_later() {
  boost::asio::post(io_, [this, current = current_] {
    if (*current)
      tell();
  });
}

http_voice::sentence* http_voice::find(std::uint64_t number) {
  const auto found = std::ranges::find(sentences_, number, &sentence::number);
  return found == sentences_.end() ? nullptr : &*found;
}

voice_maker make_http_voices(std::shared_ptr<http_client> client,
                             http_voice_vendor vendor,
                             http_voice_options options) {
  return [=](voice_listener& listener, boost::asio::io_context& io) {
    return std::make_unique<http_voice>(listener, io, client, vendor, options);
  };
}

} // namespace caly
