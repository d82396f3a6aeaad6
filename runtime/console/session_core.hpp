#pragma once

#include "runtime/console/protocol.hpp"
#include "runtime/console/session.hpp"

#include <caf/actor_clock.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdint>
#include <map>

namespace caly::detail {

/// A time of a run has come: its limit (`step` 0) or one of its later steps.
struct console_timer {
  std::uint64_t run = 0;
  std::uint64_t step = 0;
  std::uint64_t generation = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, console_timer& x) {
    return f(caf::meta::type_name("caly.console_timer"), x.run, x.step, x.generation);
  }
};

/// The audit of a run is kept, or is not.
struct console_audited {
  std::uint64_t run = 0;
  caf::error failure;

  template <class Inspector>
  friend auto inspect(Inspector& f, console_audited& x) {
    return f(caf::meta::type_name("caly.console_audited"), x.run, x.failure);
  }
};

/// Another node answered, or could not.
struct console_forwarded {
  std::uint64_t run = 0;
  std::string answer;
  caf::error failure;

  template <class Inspector>
  friend auto inspect(Inspector& f, console_forwarded& x) {
    return f(caf::meta::type_name("caly.console_forwarded"), x.run, x.answer, x.failure);
  }
};

class session_run;

/// A session without its actor's messages: who is there, at which level, with which runs.
class session_core {
public:
  session_core(caf::event_based_actor* self, console_options settings, std::string user);
  ~session_core();
  session_core(const session_core&) = delete;
  session_core& operator=(const session_core&) = delete;

  /// `streams`: partial answers go out at once, else they are put in front of the last.
  void handle(std::string_view text,
              std::function<void(std::string)> out,
              bool streams = true);

  void on_timer(const console_timer& due);
  void on_audited(console_audited& audited);
  void on_forwarded(console_forwarded& forwarded);

  void level_max(console_level level) { level_max_ = level; }

  /// From now on, for 15 minutes.
  void elevate(console_level level, std::string reason);

  console_level level() const;

  const std::string& user() const { return user_; }

private:
  friend class session_run;
  using run_ptr = std::shared_ptr<session_run>;

  void start(const run_ptr& run, const console_line& line);
  void start_command(const run_ptr& run,
                     const console_command& command,
                     const std::vector<console_word>& words);
  void audit(const run_ptr& run);
  void execute(const run_ptr& run);
  void forward(const run_ptr& run, const std::string& node);
  void change_level(const run_ptr& run);
  void help(const run_ptr& run) const;
  void complete(const console_request& request,
                const std::function<void(std::string)>& out) const;
  void cancel(const std::string& id);
  run_ptr find(std::uint64_t number) const;

  caf::event_based_actor* self_;
  console_options settings_;
  std::string user_;
  console_level level_max_ = console_level::observe;
  console_level elevated_ = console_level::observe;
  caf::actor_clock::time_point elevated_until_;
  std::string reason_;
  std::uint64_t next_run_ = 1;
  std::map<std::uint64_t, run_ptr> runs_;
};

/// One line on its way. Outlives its session only as an empty shell.
class session_run : public console_reply::run,
                    public std::enable_shared_from_this<session_run> {
public:
  session_run(session_core& session,
              std::uint64_t number,
              console_request request,
              std::function<void(std::string)> out,
              bool streams);

  void table(console_table result) override;
  void text(std::string result) override;
  void fail(caf::error reason, std::string hint) override;
  void line(std::string part) override;
  void extend(std::chrono::milliseconds limit) override;
  void after(std::chrono::milliseconds delay, std::function<void()> next) override;

  bool open() const override { return session_ != nullptr; }

  caf::event_based_actor* self() const override { return self_; }

  const std::string& user() const override { return user_; }

  console_level level() const override;
  std::string reason() const override;

  void on_timer(const console_timer& due);
  void answered_elsewhere(std::string answer);
  void close();

  const console_request request;
  const console_command* command = nullptr;
  console_args args;
  std::vector<std::vector<std::string>> filters;
  console_format format = console_format::table;
  std::size_t rows_max = 0;

private:
  friend class session_core;

  void finish(std::string answer);

  session_core* session_; // null once it is answered
  caf::event_based_actor* self_;
  const std::uint64_t number_;
  const std::string user_;
  std::function<void(std::string)> out_;
  bool streams_;
  std::string collected_;
  std::uint64_t generation_ = 0;
  std::uint64_t limit_generation_ = 0; // of the timer that ends the run
  std::map<std::uint64_t, std::function<void()>> steps_;
};

/// The commands that a session runs itself: `help`, `elevate`, `drop`.
bool is_session_command(const std::string& name);

} // namespace caly::detail
