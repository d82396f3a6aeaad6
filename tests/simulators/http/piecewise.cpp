#include "tests/simulators/http/piecewise.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/openai/intent.hpp"
#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/speech/speech.hpp"

#include <memory>

namespace caly::sim {

namespace {

constexpr std::size_t piece_frames = 10;
constexpr double piece_s = 0.02;

/// The pieces that are still to come.
class player : public std::enable_shared_from_this<player> {
public:
  player(world& world,
         exchange_ptr exchange,
         std::vector<std::string> pieces,
         double seconds_between)
      : world_{world},
        exchange_{std::move(exchange)},
        pieces_{std::move(pieces)},
        seconds_between_{seconds_between},
        end_{pieces_.size()} {}

  void cut_in_the_middle() { end_ = pieces_.size() / 2; }

  void start(const http_response& head) {
    body_ = exchange_->stream(head);
    step();
  }

private:
  void step() {
    if (body_->gone())
      return;
    if (at_ == end_)
      return end_ == pieces_.size() ? body_->end() : exchange_->reset();
    body_->send(pieces_[at_++]);
    next_ = world_.time.after(at_ == end_ ? 0 : seconds_between_,
                              [self = shared_from_this()] { self->step(); });
  }

  world& world_;
  exchange_ptr exchange_;
  std::vector<std::string> pieces_;
  double seconds_between_;
  std::size_t at_ = 0;
  std::size_t end_;
  std::shared_ptr<body_stream> body_;
  timer next_;
};

} // namespace

void answer_in_pieces(world& world,
                      std::string_view provider,
                      const exchange_ptr& exchange,
                      const http_response& head,
                      std::vector<std::string> pieces,
                      double seconds_between) {
  const auto playing =
      std::make_shared<player>(world, exchange, std::move(pieces), seconds_between);
  if (world.faults.chance(world.faults.plan(provider).rate_cut))
    playing->cut_in_the_middle();
  playing->start(head);
}

void answer_in_speech(world& world,
                      std::string_view provider,
                      const exchange_ptr& exchange,
                      const http_response& head,
                      const std::string& text) {
  if (trim(text).empty())
    return answer_in_pieces(world, provider, exchange, head, {}, 0);
  const auto speaks = has_devanagari(text) ? voice::hindi : voice::english;
  world.speech.say(text,
                   speaks,
                   [&world, provider = std::string{provider}, exchange, head](
                       const utterance_ptr& spoken) {
                     std::vector<std::string> pieces;
                     std::string_view rest = spoken->mulaw;
                     while (!rest.empty()) {
                       pieces.emplace_back(rest.substr(0, piece_frames * frame_bytes));
                       rest.remove_prefix(pieces.back().size());
                     }
                     answer_in_pieces(
                         world, provider, exchange, head, std::move(pieces), piece_s);
                   });
}

} // namespace caly::sim
