#include "cluster/client/console_command.hpp"
#include "runtime/base/text.hpp"

#include <clocale>
#include <filesystem>
#include <histedit.h>
#include <iostream>
#include <memory>

namespace caly::client {

namespace {

constexpr int history_lines_max = 1'000;

/// The line editor with its history. libedit calls back without context, so the prompt
/// and the console are found through its client data.
class line_editor {
public:
  explicit line_editor(console_client& console)
      : console_{console},
        edit_{el_init("caly", stdin, stdout, stderr), el_end},
        history_{history_init(), history_end},
        file_{(config_folder() / "history").string()} {
    HistEvent event;
    history(history_.get(), &event, H_SETSIZE, history_lines_max);
    history(history_.get(), &event, H_SETUNIQUE, 1);
    history(history_.get(), &event, H_LOAD, file_.c_str());
    auto* edit = edit_.get();
    el_set(edit, EL_CLIENTDATA, this);
    el_set(edit, EL_PROMPT, &line_editor::prompt);
    el_set(edit, EL_EDITOR, "emacs");
    el_set(edit, EL_SIGNAL, 1);
    el_set(edit, EL_HIST, history, history_.get());
    el_set(edit, EL_ADDFN, "caly-complete", "Complete a command", &line_editor::complete);
    el_set(edit, EL_BIND, "^I", "caly-complete", nullptr);
    el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(edit, nullptr);
  }

  ~line_editor() {
    std::error_code ignored;
    std::filesystem::create_directories(config_folder(), ignored);
    HistEvent event;
    history(history_.get(), &event, H_SAVE, file_.c_str());
  }

  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  /// False at the end of the input.
  bool read(std::string& line) {
    prompt_ = "caly " + console_.node() + " (" + console_.level() + ") ▸ ";
    int count = 0;
    const auto* text = el_gets(edit_.get(), &count);
    if (text == nullptr || count <= 0)
      return false;
    line = trim(std::string_view{text, static_cast<std::size_t>(count)});
    if (!line.empty()) {
      HistEvent event;
      history(history_.get(), &event, H_ENTER, line.c_str());
    }
    return true;
  }

private:
  static line_editor& of(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<line_editor*>(self);
  }

  static char* prompt(EditLine* edit) { return of(edit).prompt_.data(); }

  /// The longest text that all candidates begin with; several are shown.
  static unsigned char complete(EditLine* edit, int) {
    const auto* typed = el_line(edit);
    const std::string begun{typed->buffer,
                            static_cast<std::size_t>(typed->cursor - typed->buffer)};
    const auto candidates = of(edit).console_.complete(begun);
    if (candidates.empty())
      return CC_ERROR;
    // Flags complete the last word, commands the whole line.
    const auto word =
        candidates.front().starts_with("-") ? begun.substr(begun.rfind(' ') + 1) : begun;
    auto common = candidates.front();
    for (const auto& each : candidates)
      while (!each.starts_with(common))
        common.pop_back();
    if (candidates.size() == 1)
      common += ' ';
    if (common.size() > word.size() && common.starts_with(word)) {
      el_insertstr(edit, common.substr(word.size()).c_str());
      return CC_REFRESH;
    }
    std::cout << '\n';
    for (const auto& each : candidates)
      std::cout << "  " << each;
    std::cout << std::endl;
    return CC_REDISPLAY;
  }

  console_client& console_;
  std::unique_ptr<EditLine, decltype(&el_end)> edit_;
  std::unique_ptr<History, decltype(&history_end)> history_;
  std::string file_;
  std::string prompt_;
};

} // namespace

exit_code
run_dialog(console_client console, const std::string& format, const out_options& out) {
  std::setlocale(LC_ALL, "");
  say(out, "connected to " + console.node() + "; help shows all commands, exit leaves");
  line_editor editor{console};
  std::string line;
  while (editor.read(line)) {
    if (line == "exit" || line == "quit")
      return exit_code::ok;
    if (line.empty())
      continue;
    const auto code = run_line(console, line, format, out);
    if (code == exit_code::unavailable && console.complete("help").empty())
      return code; // the connection is gone
  }
  std::cout << '\n';
  return exit_code::ok;
}

} // namespace caly::client
