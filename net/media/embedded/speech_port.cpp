#include "net/media/embedded/speech_port.hpp"

#include "net/media/g711.hpp"

#include <boost/asio/post.hpp>

namespace caly {

namespace {

constexpr unsigned line_hz = 8'000;

class desk_port : public speech_port {
public:
  desk_port(std::shared_ptr<speech_desk> desk, boost::asio::io_context& io)
      : desk_{std::move(desk)}, io_{io} {}

  void say(const std::string& text,
           const std::string& language,
           std::function<void(caf::expected<std::string>)> then) override {
    desk_->say(
        text, language, line_hz, back<pcm_samples>([then = std::move(then)](auto& x) {
          if (x)
            then(encode_mulaw(*x));
          else
            then(std::move(x.error()));
        }));
  }

  void hear(const std::shared_ptr<const std::string>& grammar,
            std::string samples,
            std::function<void(caf::expected<heard_speech>)> then) override {
    desk_->hear(
        grammar,
        std::move(samples),
        back<heard_speech>([then = std::move(then)](auto& x) { then(std::move(x)); }));
  }

private:
  /// Takes an answer of the desk's thread to the brain's.
  template <class Result, class Then>
  std::function<void(caf::expected<Result>)> back(Then then) {
    return [&io = io_, alive = std::weak_ptr<int>{alive_}, then = std::move(then)](
               caf::expected<Result> result) {
      const auto box = std::make_shared<caf::expected<Result>>(std::move(result));
      boost::asio::post(io, [alive, then, box] {
        if (alive.lock())
          then(*box);
      });
    };
  }

  std::shared_ptr<speech_desk> desk_;
  boost::asio::io_context& io_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace

std::unique_ptr<speech_port> make_speech_port(std::shared_ptr<speech_desk> desk,
                                              boost::asio::io_context& io) {
  return std::make_unique<desk_port>(std::move(desk), io);
}

} // namespace caly
