#include "net/providers/twilio/recordings.hpp"

#include "net/providers/twilio/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <utility>

namespace caly::twilio {

/// Invariant: `posted` while a `download_moved` is on its way.
struct download_box {
  std::mutex mutex;
  std::string waiting;
  std::optional<http_answer> answer;
  bool full = false;
  bool posted = false;
};

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<recordings_self_actor, recordings_state>;

/// Read and not written yet; the service waits meanwhile.
constexpr std::size_t waiting_bytes_max = 256 << 10;

struct desk {
  self_t self;
  std::shared_ptr<const recordings_options> options;
  http_requests_actor http;
  std::shared_ptr<http_client> client;
};

http_call request(const desk& at, std::string method, const std::string& path) {
  http_call call;
  call.method = std::move(method);
  call.url =
      at.options->base_url + "/2010-04-01/Accounts/" + at.options->account_sid + path;
  call.user = at.options->account_sid;
  call.password = at.options->auth_token;
  return call;
}

http_call post(const desk& at, const std::string& path, const form_fields& fields) {
  auto call = request(at, "POST", path);
  call.headers.push_back("Content-Type: application/x-www-form-urlencoded");
  call.body = write_form(fields);
  return call;
}

std::string of_call(const std::string& sid) {
  return "/Calls/" + url_encode(sid) + "/Recordings";
}

/// What went wrong, without anything that the answer says.
caf::error trouble(const http_answer& answer) {
  if (answer.outcome != http_outcome::answered)
    return caf::make_error(errc::unavailable, answer.problem);
  const auto text = "HTTP " + std::to_string(answer.status);
  // A wrong account may be mended; the rest of 4xx says no to this request.
  const bool may_change = answer.status >= 500 || answer.status < 400 ||
                          answer.status == 401 || answer.status == 403 ||
                          answer.status == 408 || answer.status == 429;
  return caf::make_error(may_change ? errc::unavailable : errc::refused, text);
}

bool is_ok(const http_answer& answer) {
  return answer.outcome == http_outcome::answered && answer.status >= 200 &&
         answer.status < 300;
}

/// Sends it once; `read` makes the answer of it.
template <class T>
caf::result<T> send(const desk& at,
                    http_call call,
                    std::function<caf::expected<T>(const http_answer&)> read) {
  ++at.self->state.requests_total;
  auto promise = at.self->template make_response_promise<T>();
  const auto patience = call.deadline + 3s;
  at.self->request(at.http, patience, std::move(call))
      .then(
          [at, promise, read](const http_answer& answer) mutable {
            auto meaning = read(answer);
            at.self->state.failed_total += meaning ? 0 : 1;
            if (meaning)
              promise.deliver(std::move(*meaning));
            else
              promise.deliver(std::move(meaning.error()));
          },
          [at, promise](caf::error& why) mutable {
            ++at.self->state.failed_total;
            promise.deliver(std::move(why));
          });
  return promise;
}

caf::expected<std::string> read_begun(const http_answer& answer) {
  if (is_ok(answer)) {
    const auto recording = json::parse(answer.body);
    const auto sid = recording ? (*recording)["sid"].text_or("") : std::string_view{};
    if (!sid.empty() && sid.size() <= 64)
      return std::string{sid};
    return caf::make_error(errc::outcome_unknown, "an answer without a recording");
  }
  if (answer.outcome == http_outcome::never_sent)
    return trouble(answer);
  if (answer.outcome != http_outcome::answered || answer.status >= 500)
    return caf::make_error(errc::outcome_unknown, to_string(trouble(answer)));
  return trouble(answer);
}

caf::result<std::string> begin(const desk& at, const begin_carrier_recording& ask) {
  const auto told_at = at.options->public_url +
                       "/twiml/recording?tenant=" + ask.tenant.str() +
                       "&call=" + ask.call.str();
  return send<std::string>(
      at,
      post(at,
           of_call(ask.provider_call_id) + ".json",
           {{"RecordingChannels", "dual"},
            {"RecordingTrack", "both"},
            {"Trim", "do-not-trim"},
            {"RecordingStatusCallback", told_at},
            {"RecordingStatusCallbackMethod", "POST"},
            {"RecordingStatusCallbackEvent", "in-progress completed absent"}}),
      read_begun);
}

/// The recording that runs, also one whose name we were not told.
std::string current_of(const std::string& call) {
  return of_call(call) + "/Twilio.CURRENT.json";
}

/// A success that names another status has changed nothing.
caf::expected<bool> read_steered(const http_answer& answer, std::string_view wanted) {
  if (!is_ok(answer))
    return trouble(answer);
  const auto recording = json::parse(answer.body);
  if (!recording || (*recording)["status"].text_or("") != wanted)
    return caf::make_error(errc::unavailable,
                           "the recording is not " + std::string{wanted});
  return true;
}

caf::result<bool> steer(const desk& at, const steer_carrier_recording& ask) {
  const std::string wanted = ask.paused ? "paused" : "in-progress";
  form_fields fields{{"Status", wanted}};
  if (ask.paused)
    fields.emplace_back("PauseBehavior", "silence");
  return send<bool>(
      at,
      post(at, current_of(ask.provider_call_id), fields),
      [wanted](const http_answer& answer) { return read_steered(answer, wanted); });
}

caf::expected<carrier_recording_list> read_list(const http_answer& answer) {
  carrier_recording_list out;
  // A call that is not there any more has none.
  if (answer.outcome == http_outcome::answered && answer.status == 404)
    return out;
  if (!is_ok(answer))
    return trouble(answer);
  const auto page = json::parse(answer.body, {1 << 20, 16, 100'000, 32, 3});
  if (!page || !(*page)["recordings"].is_array())
    return caf::make_error(errc::unavailable, "an unreadable list of recordings");
  for (const auto& each : (*page)["recordings"].items()) {
    const auto sid = each["sid"].text_or("");
    const auto status = recording_status(each["status"].text_or(""));
    // Others of the account may record the call in ways of their own.
    if (status && !sid.empty() && sid.size() <= 64 &&
        each["source"].text_or("") == "StartCallRecordingAPI")
      out.entries.push_back({std::string{sid}, *status});
  }
  return out;
}

caf::result<carrier_recording_list> list(const desk& at,
                                         const list_carrier_recordings& ask) {
  return send<carrier_recording_list>(
      at,
      request(at, "GET", of_call(ask.provider_call_id) + ".json?PageSize=50"),
      read_list);
}

caf::expected<bool> read_removed(const http_answer& answer) {
  if (is_ok(answer) || (answer.outcome == http_outcome::answered && answer.status == 404))
    return true;
  return trouble(answer);
}

caf::result<bool> remove(const desk& at, const remove_carrier_recording& ask) {
  const auto erase = [at, ask] {
    return request(at, "DELETE", "/Recordings/" + url_encode(ask.recording) + ".json");
  };
  if (ask.over)
    return send<bool>(at, erase(), read_removed);
  auto promise = at.self->make_response_promise<bool>();
  const auto failed = [promise](caf::error& why) mutable {
    promise.deliver(std::move(why));
  };
  // One that runs cannot be deleted. Whether it had ended already the next answer tells.
  at.self
      ->request(
          at.http,
          15s,
          post(at,
               of_call(ask.provider_call_id) + '/' + url_encode(ask.recording) + ".json",
               {{"Status", "stopped"}}))
      .then(
          [at, erase, promise, failed](const http_answer&) mutable {
            at.self->request(at.http, 15s, erase())
                .then(
                    [promise](const http_answer& answer) mutable {
                      auto gone = read_removed(answer);
                      if (gone)
                        promise.deliver(true);
                      else
                        promise.deliver(std::move(gone.error()));
                    },
                    failed);
          },
          failed);
  return promise;
}

// -- fetching

/// On the client's thread: one message for all that comes until the actor looks.
http_taker taker_of(const self_t& self,
                    std::uint64_t number,
                    const std::shared_ptr<download_box>& box,
                    std::uint64_t bytes_max) {
  const auto post = [number, me = recordings_self_actor{self}](download_box& to) {
    if (!std::exchange(to.posted, true))
      caf::anon_send(me, download_moved{number});
  };
  http_taker out;
  out.bytes_max = bytes_max + 2 * waiting_bytes_max; // the actor stops it before
  out.piece = [box, post](std::string_view piece) {
    const std::lock_guard lock{box->mutex};
    box->full = box->waiting.size() + piece.size() > waiting_bytes_max;
    if (box->full)
      return false;
    box->waiting += piece;
    post(*box);
    return true;
  };
  out.done = [box, post](http_answer answer) {
    const std::lock_guard lock{box->mutex};
    box->answer = std::move(answer);
    post(*box);
  };
  return out;
}

void forget(const std::string& path) {
  std::error_code ignored; // it goes with the folder when the node starts again
  std::filesystem::remove(path, ignored);
}

caf::result<std::uint64_t> fetch(const desk& at, const fetch_carrier_recording& ask) {
  auto& state = at.self->state;
  ++state.requests_total;
  download each;
  each.path = ask.file;
  each.bytes_max = ask.bytes_max;
  each.file.open(ask.file, std::ios::binary | std::ios::trunc);
  if (!each.file)
    return caf::make_error(errc::unavailable, "cannot write " + ask.file);
  each.box = std::make_shared<download_box>();
  each.client = at.client;
  each.told = at.self->make_response_promise<std::uint64_t>();
  auto promise = each.told;
  auto call = request(
      at, "GET", "/Recordings/" + url_encode(ask.recording) + ".wav?RequestedChannels=2");
  call.deadline = at.options->fetch_deadline;
  const auto number = ++state.last_number;
  each.request = at.client->stream(std::move(call),
                                   taker_of(at.self, number, each.box, ask.bytes_max));
  state.downloads.emplace(number, std::move(each));
  return promise;
}

caf::error problem_of(download& each, const http_answer& answer) {
  if (answer.outcome == http_outcome::answered && answer.status == 404)
    return caf::make_error(errc::not_found, "HTTP 404");
  if (answer.outcome != http_outcome::answered || answer.status != 200)
    return trouble(answer);
  // A document in place of audio came whole, and not in pieces.
  if (!answer.body.empty() || each.bytes == 0)
    return caf::make_error(errc::unavailable, "an answer without audio");
  each.file.close();
  if (!each.file)
    return caf::make_error(errc::unavailable, "cannot write " + each.path);
  return {};
}

void go_on(const desk& at, const download_moved& moved) {
  auto& state = at.self->state;
  const auto found = state.downloads.find(moved.number);
  if (found == state.downloads.end())
    return;
  auto& each = found->second;
  std::string pieces;
  std::optional<http_answer> answer;
  bool was_full = false;
  {
    const std::lock_guard lock{each.box->mutex};
    pieces.swap(each.box->waiting);
    answer.swap(each.box->answer);
    was_full = std::exchange(each.box->full, false);
    each.box->posted = false;
  }
  if (was_full)
    each.client->resume(each.request);
  each.bytes += pieces.size();
  const bool too_large = each.bytes > each.bytes_max;
  if (!too_large)
    each.file.write(pieces.data(), static_cast<std::streamsize>(pieces.size()));
  if (!answer && !too_large)
    return;
  auto ended = std::move(found->second);
  state.downloads.erase(found);
  ended.client->cancel(ended.request);
  auto problem =
      too_large ? caf::make_error(errc::too_large, "longer than the call may have been")
                : problem_of(ended, *answer);
  if (!problem) {
    state.fetched_bytes_total += ended.bytes;
    ended.told.deliver(ended.bytes);
    return;
  }
  ++state.failed_total;
  ended.file.close();
  forget(ended.path);
  ended.told.deliver(std::move(problem));
}

} // namespace

recordings_state::~recordings_state() {
  for (auto& [number, each] : downloads) {
    each.client->cancel(each.request);
    each.file.close();
    forget(each.path);
  }
}

recordings_self_actor::behavior_type recordings(self_t self,
                                                recordings_options options,
                                                http_requests_actor http,
                                                std::shared_ptr<http_client> client) {
  const desk at{self,
                std::make_shared<const recordings_options>(std::move(options)),
                std::move(http),
                std::move(client)};
  return {
      [at](const begin_carrier_recording& ask) { return begin(at, ask); },
      [at](const steer_carrier_recording& ask) { return steer(at, ask); },
      [at](const list_carrier_recordings& ask) { return list(at, ask); },
      [at](const fetch_carrier_recording& ask) { return fetch(at, ask); },
      [at](const remove_carrier_recording& ask) { return remove(at, ask); },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "downloads", state.downloads.size());
        caf::put(report, "requests_total", state.requests_total);
        caf::put(report, "failed_total", state.failed_total);
        caf::put(report, "fetched_bytes_total", state.fetched_bytes_total);
        return report;
      },
      [at](const download_moved& moved) { go_on(at, moved); },
  };
}

} // namespace caly::twilio
