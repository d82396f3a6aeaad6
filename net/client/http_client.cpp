#include "net/client/http_client.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace caly {

namespace {

/// Connections that wait for their next request.
constexpr long connections_kept_max = 256;
constexpr std::size_t handles_kept_max = 256;

/// The least that libcurl takes. Its default of 64 KiB a request was two fifths of what a
/// busy node held at its worst.
constexpr long send_buffer_bytes = 16 << 10;
/// For answers that tell how a create went.
constexpr long small_answer_bytes = 4 << 10;

/// Whether the body of a request may leave.
enum class permission : std::uint8_t { unasked, asked, given, refused };

struct transfer {
  http_call call;
  permission body = permission::unasked;
  std::size_t body_read = 0;
  std::function<void()> ask; ///< asks `call.still_wanted`; set while it runs
  std::uint64_t number = 0;  ///< 0: not streamed.
  http_taker taker;
  std::size_t taken = 0; ///< Bytes handed on in pieces.
  http_answer answer;
  curl_slist* headers = nullptr;
  bool too_large = false;
  bool too_late = false;
  CURL* easy = nullptr;
  std::list<std::unique_ptr<transfer>>::iterator place;

  ~transfer() { curl_slist_free_all(headers); }

  bool fuse_burnt() const {
    return call.not_after != boot_clock::time_point{} &&
           boot_clock::now() > call.not_after;
  }
};

/// Runs when the connection stands and nothing was written yet.
int on_connected(void* user, char*, char*, int, int) {
  auto& each = *static_cast<transfer*>(user);
  each.too_late = each.fuse_burnt();
  return each.too_late ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/// Hands the body out, once it is wanted.
std::size_t on_read(char* to, std::size_t, std::size_t room, void* user) {
  auto& each = *static_cast<transfer*>(user);
  if (each.body == permission::unasked) {
    each.body = permission::asked;
    each.ask();
  }
  if (each.body == permission::asked)
    return CURL_READFUNC_PAUSE;
  if (each.body == permission::refused || (each.body_read == 0 && each.fuse_burnt()))
    return CURL_READFUNC_ABORT;
  const auto bytes = std::min(room, each.call.body.size() - each.body_read);
  std::memcpy(to, each.call.body.data() + each.body_read, bytes);
  each.body_read += bytes;
  return bytes;
}

/// Whether the body is what a stream was asked for, and not a document about it.
bool comes_in_pieces(const transfer& each) {
  if (each.number == 0)
    return false;
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(each.easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(each.easy, CURLINFO_CONTENT_TYPE, &type);
  const std::string_view kind = type != nullptr ? type : "";
  return status >= 200 && status < 300 && !kind.starts_with("application/json") &&
         !kind.starts_with("text/html");
}

std::size_t hand_on(transfer& each, std::string_view piece) {
  if (each.taken + piece.size() > each.taker.bytes_max) {
    each.too_large = true;
    return 0;
  }
  if (!each.taker.piece(piece))
    return CURL_WRITEFUNC_PAUSE;
  each.taken += piece.size();
  return piece.size();
}

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& each = *static_cast<transfer*>(user);
  if (comes_in_pieces(each))
    return hand_on(each, {bytes, count});
  if (each.answer.body.size() + count > http_client::body_bytes_max) {
    each.too_large = true;
    return 0;
  }
  each.answer.body.append(bytes, count);
  return count;
}

/// True when the failure came before anything of the request could leave.
bool nothing_left(CURLcode code, CURL* easy) {
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_CONNECT:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_URL_MALFORMAT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
    return true;
  case CURLE_OPERATION_TIMEDOUT: {
    // No connection was made in time, so no request was written.
    curl_off_t connected = 0;
    long sent = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    return connected == 0 && sent == 0;
  }
  default:
    return false;
  }
}

void prepare(CURL* easy, transfer& each) {
  curl_easy_reset(easy);
  const auto& call = each.call;
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 2000L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.deadline.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &each);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &each);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, send_buffer_bytes);
  if (call.fresh_connection) {
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, small_answer_bytes);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
  if (!call.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, call.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, call.password.c_str());
  }
  if (!call.body.empty() || call.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
    if (call.still_wanted) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, &on_read);
      curl_easy_setopt(easy, CURLOPT_READDATA, &each);
    } else {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.c_str());
    }
  }
  for (const auto& header : call.headers)
    each.headers = curl_slist_append(each.headers, header.c_str());
  // Waiting for a 100-continue would only cost time.
  each.headers = curl_slist_append(each.headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, each.headers);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &each);
}

} // namespace

