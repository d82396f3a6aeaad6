#pragma once

#include "runtime/console/line.hpp"
#include "runtime/console/table.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What a command may do. A session begins with `observe`; more takes a reason.
enum class console_level : std::uint8_t {
  observe,     ///< Looks only.
  operate,     ///< Changes what can be changed back.
  break_glass, ///< May lose work or show what is private.
};

std::string to_string(console_level level);

/// `observe`, `operate`, `break_glass` or O, P, B.
std::optional<console_level> parse_console_level(std::string_view text);

/// One running command, as its code sees it. Copies mean the same run. Use it only in the
/// session's own actor: in handlers of `self()` and functions given to `after`.
///
/// The first of `table`, `text` and `fail` ends the run; what comes later is ignored, as
/// is everything once the time limit (2 s unless extended) has passed.
class console_reply {
public:
  /// What a session gives its commands.
  class run {
  public:
    virtual ~run() = default;
    virtual void table(console_table result) = 0;
    virtual void text(std::string result) = 0;
    virtual void fail(caf::error reason, std::string hint) = 0;
    virtual void line(std::string part) = 0;
    virtual void extend(std::chrono::milliseconds limit) = 0;
    virtual void after(std::chrono::milliseconds delay, std::function<void()> next) = 0;
    virtual bool open() const = 0;
    virtual caf::event_based_actor* self() const = 0;
    virtual const std::string& user() const = 0;
    virtual console_level level() const = 0;
    virtual std::string reason() const = 0;
  };

  explicit console_reply(std::shared_ptr<run> impl) : impl_{std::move(impl)} {}

  void table(console_table result) const { impl_->table(std::move(result)); }

  void text(std::string result) const { impl_->text(std::move(result)); }

  /// `hint` says what to do next, for people.
  void fail(caf::error reason, std::string hint = {}) const {
    impl_->fail(std::move(reason), std::move(hint));
  }

  /// A part of the answer that is shown at once; the run goes on.
  void line(std::string part) const { impl_->line(std::move(part)); }

  /// Takes up to `limit` from now, at most five minutes.
  void extend(std::chrono::milliseconds limit) const { impl_->extend(limit); }

  /// Goes on later, unless the run ended meanwhile.
  void after(std::chrono::milliseconds delay, std::function<void()> next) const {
    impl_->after(delay, std::move(next));
  }

  /// Whether anybody still waits for the answer.
  bool open() const { return impl_->open(); }

  /// For requests to other actors; never block it.
  caf::event_based_actor* self() const { return impl_->self(); }

  const std::string& user() const { return impl_->user(); }

  console_level level() const { return impl_->level(); }

  /// Why: `--reason` of the line, else what the session was elevated for.
  std::string reason() const { return impl_->reason(); }

private:
  std::shared_ptr<run> impl_;
};

/// One command. `--output`, `--limit`, `--node`, `--reason`, `--yes`, `--dry-run` and
/// `--json` are known to every command; `--yes` and `--dry-run` are for `run` to honour.
struct console_command {
  std::string name; ///< One or two words: `ps`, `log level`.
  console_level level = console_level::observe;
  std::string usage;
  std::string help;                  ///< One sentence.
  std::vector<std::string> flags;    ///< With a value, without dashes.
  std::vector<std::string> switches; ///< Without one.
  std::size_t words_max = 1;         ///< Behind the name.
  std::function<void(const console_args&, console_reply)> run;
};

/// All commands of a node. Filled at start, then shared by all sessions unchanged.
class console_registry {
public:
  /// A second command of the same name takes the place of the first.
  void add(console_command command);

  /// The command that `words` begin with; `used` is how many of them name it.
  const console_command* find(const std::vector<console_word>& words,
                              std::size_t& used) const;

  const console_command* find(const std::string& name) const;

  /// The name nearest to `text`, or nothing when none is near.
  std::string nearest(const std::string& text) const;

  /// Names that begin with `text`, for completion.
  std::vector<std::string> starting_with(std::string_view text) const;

  const std::map<std::string, console_command>& all() const noexcept { return commands_; }

private:
  std::map<std::string, console_command> commands_;
};

/// Steps of typing that turn `a` into `b`.
std::size_t typing_distance(std::string_view a, std::string_view b);

} // namespace caly
