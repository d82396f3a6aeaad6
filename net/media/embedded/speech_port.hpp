#pragma once

#include "net/speech/speech_desk.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// Who listens and speaks for an embedded brain. Answers come on the brain's thread, and
/// none after the port is gone.
class speech_port {
public:
  virtual ~speech_port() = default;

  /// A sentence as µ-law, 8 kHz.
  virtual void say(const std::string& text,
                   const std::string& language,
                   std::function<void(caf::expected<std::string>)> then) = 0;

  /// A whole utterance, 16-bit samples at 16 kHz.
  virtual void hear(const std::shared_ptr<const std::string>& grammar,
                    std::string samples,
                    std::function<void(caf::expected<heard_speech>)> then) = 0;
};

/// The desk, for a brain on the thread of `io`.
std::unique_ptr<speech_port> make_speech_port(std::shared_ptr<speech_desk> desk,
                                              boost::asio::io_context& io);

} // namespace caly