struct http_client::impl : std::enable_shared_from_this<http_client::impl> {
  CURLM* multi = curl_multi_init();
  std::mutex mutex;
  std::list<std::unique_ptr<transfer>> waiting;
  std::atomic<std::size_t> in_flight{0};
  std::atomic<bool> stopping{false};
  std::list<std::unique_ptr<transfer>> running;
  std::vector<CURL*> spare; // handles cost more to make than to clean
  std::uint64_t questions_total = 0;
  std::unordered_map<std::uint64_t, transfer*> asking; // by number of the question
  std::vector<std::pair<std::uint64_t, bool>> answers; // under the mutex
  enum class wish : std::uint8_t { resume, cancel };
  std::atomic<std::uint64_t> streams_total{0};
  std::unordered_map<std::uint64_t, transfer*> streams;
  std::vector<std::pair<std::uint64_t, wish>> wishes; // under the mutex
  std::thread thread;

  impl() { curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections_kept_max); }

  ~impl() {
    for (auto* easy : spare)
      curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }

  void finish(std::unique_ptr<transfer> each) {
    --in_flight;
    each->taker.done(std::move(each->answer));
  }

  CURL* take_handle() {
    if (spare.empty())
      return curl_easy_init();
    auto* easy = spare.back();
    spare.pop_back();
    return easy;
  }

  /// Whoever answers may do so on any thread, and after the request is over.
  void ask(transfer& each) {
    const auto number = ++questions_total;
    asking.emplace(number, &each);
    each.call.still_wanted([weak = weak_from_this(), number](bool yes) {
      const auto me = weak.lock();
      if (!me)
        return;
      {
        const std::lock_guard lock{me->mutex};
        me->answers.emplace_back(number, yes);
      }
      curl_multi_wakeup(me->multi);
    });
  }

  void take_answers() {
    std::vector<std::pair<std::uint64_t, bool>> fresh;
    {
      const std::lock_guard lock{mutex};
      fresh.swap(answers);
    }
    for (const auto& [number, yes] : fresh)
      if (const auto found = asking.extract(number)) {
        found.mapped()->body = yes ? permission::given : permission::refused;
        curl_easy_pause(found.mapped()->easy, CURLPAUSE_CONT);
      }
  }

  void forget(const transfer& each) {
    streams.erase(each.number);
    if (each.body == permission::asked)
      std::erase_if(asking, [&](const auto& entry) { return entry.second == &each; });
  }

  void begin(std::unique_ptr<transfer> each) {
    if (each->fuse_burnt()) {
      each->answer.outcome = http_outcome::too_late;
      each->answer.problem = "the fuse burnt out before the request could start";
      finish(std::move(each));
      return;
    }
    auto* easy = take_handle();
    prepare(easy, *each);
    each->ask = [this, asker = each.get()] { ask(*asker); };
    auto& kept = *each;
    kept.easy = easy;
    if (kept.number != 0)
      streams.emplace(kept.number, &kept);
    kept.place = running.insert(running.end(), std::move(each));
    curl_multi_add_handle(multi, easy);
  }

  void take_waiting() {
    std::list<std::unique_ptr<transfer>> fresh;
    std::vector<std::pair<std::uint64_t, wish>> asked;
    {
      const std::lock_guard lock{mutex};
      fresh.swap(waiting);
      asked.swap(wishes);
    }
    for (auto& each : fresh)
      begin(std::move(each));
    for (const auto& [number, what] : asked)
      if (const auto found = streams.find(number); found == streams.end())
        continue;
      else if (what == wish::resume)
        curl_easy_pause(found->second->easy, CURLPAUSE_CONT);
      else
        cancel(*found->second);
  }

  void tell(std::uint64_t number, wish what) {
    {
      const std::lock_guard lock{mutex};
      wishes.emplace_back(number, what);
    }
    curl_multi_wakeup(multi);
  }

  void cancel(transfer& each) {
    auto kept = std::move(*each.place);
    running.erase(each.place);
    abandon(std::move(kept), http_outcome::unknown, "it was cancelled");
  }

  void complete(CURL* easy, CURLcode code) {
    transfer* user = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
    auto each = std::move(*user->place);
    running.erase(each->place);
    forget(*each);
    // The request was never whole, so nobody acted upon it.
    if (each->call.still_wanted && each->body_read == 0 && code != CURLE_OK &&
        !nothing_left(code, easy))
      each->too_late = true;
    auto& answer = each->answer;
    if (code == CURLE_OK) {
      long status = 0;
      curl_off_t retry_after = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
      answer.outcome = http_outcome::answered;
      answer.status = static_cast<int>(status);
      answer.retry_after_s = static_cast<std::int32_t>(retry_after);
      curl_header* etag = nullptr;
      if (curl_easy_header(easy, "ETag", 0, CURLH_HEADER, -1, &etag) == CURLHE_OK)
        answer.etag = etag->value;
    } else {
      answer.outcome = each->too_late             ? http_outcome::too_late
                       : nothing_left(code, easy) ? http_outcome::never_sent
                                                  : http_outcome::unknown;
      answer.problem = each->body == permission::refused
                           ? "it was not wanted any more when it could be sent"
                       : each->too_late  ? "the fuse burnt out before it could be sent"
                       : each->too_large ? "the answer is too large"
                                         : curl_easy_strerror(code);
    }
    curl_multi_remove_handle(multi, easy);
    if (spare.size() < handles_kept_max)
      spare.push_back(easy);
    else
      curl_easy_cleanup(easy);
    finish(std::move(each));
  }

  void
  abandon(std::unique_ptr<transfer> each, http_outcome outcome, const char* problem) {
    forget(*each);
    if (each->easy != nullptr) {
      curl_multi_remove_handle(multi, each->easy);
      curl_easy_cleanup(each->easy);
    }
    each->answer.outcome = outcome;
    each->answer.problem = problem;
    finish(std::move(each));
  }

  void run() {
    while (!stopping) {
      take_waiting();
      take_answers();
      int active = 0;
      curl_multi_perform(multi, &active);
      int left = 0;
      while (const auto* message = curl_multi_info_read(multi, &left))
        if (message->msg == CURLMSG_DONE)
          complete(message->easy_handle, message->data.result);
      curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    asking.clear();
    while (!running.empty()) {
      auto each = std::move(running.front());
      running.pop_front();
      abandon(std::move(each), http_outcome::unknown, "the client stopped");
    }
    std::list<std::unique_ptr<transfer>> left_over;
    {
      const std::lock_guard lock{mutex};
      left_over.swap(waiting);
    }
    for (auto& each : left_over)
      abandon(std::move(each), http_outcome::never_sent, "the client stopped");
  }

  void submit(std::unique_ptr<transfer> each) {
    if (in_flight.fetch_add(1) >= in_flight_max) {
      each->answer.outcome = http_outcome::never_sent;
      each->answer.problem = "too many requests are under way";
      return finish(std::move(each));
    }
    {
      const std::lock_guard lock{mutex};
      waiting.push_back(std::move(each));
    }
    curl_multi_wakeup(multi);
  }
};

http_client::http_client() {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK)
    std::abort();
  impl_ = std::make_shared<impl>();
  impl_->thread = std::thread{[kept = impl_] { kept->run(); }};
}

http_client::~http_client() {
  impl_->stopping = true;
  curl_multi_wakeup(impl_->multi);
  // Whoever held the client last may let go of it within one of its callbacks.
  if (impl_->thread.get_id() == std::this_thread::get_id())
    impl_->thread.detach();
  else
    impl_->thread.join();
}

void http_client::submit(http_call call, std::function<void(http_answer)> done) {
  auto each = std::make_unique<transfer>();
  each->call = std::move(call);
  each->taker.done = std::move(done);
  impl_->submit(std::move(each));
}

std::uint64_t http_client::stream(http_call call, http_taker taker) {
  auto each = std::make_unique<transfer>();
  each->call = std::move(call);
  each->taker = std::move(taker);
  const auto number = each->number = ++impl_->streams_total;
  impl_->submit(std::move(each));
  return number;
}

void http_client::resume(std::uint64_t number) {
  impl_->tell(number, impl::wish::resume);
}

void http_client::cancel(std::uint64_t number) {
  impl_->tell(number, impl::wish::cancel);
}

} // namespace caly
