#include "cluster/console/node_round.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto node_timeout = 1s;

/// Asks every node at once and goes on when all have answered or their time is up.
class node_round : public std::enable_shared_from_this<node_round> {
public:
  node_round(console_reply reply, std::function<void(const node_lines&)> then)
      : reply_{std::move(reply)}, then_{std::move(then)} {}

  void
  run(const console_sources& sources, const peer_list& known, const std::string& line) {
    std::vector<std::string> names;
    for (const auto& node : known.view.nodes)
      if (node.id == known.self || known.consoles.contains(node.id.node))
        names.push_back(node.id.node);
    due_ = names.size();
    for (const auto& name : names) {
      const auto asked_at = clock_type::now();
      ask_node(reply_,
               sources,
               name,
               node_timeout,
               line + " -o json",
               [keep = shared_from_this(), name, asked_at](const json& answer) {
                 const std::chrono::duration<double> took = clock_type::now() - asked_at;
                 keep->rows_[name] = {answer, took.count()};
                 keep->count();
               });
    }
    if (due_ == 0)
      then_(rows_);
  }

private:
  void count() {
    if (--due_ == 0 && reply_.open())
      then_(rows_);
  }

  console_reply reply_;
  std::function<void(const node_lines&)> then_;
  node_lines rows_;
  std::size_t due_ = 0;
};

} // namespace

void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               const std::string& line,
               std::function<void(const node_lines&)> then) {
  std::make_shared<node_round>(reply, std::move(then))->run(sources, known, line);
}

std::string silent_nodes(const peer_list& known, const node_lines& answers) {
  std::string names;
  for (const auto& node : known.view.nodes) {
    if (node.state == "dead" || node.state == "left")
      continue;
    const auto found = answers.find(node.id.node);
    if (found == answers.end() || found->second.answer.is_null())
      names += (names.empty() ? "" : ", ") + node.id.node;
  }
  return names;
}

void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               std::function<void(const node_answers&)> then) {
  const auto both = std::make_shared<node_answers>();
  const auto due = std::make_shared<int>(2);
  const auto count = [=] {
    if (--*due == 0)
      then(*both);
  };
  ask_nodes(reply, sources, known, "vm", [=](const node_lines& lines) {
    for (const auto& [name, line] : lines) {
      (*both)[name].process = line.answer["data"];
      (*both)[name].took_s = line.took_s;
    }
    count();
  });
  ask_nodes(reply, sources, known, "state /*calls", [=](const node_lines& lines) {
    for (const auto& [name, line] : lines)
      (*both)[name].calls = line.answer["data"];
    count();
  });
}

} // namespace caly
