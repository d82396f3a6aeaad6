#include "net/providers/openai/minds.hpp"

#include "net/client/http_stream.hpp"
#include "net/client/sse_reader.hpp"
#include "net/providers/openai/api_base.hpp"
#include "net/providers/openai/chat_stream.hpp"
#include "net/providers/openai/response_stream.hpp"

#include <boost/asio/post.hpp>

#include <map>

namespace caly::openai {

namespace {

constexpr std::size_t thoughts_max = 8;
constexpr std::size_t stream_bytes_max = 8 << 20;

class streamed_mind : public mind {
public:
  streamed_mind(mind_listener& listener,
                boost::asio::io_context& io,
                std::shared_ptr<http_client> client,
                const mind_options& options)
      : listener_{listener}, io_{io}, client_{std::move(client)}, options_{options} {}

  ~streamed_mind() override { *alive_ = false; }

  void think(std::uint64_t number, const thought_plan& plan) override {
    if (thoughts_.size() == thoughts_max)
      return refuse(number, "too many thoughts at a time");
    auto& each = thoughts_[number];
    if (options_.speaks == mind_options::format::responses)
      each.reader = std::make_unique<response_reader>();
    else
      each.reader = std::make_unique<chat_reader>();
    each.stream = std::make_unique<http_stream>(
        client_,
        io_,
        request_for(plan),
        http_stream::handlers{
            [this, number](std::string_view piece) { take(number, piece); },
            [this, number](const http_answer& answer) { finish(number, answer); }},
        stream_bytes_max);
  }

  void cancel(std::uint64_t number) override { thoughts_.erase(number); }

private:
  struct thought {
    std::unique_ptr<thought_reader> reader;
    sse_reader events;
    std::unique_ptr<http_stream> stream;
    /// It was told, and only the end of the stream is missing: whoever cut it there would
    /// lose the connection for the next thought.
    bool told = false;
  };

  http_call request_for(const thought_plan& plan) const {
    const auto responses = options_.speaks == mind_options::format::responses;
    http_call call;
    call.method = "POST";
    call.url =
        api_base(options_.base_url) + (responses ? "/responses" : "/chat/completions");
    call.headers = {"Content-Type: application/json", "Accept: text/event-stream"};
    if (!options_.api_key.empty())
      call.headers.push_back("Authorization: Bearer " + options_.api_key);
    call.body = responses ? response_request(plan, options_.model)
                          : chat_request(plan, options_.model, options_.tokens_field);
    call.deadline = options_.deadline;
    return call;
  }

  void take(std::uint64_t number, std::string_view piece) {
    const auto alive = alive_;
    auto* each = find(number);
    if (each == nullptr || each->told)
      return;
    each->events.add(piece);
    sse_event event;
    while (each->events.next(event)) {
      const auto words = each->reader->read(event.data);
      if (!words.empty())
        listener_.on_words(number, words);
      // Whoever listens may cancel the thought, or destroy the mind.
      if (!*alive || (each = find(number)) == nullptr)
        return;
      if (each->reader->complete() || each->reader->problem())
        return conclude(number, *each, false);
    }
    if (each->events.broken())
      fail(number, "an event is too large", false);
  }

  void finish(std::uint64_t number, const http_answer& answer) {
    const auto alive = alive_;
    auto* each = find(number);
    if (each == nullptr)
      return;
    if (each->told)
      return void(thoughts_.erase(number));
    if (answer.outcome != http_outcome::answered)
      return fail(number, answer.problem, true);
    if (answer.status < 200 || answer.status > 299) {
      const auto refusal = read_refusal(answer.status, answer.body);
      return fail(number, refusal.why, refusal.worth_repeating);
    }
    if (!answer.body.empty()) {
      const auto words = each->reader->read_whole(answer.body);
      if (!words.empty())
        listener_.on_words(number, words);
      if (!*alive || (each = find(number)) == nullptr)
        return;
    }
    conclude(number, *each, true);
  }

  /// The model has said everything, or the stream is `over`.
  void conclude(std::uint64_t number, thought& each, bool over) {
    if (const auto& problem = each.reader->problem())
      return fail(number, problem->why, problem->worth_repeating);
    // A server of Chat Completions may end without a word about it.
    const auto ended = each.reader->complete() ||
                       (options_.speaks == mind_options::format::chat_completions &&
                        each.reader->anything());
    if (!ended)
      return fail(number, "the answer stopped before its end", true);
    auto tools = each.reader->take_tools();
    each.told = true;
    if (over)
      thoughts_.erase(number);
    listener_.on_thought(number, std::move(tools));
  }

  void fail(std::uint64_t number, const std::string& why, bool worth_repeating) {
    const auto words = options_.name + ": " + why;
    thoughts_.erase(number);
    listener_.on_thought_failed(number, words, worth_repeating);
  }

  void refuse(std::uint64_t number, const char* why) {
    boost::asio::post(io_, [this, alive = alive_, number, why] {
      if (*alive)
        fail(number, why, true);
    });
  }

  thought* find(std::uint64_t number) {
    const auto found = thoughts_.find(number);
    return found == thoughts_.end() ? nullptr : &found->second;
  }

  mind_listener& listener_;
  boost::asio::io_context& io_;
  std::shared_ptr<http_client> client_;
  const mind_options options_;
  std::map<std::uint64_t, thought> thoughts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace

mind_maker make_minds(std::shared_ptr<http_client> client, mind_options options) {
  return [=](mind_listener& listener, boost::asio::io_context& io) {
    return std::make_unique<streamed_mind>(listener, io, client, options);
  };
}

} // namespace caly::openai
