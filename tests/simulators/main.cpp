#include "tests/simulators/base/options.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  const auto line = caly::sim::parse_command_line(argc, argv);
  if (line.stop)
    return line.exit_code;
  // Standard output carries the ready line and nothing else.
  spdlog::set_default_logger(spdlog::stderr_color_st("caly_sim"));
  std::signal(SIGPIPE, SIG_IGN);
  try {
    boost::asio::io_context io{1};
    boost::asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&io](const boost::system::error_code& error, int) {
      if (!error)
        io.stop();
    });
    caly::sim::sandbox sandbox{io, line.options};
    std::printf("caly_sim ready port=%u admin=%u\n",
                unsigned{sandbox.port()},
                unsigned{sandbox.admin_port()});
    std::fflush(stdout);
    io.run();
  } catch (const std::exception& problem) {
    spdlog::critical("caly_sim: {}", problem.what());
    return 1;
  }
  return 0;
}
