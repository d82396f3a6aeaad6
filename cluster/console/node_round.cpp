#include "cluster/console/node_round.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto node_timeout = 1s;

/// Asks every node at once and goes on when all have answered or their time is up.
class node_round : public std::enable_shared_from_this<node_round> {
public:
  node_round(console_reply reply, std::function<void(const node_answers&)> then)
      : reply_{std::move(reply)}, then_{std::move(then)} {}

  void run(const console_sources& sources, const peer_list& known) {
    std::vector<std::string> names;
    for (const auto& node : known.view.nodes)
      if (node.id == known.self || known.consoles.contains(node.id.node))
        names.push_back(node.id.node);
    due_ = 2 * names.size();
    for (const auto& name : names) {
      const auto asked_at = clock_type::now();
      ask_node(reply_,
               sources,
               name,
               node_timeout,
               "vm -o json",
               [keep = shared_from_this(), name, asked_at](const json& answer) {
                 auto& row = keep->rows_[name];
                 row.process = answer["data"];
                 row.took_s =
                     std::chrono::duration<double>(clock_type::now() - asked_at).count();
                 keep->count();
               });
      ask_node(reply_,
               sources,
               name,
               node_timeout,
               "state /*calls -o json",
               [keep = shared_from_this(), name](const json& answer) {
                 keep->rows_[name].calls = answer["data"];
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
  std::function<void(const node_answers&)> then_;
  node_answers rows_;
  std::size_t due_ = 0;
};

} // namespace

void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               std::function<void(const node_answers&)> then) {
  std::make_shared<node_round>(reply, std::move(then))->run(sources, known);
}

} // namespace caly
