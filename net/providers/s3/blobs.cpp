#include "net/providers/s3/blobs.hpp"

#include "net/providers/s3/codec.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace caly::s3 {

namespace {

using self_t = self_ptr<blobs_self_actor, blobs_state>;

/// What every request needs.
struct desk {
  self_t self;
  std::shared_ptr<const blobs_options> options;
  http_requests_actor http;
  wall_clock clock;
};

using on_answer = std::function<void(caf::expected<http_answer>)>;

void send(const desk& at, std::uint64_t number);

void finish(const desk& at, std::uint64_t number, caf::expected<http_answer> answer) {
  auto entry = at.self->state.running.extract(number);
  if (!entry)
    return;
  if (!answer)
    ++at.self->state.failed_total;
  entry.mapped().then(std::move(answer));
}

void take(const desk& at, std::uint64_t number, http_answer answer) {
  auto& running = at.self->state.running;
  const auto found = running.find(number);
  if (found == running.end())
    return;
  const auto said = judge(answer);
  if (said == verdict::done || said == verdict::absent)
    return finish(at, number, std::move(answer));
  auto& entry = found->second;
  if (said == verdict::refused || entry.tries >= at.options->tries_max)
    return finish(at, number, failure_of(answer));
  ++at.self->state.retries_total;
  const auto pause = std::max<std::chrono::milliseconds>(
      at.options->first_pause * (1 << (entry.tries - 1)),
      std::chrono::seconds{std::min(answer.retry_after_s, 30)});
  at.self->delayed_anon_send(at.self, pause, try_again{number});
}

void send(const desk& at, std::uint64_t number) {
  const auto found = at.self->state.running.find(number);
  if (found == at.self->state.running.end())
    return;
  ++found->second.tries;
  ++at.self->state.requests_total;
  // Signed anew for each try: a signature is good for fifteen minutes.
  auto call = signed_call(at.options->at, found->second.what, at.clock());
  call.deadline = at.options->deadline;
  at.self
      ->request(at.http, at.options->deadline + std::chrono::seconds{3}, std::move(call))
      .then([at, number](http_answer& answer) { take(at, number, std::move(answer)); },
            [at, number](const caf::error&) {
              http_answer none;
              none.problem = "no answer in time";
              take(at, number, std::move(none));
            });
}

void ask(const desk& at, object_request what, on_answer then) {
  const auto number = ++at.self->state.last_number;
  at.self->state.running.emplace(number,
                                 running_request{std::move(what), 0, std::move(then)});
  send(at, number);
}

/// A file on its way up, piece by piece.
struct upload : std::enable_shared_from_this<upload> {
  desk at;
  put_blob what;
  std::ifstream in;
  std::uint64_t bytes = 0;
  std::string id; ///< of a multipart upload
  std::vector<std::string> etags;
  caf::typed_response_promise<bool> promise;

  void run() {
    if (bytes < at.options->multipart_from)
      return put_whole();
    object_request begin{"POST", what.key, {{"uploads", ""}}, headers(), {}};
    const auto me = shared_from_this();
    ask(at, std::move(begin), [me](caf::expected<http_answer> answer) {
      if (!answer || judge(*answer) != verdict::done)
        return me->fail(answer ? failure_of(*answer) : std::move(answer.error()));
      me->id = xml_text(answer->body, "UploadId");
      if (me->id.empty())
        return me->fail(caf::make_error(errc::refused, "s3: an upload without an id"));
      me->put_part();
    });
  }

private:
  text_map headers() const { return {{"content-type", what.content_type}}; }

  void put_whole() {
    auto body = next(bytes);
    if (body.size() != bytes)
      return fail(caf::make_error(errc::unavailable, "cannot read " + what.file));
    object_request put{"PUT", what.key, {}, headers(), std::move(body)};
    const auto me = shared_from_this();
    ask(at, std::move(put), [me](caf::expected<http_answer> answer) {
      if (answer && judge(*answer) == verdict::done)
        return me->done();
      me->fail(answer ? failure_of(*answer) : std::move(answer.error()));
    });
  }

  void put_part() {
    auto body = next(at.options->part_bytes);
    if (body.empty())
      return complete();
    object_request put{
        "PUT",
        what.key,
        {{"partNumber", std::to_string(etags.size() + 1)}, {"uploadId", id}},
        {},
        std::move(body)};
    const auto me = shared_from_this();
    ask(at, std::move(put), [me](caf::expected<http_answer> answer) {
      if (!answer || judge(*answer) != verdict::done)
        return me->abort(answer ? failure_of(*answer) : std::move(answer.error()));
      me->etags.push_back(std::move(answer->etag));
      me->put_part();
    });
  }

