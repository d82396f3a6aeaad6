#include "net/speech/speech_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <memory>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace caly {

namespace {

[[noreturn]] void raise(int code, const std::string& what) {
  throw std::system_error{code, std::generic_category(), what};
}

/// Starts the program with `end` as its standard input and output and nothing else of
/// ours open.
pid_t start(const std::string& program, const std::string& model, int end) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::array<char*, 3> arguments{
      const_cast<char*>(program.c_str()), const_cast<char*>(model.c_str()), nullptr};
  pid_t child = 0;
  const auto failure = ::posix_spawn(
      &child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0)
    raise(failure, "cannot start " + program);
  return child;
}

} // namespace

speech_process::speech_process(boost::asio::io_context& io,
                               const std::string& program,
                               const std::string& model,
                               on_answer told)
    : socket_{io}, told_{std::move(told)} {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    raise(errno, "no socket for " + program);
  socket_.assign(boost::asio::local::stream_protocol{}, ends[0]);
  try {
    pid_ = start(program, model, ends[1]);
  } catch (...) {
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
  read();
}

speech_process::~speech_process() {
  life_->owner = nullptr;
  ::kill(pid_, SIGKILL);
  // It ends at once, and leaves no zombie.
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void speech_process::send(const speech_frame& question) {
  unsent_.push_back(to_bytes(question));
  if (unsent_.size() == 1)
    write();
}

void speech_process::write() {
  boost::asio::async_write(socket_,
                           boost::asio::buffer(unsent_.front()),
                           [life = life_](boost::system::error_code ec, std::size_t) {
                             if (!life->owner)
                               return;
                             auto& self = *life->owner;
                             if (ec)
                               return self.fail();
                             self.unsent_.pop_front();
                             if (!self.unsent_.empty())
                               self.write();
                           });
}

void speech_process::read() {
  socket_.async_read_some(
      boost::asio::buffer(block_),
      [life = life_](boost::system::error_code ec, std::size_t count) {
        if (!life->owner)
          return;
        auto& self = *life->owner;
        if (ec)
          return self.fail();
        self.reader_.feed({self.block_.data(), count});
        while (auto answer = self.reader_.next()) {
          self.told_(std::move(answer));
          if (!life->owner)
            return; // that was its end
        }
        if (self.reader_.broken())
          return self.fail();
        self.read();
      });
}

void speech_process::fail() {
  // Whoever is told may end this process.
  if (const auto told = std::exchange(told_, nullptr))
    told(std::nullopt);
}

} // namespace caly
