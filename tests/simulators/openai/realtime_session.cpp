#include "tests/simulators/openai/realtime_session.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/ids.hpp"

#include <utility>

namespace caly::sim {

namespace {

constexpr json_limits event_limits{.bytes_max = 16 * 1024 * 1024, .values_max = 100'000};
constexpr double session_s_max = 3600;
constexpr double transcription_s = 0.12;
constexpr std::size_t items_max = 1000;
constexpr int commit_ms_min = 100;
/// A second of a telephone's audio.
constexpr std::size_t cut_every_bytes = 8'000;
constexpr std::uint16_t odd_close_code = 4999;

} // namespace

realtime_session::realtime_session(world& world,
                                   std::shared_ptr<web_socket> socket,
                                   std::string model)
    : world_{world},
      socket_{std::move(socket)},
      id_{new_id("sess_")},
      config_{std::move(model)},
      ear_{world.utterances,
           {[this](int start_ms) { speech_started(start_ms); },
            [this](int end_ms, const std::string& words) {
              speech_stopped(end_ms, words);
            }}} {}

void realtime_session::start() {
  socket_->on_text = [self = shared_from_this()](std::string_view text) {
    self->receive(text);
  };
  socket_->on_closed = [self = shared_from_this()] {
    // The response may be the one that noticed.
    self->world_.time.post([done = std::exchange(self->reply_, nullptr)] {});
    self->expiry_.cancel();
    self->socket_ = nullptr;
  };
  emit("session.created", [this](json_writer& out) {
    out.key("session");
    config_.describe(id_, out);
  });
  expiry_ = world_.time.after(session_s_max, [self = weak_from_this()] {
    const auto me = self.lock();
    if (!me || !me->socket_)
      return;
    me->fail(
        {"session_expired", "Your session hit the maximum duration of 60 minutes.", ""});
    std::exchange(me->socket_, nullptr)->close(1001);
  });
}

void realtime_session::refuse_beta() {
  fail({"beta_api_shape_disabled", "The Realtime Beta API is no longer supported.", ""});
  std::exchange(socket_, nullptr)->close(4000);
}

void realtime_session::emit(std::string_view type, const filler& fill) {
  if (!socket_)
    return;
  json_writer out;
  out.begin_object().field("type", type).field("event_id", new_id("event_"));
  fill(out);
  socket_->send(std::move(out.end_object()).str());
}

void realtime_session::fail(const realtime_problem& problem) {
  emit("error", [&](json_writer& out) {
    out.key("error").begin_object();
    out.field("type", "invalid_request_error")
        .field("code", problem.code)
        .field("message", problem.message);
    for (const auto& [key, value] :
         {std::pair{"param", &problem.param}, {"event_id", &client_event_id_}}) {
      if (value->empty())
        out.null_field(key);
      else
        out.field(key, *value);
    }
    out.end_object();
  });
}

void realtime_session::receive(std::string_view text) {
  const auto event = json::parse(text, event_limits);
  client_event_id_.clear();
  if (!event || !event->is_object())
    return fail({"invalid_event", "The event is not a JSON object.", ""});
  client_event_id_ = (*event)["event_id"].text_or("");
  dispatch((*event)["type"].text_or(""), *event);
}

void realtime_session::dispatch(std::string_view type, const json& event) {
  if (type == "input_audio_buffer.append")
    return append_audio(event);
  if (type == "session.update")
    return update_session(event);
  if (type == "input_audio_buffer.commit")
    return commit_audio();
  if (type == "input_audio_buffer.clear") {
    ear_.clear();
    return emit("input_audio_buffer.cleared", [](json_writer&) {});
  }
  if (type == "conversation.item.create")
    return create_item(event);
  if (type == "conversation.item.delete")
    return delete_item(event);
  if (type == "conversation.item.truncate")
    return truncate_item(event);
  if (type == "response.create")
    return create_response(event);
  if (type == "response.cancel")
    return cancel_response(event);
  fail({"invalid_value", "Invalid value: '" + std::string{type} + "'.", "type"});
}

void realtime_session::update_session(const json& event) {
  if (const auto problem = config_.update(event["session"]))
    return fail(*problem);
  brain_.instruct(config_.instructions, config_.tools);
  emit("session.updated", [this](json_writer& out) {
    out.key("session");
    config_.describe(id_, out);
  });
}

void realtime_session::append_audio(const json& event) {
  std::string audio;
  if (!from_base64(event["audio"].text_or(""), audio))
    return fail({"invalid_value", "Invalid 'audio'. Expected base64.", "audio"});
  ear_.hear(audio, config_);
  heard_bytes_ += audio.size();
  if (heard_bytes_ < cut_every_bytes)
    return;
  heard_bytes_ = 0;
  if (world_.faults.chance(world_.faults.plan("openai/realtime").rate_cut) && socket_)
    std::exchange(socket_, nullptr)->close(odd_close_code);
}

void realtime_session::commit_audio() {
  if (ear_.buffered_ms() < commit_ms_min)
    return fail({"input_audio_buffer_commit_empty",
                 "Error committing input audio buffer: buffer too small.",
                 ""});
  speech_item_id_ = new_id("item_");
  add_user_audio(ear_.commit());
}

void realtime_session::speech_started(int start_ms) {
  speech_item_id_ = new_id("item_");
  emit("input_audio_buffer.speech_started", [&](json_writer& out) {
    out.field("audio_start_ms", start_ms).field("item_id", speech_item_id_);
  });
  if (config_.interrupts_responses && reply_)
    reply_->cancel("turn_detected");
}

void realtime_session::speech_stopped(int end_ms, const std::string& words) {
  emit("input_audio_buffer.speech_stopped", [&](json_writer& out) {
    out.field("audio_end_ms", end_ms).field("item_id", speech_item_id_);
  });
  add_user_audio(words);
  if (config_.creates_responses && !reply_)
    reply({});
}

void realtime_session::add_user_audio(const std::string& words) {
  const auto item_id = speech_item_id_;
  const auto previous = last_item_id_;
  const auto link = [&](json_writer& out) {
    if (previous.empty())
      out.null_field("previous_item_id");
    else
      out.field("previous_item_id", previous);
  };
  emit("input_audio_buffer.committed", [&](json_writer& out) {
    link(out);
    out.field("item_id", item_id);
  });
  for (const auto* type : {"conversation.item.added", "conversation.item.done"})
    emit(type, [&](json_writer& out) {
      link(out);
      out.key("item").begin_object();
      out.field("id", item_id)
          .field("object", "realtime.item")
          .field("type", "message")
          .field("status", "completed")
          .field("role", "user");
      out.key("content").begin_array().begin_object();
      out.field("type", "input_audio").null_field("transcript");
      out.end_object().end_array().end_object();
    });
  remember(item_id, -1);
  unanswered_ = words;
  // Who speaks before the model has taken up a tool's answer is answered instead.
  if (!words.empty())
    tool_output_.reset();
  if (!config_.transcribes)
    return;
  later(transcription_s, [this, item_id, words] {
    emit("conversation.item.input_audio_transcription.completed", [&](json_writer& out) {
      out.field("item_id", item_id).field("content_index", 0).field("transcript", words);
      out.key("usage").begin_object();
      out.field("type", "duration").field("seconds", 2).end_object();
    });
  });
}

void realtime_session::create_item(const json& event) {
  const auto& item = event["item"];
  const auto type = item["type"].text_or("");
  if (type == "function_call_output") {
    tool_output_ = item["output"].text_or("");
  } else if (type == "message") {
    if (item["role"].text_or("") == "user") {
      unanswered_ = "";
      for (const auto& part : item["content"].items())
        *unanswered_ += part["text"].text_or("");
    } else if (item["role"].text_or("") == "assistant") {
      opened_ = true;
    }
  } else if (type != "function_call") {
    return fail(
        {"invalid_value", "Invalid value: '" + std::string{type} + "'.", "item.type"});
  }
  auto item_id = std::string{item["id"].text_or("")};
  if (item_id.empty())
    item_id = new_id("item_");
  for (const auto* name : {"conversation.item.added", "conversation.item.done"})
    emit(name, [&](json_writer& out) {
      if (last_item_id_.empty())
        out.null_field("previous_item_id");
      else
        out.field("previous_item_id", last_item_id_);
      out.key("item")
          .begin_object()
          .field("id", item_id)
          .field("object", "realtime.item");
      for (const auto& [key, value] : item.members())
        if (key != "id" && key != "object")
          out.field(key, value);
      out.end_object();
    });
  remember(item_id, -1);
}

void realtime_session::delete_item(const json& event) {
  const std::string item_id{event["item_id"].text_or("")};
  if (items_.erase(item_id) == 0)
    return fail(
        {"item_delete_invalid_item_id",
         "Error deleting item: the item with id '" + item_id + "' does not exist.",
         "item_id"});
  emit("conversation.item.deleted",
       [&](json_writer& out) { out.field("item_id", item_id); });
}

void realtime_session::truncate_item(const json& event) {
  const std::string item_id{event["item_id"].text_or("")};
  const auto end_ms = event["audio_end_ms"].int_or(-1);
  const auto found = items_.find(item_id);
  if (found == items_.end())
    return fail(
        {"item_truncate_invalid_item_id",
         "Error truncating item: the item with id '" + item_id + "' does not exist.",
         "item_id"});
  if (found->second <= 0)
    return fail({"unsupported_content_type",
                 "Only model output audio messages can be truncated.",
                 "item_id"});
  if (end_ms < 0 || end_ms > found->second)
    return fail({"invalid_value",
                 "Audio content of " + std::to_string(found->second) +
                     "ms is already shorter than " + std::to_string(end_ms) + "ms",
                 "audio_end_ms"});
  found->second = static_cast<int>(end_ms);
  emit("conversation.item.truncated", [&](json_writer& out) {
    out.field("item_id", item_id).field("content_index", 0).field("audio_end_ms", end_ms);
  });
}

void realtime_session::create_response(const json& event) {
  if (reply_)
    return fail({"conversation_already_has_active_response",
                 "Conversation already has an active response in progress: " +
                     reply_->id() + ". Wait until the response is finished.",
                 ""});
  reply(event["response"]);
}

void realtime_session::cancel_response(const json& event) {
  const auto wanted = event["response_id"].text_or("");
  if (!reply_ || (!wanted.empty() && wanted != reply_->id()))
    return fail({"response_cancel_not_active",
                 "Cancellation failed: no active response found",
                 ""});
  // A model that is asked again answers what its answer was cut off to.
  if (!unanswered_ && !answered_.empty())
    unanswered_ = std::exchange(answered_, {});
  reply_->cancel("client_cancelled");
}

agent_turn realtime_session::next_turn(const json& options) {
  const auto hint = options["instructions"].text_or("");
  if (auto turn = brain_.dictated(hint))
    return *std::move(turn);
  if (options["conversation"].text_or("") == "none")
    return brain_.fill_in(hint);
  if (!opened_ && unanswered_ && intent_of(*unanswered_) == intent::hearing)
    unanswered_.reset(); // "Hello?" into the silence before the greeting
  if (tool_output_)
    return brain_.after_tool(*std::exchange(tool_output_, std::nullopt));
  if (unanswered_) {
    answered_ = *std::exchange(unanswered_, std::nullopt);
    return brain_.answer(answered_);
  }
  if (!opened_)
    return brain_.open(hint);
  return brain_.go_on(hint);
}

void realtime_session::reply(const json& options) {
  auto turn = next_turn(options);
  if (options["tool_choice"].text_or("") == "none" && turn.tool) {
    turn.tool.reset();
    if (turn.words.empty())
      turn = brain_.fill_in("");
  }
  opened_ = true;
  reply_port port;
  port.emit = [this](std::string_view type, const filler& fill) { emit(type, fill); };
  port.item_grew = [this](const std::string& item_id, int audio_ms) {
    remember(item_id, audio_ms);
  };
  port.over = [this] {
    // The response may be the one that is calling.
    world_.time.post([done = std::exchange(reply_, nullptr)] {});
  };
  bool speaks = config_.speaks;
  for (const auto& modality : options["output_modalities"].items())
    speaks = modality.text_or("") == "audio";
  const auto metadata =
      options["metadata"].is_object() ? options["metadata"].dump() : "null";
  reply_ = std::make_shared<realtime_reply>(
      world_, std::move(turn), config_.output, speaks, metadata, std::move(port));
  reply_->start();
}

void realtime_session::remember(const std::string& item_id, int audio_ms) {
  if (!items_.contains(item_id)) {
    item_order_.push_back(item_id);
    last_item_id_ = item_id;
  }
  items_[item_id] = audio_ms;
  if (item_order_.size() > items_max) {
    items_.erase(item_order_.front());
    item_order_.pop_front();
  }
}

void realtime_session::later(double seconds, std::function<void()> run) {
  auto kept = std::make_shared<timer>();
  *kept = world_.time.after(
      seconds, [kept, self = shared_from_this(), run = std::move(run)] { run(); });
}

} // namespace caly::sim
