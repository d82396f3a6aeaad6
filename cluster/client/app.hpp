#pragma once

namespace caly::client {

/// The program `caly`. Answers what the process exits with.
int run_client(int argc, char** argv);

} // namespace caly::client
