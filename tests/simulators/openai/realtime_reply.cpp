#include "tests/simulators/openai/realtime_reply.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/speech/speech.hpp"

#include <algorithm>

namespace caly::sim {

namespace {

constexpr double first_audio_s = 0.25;
constexpr double step_s = 0.02;
constexpr int step_ms = 200; // of audio
constexpr std::size_t pause_frames = 8;

/// Cut after `.`, `?`, `!` and the danda, so that sentences are rendered only once.
std::vector<std::string> sentences_of(std::string_view words) {
  static constexpr std::string_view danda = "।";
  std::vector<std::string> sentences;
  std::string sentence;
  for (std::size_t i = 0; i < words.size(); ++i) {
    sentence += words[i];
    const bool ends = ((words[i] == '.' || words[i] == '?' || words[i] == '!') &&
                       (i + 1 == words.size() || words[i + 1] == ' ')) ||
                      sentence.ends_with(danda);
    if (!ends && i + 1 < words.size())
      continue;
    const auto text = trim(sentence);
    if (!text.empty())
      sentences.emplace_back(text);
    sentence.clear();
  }
  return sentences;
}

std::string encode(const std::string& mulaw, audio_codec codec) {
  if (codec == audio_codec::pcmu)
    return mulaw;
  std::string out;
  if (codec == audio_codec::pcma) {
    for (const auto c : mulaw)
      out += static_cast<char>(to_alaw(from_mulaw(static_cast<std::uint8_t>(c))));
    return out;
  }
  const auto pcm = resample(decode_mulaw(mulaw), 8000, 24000);
  out.assign(reinterpret_cast<const char*>(pcm.data()), pcm.size() * 2);
  return out;
}

std::size_t bytes_in(audio_codec codec, int ms) {
  return static_cast<std::size_t>(ms) * (codec == audio_codec::pcm24 ? 48 : 8);
}

} // namespace

realtime_reply::realtime_reply(world& world,
                               agent_turn turn,
                               audio_codec codec,
                               bool speaks,
                               std::string metadata,
                               reply_port port)
    : world_{world},
      turn_{std::move(turn)},
      codec_{codec},
      speaks_{speaks},
      metadata_{std::move(metadata)},
      port_{std::move(port)},
      id_{new_id("resp_")},
      item_id_{new_id("item_")},
      call_item_id_{new_id("item_")},
      call_id_{new_id("call_")} {}

void realtime_reply::start() {
  started_at_ = world_.time.now();
  port_.emit("response.created", [this](json_writer& out) {
    out.key("response");
    describe("in_progress", "", out);
  });
  port_.emit("rate_limits.updated", [](json_writer& out) {
    out.key("rate_limits").begin_array().begin_object();
    out.field("name", "tokens").field("limit", 250000).field("remaining", 249000);
    out.field("reset_seconds", 0.24).end_object().end_array();
  });
  if (turn_.words.empty())
    return later(first_audio_s, &realtime_reply::call_function);
  if (!speaks_)
    return later(first_audio_s, &realtime_reply::begin_message);
  sentences_ = sentences_of(turn_.words);
  rendered_.resize(sentences_.size());
  missing_ = sentences_.size();
  for (std::size_t i = 0; i < sentences_.size(); ++i) {
    const auto speaks = has_devanagari(sentences_[i]) ? voice::hindi : voice::english;
    world_.speech.say(
        sentences_[i], speaks, [self = weak_from_this(), i](const utterance_ptr& spoken) {
          if (const auto me = self.lock())
            me->did_render(i, spoken->mulaw);
        });
  }
}

void realtime_reply::did_render(std::size_t sentence, std::string mulaw) {
  rendered_[sentence] = std::move(mulaw);
  if (--missing_ > 0 || over_)
    return;
  std::string all;
  for (const auto& part : rendered_) {
    if (!all.empty())
      all.append(pause_frames * frame_bytes, mulaw_silence);
    all += part;
  }
  rendered_.clear();
  audio_ = encode(all, codec_);
  const auto passed = world_.time.now() - started_at_;
  later(std::max(0.0, first_audio_s - passed), &realtime_reply::begin_message);
}

void realtime_reply::begin_message() {
  message_open_ = true;
  port_.item_grew(item_id_, 0);
  port_.emit("response.output_item.added", [this](json_writer& out) {
    out.field("response_id", id_).field("output_index", 0).key("item");
    message_item("in_progress", out);
  });
  port_.emit("conversation.item.added", [this](json_writer& out) {
    out.null_field("previous_item_id").key("item");
    message_item("in_progress", out);
  });
  port_.emit("response.content_part.added", [this](json_writer& out) {
    place(out);
    out.key("part").begin_object().field("type", speaks_ ? "audio" : "text");
    out.field(speaks_ ? "transcript" : "text", "").end_object();
  });
  step();
}

void realtime_reply::step() {
  const auto size = bytes_in(codec_, step_ms);
  const auto steps_left =
      speaks_ ? (audio_.size() - audio_at_ + size - 1) / size : std::size_t{0};
  // Words travel a little ahead of the audio that speaks them.
  const auto words_left = turn_.words.size() - words_at_;
  auto chunk =
      steps_left > 1 ? std::min(words_left, words_left / steps_left + 8) : words_left;
  while (words_at_ + chunk < turn_.words.size() &&
         (static_cast<unsigned char>(turn_.words[words_at_ + chunk]) & 0xC0) == 0x80)
    ++chunk;
  if (chunk > 0) {
    port_.emit(
        speaks_ ? "response.output_audio_transcript.delta" : "response.output_text.delta",
        [&](json_writer& out) {
          place(out);
          out.field("delta", std::string_view{turn_.words}.substr(words_at_, chunk));
        });
    words_at_ += chunk;
  }
  if (steps_left > 0) {
    const auto delta = std::string_view{audio_}.substr(audio_at_, size);
    audio_at_ += delta.size();
    port_.item_grew(item_id_, milliseconds_of(codec_, audio_at_));
    port_.emit("response.output_audio.delta", [&](json_writer& out) {
      place(out);
      out.field("delta", to_base64(delta));
    });
  }
  if (steps_left > 1)
    return later(step_s, &realtime_reply::step);
  finish_message("completed");
  if (turn_.tool)
    return call_function();
  finish("completed", "");
}

void realtime_reply::finish_message(std::string_view status) {
  message_open_ = false;
  message_done_ = true;
  const auto said = turn_.words.substr(0, words_at_);
  if (speaks_) {
    port_.emit("response.output_audio.done", [this](json_writer& out) { place(out); });
    port_.emit("response.output_audio_transcript.done", [&](json_writer& out) {
      place(out);
      out.field("transcript", said);
    });
  } else {
    port_.emit("response.output_text.done", [&](json_writer& out) {
      place(out);
      out.field("text", said);
    });
  }
  port_.emit("response.content_part.done", [&](json_writer& out) {
    place(out);
    out.key("part").begin_object().field("type", speaks_ ? "audio" : "text");
    out.field(speaks_ ? "transcript" : "text", said).end_object();
  });
  for (const auto* type : {"response.output_item.done", "conversation.item.done"})
    port_.emit(type, [&](json_writer& out) {
      if (std::string_view{type}.starts_with("response"))
        out.field("response_id", id_).field("output_index", 0);
      out.key("item");
      message_item(status, out);
    });
}

void realtime_reply::call_function() {
  if (!turn_.tool)
    return finish("completed", "");
  const int index = message_done_ ? 1 : 0;
  const auto item = [&](std::string_view type, std::string_view status) {
    port_.emit(type, [&](json_writer& out) {
      if (type.starts_with("response"))
        out.field("response_id", id_).field("output_index", index);
      out.key("item");
      function_item(status, out);
    });
  };
  const auto where = [&](json_writer& out) {
    out.field("response_id", id_)
        .field("item_id", call_item_id_)
        .field("output_index", index)
        .field("call_id", call_id_);
  };
  item("response.output_item.added", "in_progress");
  item("conversation.item.added", "in_progress");
  port_.emit("response.function_call_arguments.delta", [&](json_writer& out) {
    where(out);
    out.field("delta", turn_.tool->arguments);
  });
  port_.emit("response.function_call_arguments.done", [&](json_writer& out) {
    where(out);
    out.field("name", turn_.tool->name).field("arguments", turn_.tool->arguments);
  });
  call_done_ = true;
  item("response.output_item.done", "completed");
  item("conversation.item.done", "completed");
  finish("completed", "");
}

void realtime_reply::cancel(std::string_view reason) {
  if (over_)
    return;
  if (message_open_)
    finish_message("incomplete");
  finish("cancelled", reason);
}

void realtime_reply::finish(std::string_view status, std::string_view reason) {
  over_ = true;
  next_.cancel();
  port_.emit("response.done", [&](json_writer& out) {
    out.key("response");
    describe(status, reason, out);
  });
  port_.over();
}

void realtime_reply::describe(std::string_view status,
                              std::string_view reason,
                              json_writer& out) const {
  out.begin_object()
      .field("object", "realtime.response")
      .field("id", id_)
      .field("status", status);
  out.key("status_details");
  if (reason.empty())
    out.null();
  else
    out.begin_object().field("type", status).field("reason", reason).end_object();
  out.key("output").begin_array();
  if (message_done_)
    message_item(status == "completed" ? "completed" : "incomplete", out);
  if (call_done_)
    function_item("completed", out);
  out.end_array().raw_field("metadata", metadata_);
  out.key("usage");
  if (status == "in_progress") {
    out.null().end_object();
    return;
  }
  const auto audio_tokens = milliseconds_of(codec_, audio_at_) / 50;
  const auto text_tokens = static_cast<int>(words_at_ / 4) + 8;
  constexpr int input_tokens = 220;
  out.begin_object()
      .field("total_tokens", input_tokens + audio_tokens + text_tokens)
      .field("input_tokens", input_tokens)
      .field("output_tokens", audio_tokens + text_tokens);
  out.key("input_token_details").begin_object();
  out.field("text_tokens", 140)
      .field("audio_tokens", 80)
      .field("image_tokens", 0)
      .field("cached_tokens", 0)
      .end_object();
  out.key("output_token_details").begin_object();
  out.field("text_tokens", text_tokens).field("audio_tokens", audio_tokens).end_object();
  out.end_object().end_object();
}

void realtime_reply::message_item(std::string_view status, json_writer& out) const {
  out.begin_object()
      .field("id", item_id_)
      .field("object", "realtime.item")
      .field("type", "message")
      .field("status", status)
      .field("role", "assistant");
  out.key("content").begin_array();
  if (status != "in_progress") {
    out.begin_object().field("type", modality());
    out.field(speaks_ ? "transcript" : "text",
              std::string_view{turn_.words}.substr(0, words_at_));
    out.end_object();
  }
  out.end_array().end_object();
}

void realtime_reply::function_item(std::string_view status, json_writer& out) const {
  out.begin_object()
      .field("id", call_item_id_)
      .field("object", "realtime.item")
      .field("type", "function_call")
      .field("status", status)
      .field("call_id", call_id_)
      .field("name", turn_.tool->name)
      .field("arguments", status == "in_progress" ? "" : turn_.tool->arguments)
      .end_object();
}

void realtime_reply::place(json_writer& out) const {
  out.field("response_id", id_)
      .field("item_id", item_id_)
      .field("output_index", 0)
      .field("content_index", 0);
}

void realtime_reply::later(double seconds, void (realtime_reply::*next)()) {
  next_ = world_.time.after(seconds, [self = weak_from_this(), next] {
    const auto me = self.lock();
    if (me && !me->over_)
      (*me.*next)();
  });
}

} // namespace caly::sim
