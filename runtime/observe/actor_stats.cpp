#include "runtime/observe/actor_stats.hpp"

#include "runtime/observe/redact.hpp"
#include "runtime/observe/trace.hpp"

#include <caf/mailbox_element.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace caly {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t payload_chars_max = 512;
constexpr std::size_t error_chars_max = 1000;

std::int64_t to_ns(steady_clock::time_point at) {
  return std::chrono::duration_cast<nanoseconds>(at.time_since_epoch()).count();
}

steady_clock::time_point from_ns(std::int64_t ns) {
  return steady_clock::time_point{nanoseconds{ns}};
}

std::string path_of(const actor_stats* parent, const actor_label& label) {
  auto path = (parent != nullptr ? parent->path : "") + "/" + label.kind;
  return label.key.empty() ? path : path + ":" + label.key;
}

/// `acquire_slot` of the segment `/node/call:call_01` is `call:call_01`.
std::string last_segment(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

} // namespace

actor_stats::actor_stats(caf::actor_addr addr,
                         actor_label name,
                         const actor_stats* parent)
    : address{std::move(addr)},
      id{address.id()},
      parent_id{parent != nullptr ? parent->id : 0},
      label{std::move(name)},
      path{path_of(parent, label)},
      started{std::chrono::system_clock::now()} {}

std::uint64_t actor_stats::depth() const noexcept {
  // Read in this order, so that the difference cannot become negative.
  const auto done = handled_.load(std::memory_order_acquire);
  return enqueued_.load(std::memory_order_acquire) - done;
}

nanoseconds actor_stats::busy() const noexcept {
  return nanoseconds{busy_ns_.load(relaxed)};
}

actor_stats::handled_message actor_stats::current() const noexcept {
  return {current_type_.load(relaxed), from_ns(current_since_ns_.load(relaxed)), {}};
}

std::vector<actor_stats::handled_message> actor_stats::history() const {
  const auto count = handled_.load(std::memory_order_acquire);
  std::vector<handled_message> messages;
  const auto kept = std::min<std::uint64_t>(count, history_max);
  messages.reserve(kept);
  for (auto i = count - kept; i < count; ++i) {
    const auto& each = history_[i % history_max];
    messages.push_back({each.type.load(relaxed),
                        from_ns(each.at_ns.load(relaxed)),
                        nanoseconds{each.took_ns.load(relaxed)}});
  }
  return messages;
}

void actor_stats::supervised(std::string child_name,
                             std::uint32_t restarts,
                             std::string last_error) {
  std::lock_guard guard{mutex_};
  child_name_ = std::move(child_name);
  restarts_.store(restarts, relaxed);
  last_error_ = std::move(last_error);
}

void actor_stats::failed(std::string error) {
  if (error.size() > error_chars_max)
    error.resize(error_chars_max);
  std::lock_guard guard{mutex_};
  last_error_ = std::move(error);
}

std::string actor_stats::child_name() const {
  std::lock_guard guard{mutex_};
  return child_name_;
}

std::string actor_stats::last_error() const {
  std::lock_guard guard{mutex_};
  return last_error_;
}

void actor_stats::trace(std::shared_ptr<trace_buffer> buffer) {
  std::lock_guard guard{mutex_};
  if (trace_)
    trace_->stop("another trace took over");
  trace_ = std::move(buffer);
  traced_.store(trace_ != nullptr, relaxed);
}

void actor_stats::note_enqueued(caf::mailbox_element& x) {
  enqueued_.fetch_add(1, std::memory_order_release);
  if (running_actor != nullptr && running_actor->traced())
    running_actor->trace_out(*this, x);
}

void actor_stats::trace_in(caf::mailbox_element& x) {
  const auto from = x.sender ? "a:" + std::to_string(x.sender->id()) : "nobody";
  add_trace_line("IN ", "from", from, x, true);
}

void actor_stats::trace_out(const actor_stats& to, caf::mailbox_element& x) {
  const auto peer = fmt::format("a:{} {}", to.id, last_segment(to.path));
  add_trace_line("OUT", "to", peer, x, false);
}

void actor_stats::add_trace_line(const char* direction,
                                 const char* preposition,
                                 const std::string& peer,
                                 caf::mailbox_element& x,
                                 bool in) {
  std::lock_guard guard{mutex_};
  if (!trace_)
    return;
  const auto& wanted = trace_->options();
  const auto type = to_string_of(message_type_of(x));
  if (!(in ? wanted.in : wanted.out) || (!wanted.type.empty() && type != wanted.type))
    return;
  const auto at = to_rfc3339(std::chrono::system_clock::now());
  auto line = fmt::format("{} {} {} {} {} depth={}",
                          std::string_view{at}.substr(11, 12),
                          direction,
                          type,
                          preposition,
                          peer,
                          depth());
  if (wanted.payload)
    line += " " + redacted(x.content().stringify().substr(0, payload_chars_max));
  if (!trace_->add(std::move(line), steady_clock::now())) {
    trace_.reset();
    traced_.store(false, relaxed);
  }
}

message_scope::message_scope(actor_stats& stats, caf::mailbox_element& x)
    : running_{stats},
      stats_{stats},
      type_{message_type_of(x)},
      began_{steady_clock::now()} {
  stats.current_type_.store(type_, actor_stats::relaxed);
  stats.current_since_ns_.store(to_ns(began_), actor_stats::relaxed);
  if (stats.traced())
    stats.trace_in(x);
}

message_scope::~message_scope() {
  constexpr auto relaxed = actor_stats::relaxed;
  const auto took = std::chrono::duration_cast<nanoseconds>(steady_clock::now() - began_);
  // Only the thread that runs the actor writes these, so no atomic addition is needed.
  stats_.busy_ns_.store(stats_.busy_ns_.load(relaxed) + took.count(), relaxed);
  stats_.current_since_ns_.store(0, relaxed);
  if (skipped_)
    return;
  const auto count = stats_.handled_.load(relaxed);
  auto& entry = stats_.history_[count % actor_stats::history_max];
  entry.type.store(type_, relaxed);
  entry.at_ns.store(to_ns(began_), relaxed);
  entry.took_ns.store(took.count(), relaxed);
  stats_.handled_.store(count + 1, std::memory_order_release);
}

} // namespace caly
