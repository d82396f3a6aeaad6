#pragma once

#include "net/speech/speech_frames.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <deque>
#include <functional>
#include <string>
#include <sys/types.h>

namespace caly {

/// One running `caly_speech`. Lives on the thread of its `io`; one that failed is of no
/// further use.
class speech_process {
public:
  /// An answer; nothing when the process is gone or talks nonsense, once.
  using on_answer = std::function<void(std::optional<speech_frame>)>;

  /// Starts `program` with the folder of its model. Throws `std::system_error`.
  speech_process(boost::asio::io_context& io,
                 const std::string& program,
                 const std::string& model,
                 on_answer told);
  /// Ends the process at once; nothing is told any more.
  ~speech_process();
  speech_process(const speech_process&) = delete;
  speech_process& operator=(const speech_process&) = delete;

  void send(const speech_frame& question);

  pid_t pid() const noexcept { return pid_; }

private:
  void write();
  void read();
  void fail();

  /// Outlives the process while a handler of the socket may still come.
  struct life {
    speech_process* owner;
  };

  boost::asio::local::stream_protocol::socket socket_;
  on_answer told_;
  std::shared_ptr<life> life_ = std::make_shared<life>(life{this});
  pid_t pid_ = 0;
  std::deque<std::string> unsent_;
  std::array<char, 65536> block_{};
  speech_reader reader_;
};

} // namespace caly