  void complete() {
    object_request end{"POST",
                       what.key,
                       {{"uploadId", id}},
                       {{"content-type", "application/xml"}},
                       complete_upload(etags)};
    const auto me = shared_from_this();
    ask(at, std::move(end), [me](caf::expected<http_answer> answer) {
      if (!answer)
        return me->abort(std::move(answer.error()));
      if (judge(*answer) == verdict::done)
        return me->done();
      // An earlier try completed it, and its answer got lost: the object is there then.
      me->look_whether_whole();
    });
  }

  void look_whether_whole() {
    object_request look{"GET", what.key, {}, {{"range", "bytes=0-0"}}, {}};
    const auto me = shared_from_this();
    ask(at, std::move(look), [me](caf::expected<http_answer> answer) {
      if (answer && judge(*answer) == verdict::done)
        return me->done();
      me->fail(caf::make_error(errc::unavailable, "s3: the upload got lost"));
    });
  }

  /// Parts without an end would be kept, and paid for.
  void abort(caf::error why) {
    object_request drop{"DELETE", what.key, {{"uploadId", id}}, {}, {}};
    const auto me = shared_from_this();
    ask(at, std::move(drop), [me, why](const caf::expected<http_answer>&) {
      me->fail(why);
    });
  }

  std::string next(std::uint64_t bytes_max) {
    std::string out(bytes_max, '\0');
    in.read(out.data(), static_cast<std::streamsize>(bytes_max));
    out.resize(static_cast<std::size_t>(in.gcount()));
    return out;
  }

  void done() {
    auto& state = at.self->state;
    ++state.put_total;
    state.put_bytes_total += bytes;
    promise.deliver(true);
  }

  void fail(caf::error why) { promise.deliver(std::move(why)); }
};

caf::result<bool> put(const desk& at, const put_blob& ask) {
  std::error_code failure;
  auto made = std::make_shared<upload>();
  made->bytes = std::filesystem::file_size(ask.file, failure);
  made->in.open(ask.file, std::ios::binary);
  if (failure || !made->in)
    return caf::make_error(errc::unavailable, "cannot read " + ask.file);
  made->at = at;
  made->what = ask;
  made->promise = at.self->make_response_promise<bool>();
  made->run();
  return made->promise;
}

caf::result<blob_piece> read(const desk& at, const read_blob& wish) {
  if (wish.bytes_max == 0)
    return caf::make_error(errc::invalid, "nothing is asked for");
  object_request get{"GET",
                     wish.key,
                     {},
                     {{"range",
                       "bytes=" + std::to_string(wish.offset) + '-' +
                           std::to_string(wish.offset + wish.bytes_max - 1)}},
                     {}};
  auto promise = at.self->make_response_promise<blob_piece>();
  ask(at, std::move(get), [promise](caf::expected<http_answer> answer) mutable {
    if (!answer)
      return void(promise.deliver(std::move(answer.error())));
    if (judge(*answer) == verdict::absent)
      return void(promise.deliver(caf::make_error(errc::not_found, "no such object")));
    blob_piece out;
    out.bytes = std::move(answer->body);
    promise.deliver(std::move(out));
  });
  return promise;
}

caf::result<bool> remove(const desk& at, const remove_blob& wish) {
  auto promise = at.self->make_response_promise<bool>();
  ask(at,
      {"DELETE", wish.key, {}, {}, {}},
      [promise](caf::expected<http_answer> answer) mutable {
        if (!answer)
          return void(promise.deliver(std::move(answer.error())));
        promise.deliver(judge(*answer) == verdict::done);
      });
  return promise;
}

} // namespace

blobs_self_actor::behavior_type
blobs(self_t self, blobs_options options, http_requests_actor http, wall_clock clock) {
  const desk at{self,
                std::make_shared<const blobs_options>(std::move(options)),
                std::move(http),
                std::move(clock)};
  return {
      [at](const put_blob& ask) { return put(at, ask); },
      [at](const read_blob& ask) { return read(at, ask); },
      [at](const remove_blob& ask) { return remove(at, ask); },
      [self](const get_status&) {
        status_report report;
        const auto& state = self->state;
        caf::put(report, "running", state.running.size());
        caf::put(report, "requests_total", state.requests_total);
        caf::put(report, "retries_total", state.retries_total);
        caf::put(report, "failed_total", state.failed_total);
        caf::put(report, "put_total", state.put_total);
        caf::put(report, "put_bytes_total", state.put_bytes_total);
        return report;
      },
      [at](const try_again& wish) { send(at, wish.number); },
  };
}

} // namespace caly::s3
