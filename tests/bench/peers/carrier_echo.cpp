// A telephone provider that accepts every call: answers each POST at once.
//   carrier_echo PORT

#include "tests/bench/peers/common/http_server.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 2) {
    std::fprintf(stderr, "usage: carrier_echo PORT\n");
    return 2;
  }
  asio::io_context io{1};
  http_server server{io, std::atoi(argv[1]), [](const session_ptr& session) {
                       session->reply(201, R"({"sid":"CA1","status":"queued"})");
                     }};
  io.run();
}
