#pragma once

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/console/protocol.hpp"
#include "runtime/console/session.hpp"
#include "runtime/observe/spawn.hpp"
#include "runtime/supervision/supervisor.hpp"
#include "tests/support/actor_fixture.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace caly::test {

struct console_worker_state {
  std::vector<caf::response_promise> unanswered;
};

/// Answers `get_status`, or keeps whoever asks waiting.
inline caf::behavior console_worker(self_ptr<caf::actor, console_worker_state> self,
                                    bool sick) {
  return {
      [](int) {},
      [=](const get_status&) -> caf::result<status_report> {
        if (sick) {
          auto promise = self->make_response_promise<status_report>();
          self->state.unanswered.push_back(promise);
          return promise;
        }
        status_report report;
        caf::put(report, "held", 3);
        caf::put(report, "phone", "+919876543210");
        caf::put(report, "queue.depth", 7);
        return report;
      },
  };
}

/// A console session of the user asha beside a supervisor with two children: `call:one`,
/// which answers, and `call:sick`, which does not.
struct console_fixture : actor_fixture {
  std::vector<std::string> written;
  std::vector<console_audit_entry> audits;
  caf::error audit_failure;
  std::function<void(caf::error)> held_audit;
  bool hold_audit = false;
  std::vector<std::string> ran;
  caf::actor client;
  supervisor_actor parent;
  console_options settings;
  std::int64_t next_id = 1;

  console_fixture() {
    auto registry = std::make_shared<console_registry>();
    add_core_commands(*registry, "caly 1.2.3");
    registry->add({"gate set",
                   console_level::operate,
                   "gate set <x>",
                   "Sets a gate.",
                   {},
                   {},
                   1,
                   [this](const console_args& args, const console_reply& reply) {
                     ran.push_back(args.word(0));
                     reply.text("set");
                   }});
    registry->add({"never",
                   console_level::observe,
                   "never",
                   "Never answers.",
                   {},
                   {},
                   0,
                   [](const console_args&, const console_reply&) {}});
    registry->add({"throws",
                   console_level::observe,
                   "throws",
                   "Fails.",
                   {},
                   {},
                   0,
                   [](const console_args&, const console_reply&) {
                     throw std::runtime_error("database is away");
                   }});
    settings.commands = registry;
    settings.node = "n1";
    settings.audit = [this](console_audit_entry entry,
                            std::function<void(caf::error)> done) {
      audits.push_back(std::move(entry));
      if (hold_audit)
        held_audit = std::move(done);
      else
        done(audit_failure);
    };
    parent = spawn_supervisor(sys,
                              "calls",
                              {child("one", make_worker("one", false)),
                               child("sick", make_worker("sick", true))});
    open(console_level::break_glass);
  }

  ~console_fixture() {
    stop(client);
    stop(parent);
  }

  static std::function<caf::actor(caf::local_actor*)> make_worker(const std::string& key,
                                                                  bool sick) {
    return [=](caf::local_actor* self) {
      return spawn<caf::actor, console_worker_state>(
          self, {"call", key, "acme"}, console_worker, sick);
    };
  }

  void open(console_level level_max) {
    client = spawn_console_session(sys, settings, "asha", level_max, [this](auto line) {
      written.push_back(std::move(line));
    });
    run();
  }

  void type(const std::string& line) {
    written.clear();
    self->send(client, console_input{console_request_for(next_id++, line)});
    run();
  }

  /// The last line of the answer to `line`.
  json answer(const std::string& line) {
    type(line);
    return last();
  }

  json last() const {
    BOOST_REQUIRE(!written.empty());
    auto parsed = json::parse(written.back());
    BOOST_REQUIRE_MESSAGE(parsed, written.back());
    return std::move(*parsed);
  }

  std::string text(const std::string& line) {
    const auto x = answer(line);
    return std::string{x["ok"].bool_or(false) ? x["text"].text_or("")
                                              : x["error"]["message"].text_or("")};
  }

  void elevate(const std::string& level) {
    BOOST_REQUIRE(
        answer("elevate " + level + " --reason \"test it\"")["ok"].bool_or(false));
    audits.clear();
  }
};

inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace caly::test
