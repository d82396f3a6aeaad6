#pragma once

#include <boost/system/result.hpp>

#include <string>

namespace caly::client {

/// What `caly` exits with.
enum class exit_code : int {
  ok = 0,
  error = 1,
  usage = 2,
  not_found = 3,
  auth = 4,
  conflict = 5,
  limit = 6,
  unavailable = 7, ///< trying again may help
  permission = 13, ///< the level or role does not allow it
  interrupted = 130,
};

/// What went wrong and what to do next, for people and for scripts.
struct failure {
  exit_code exit = exit_code::error;
  std::string code; ///< `not_found`, `conflict`, …
  std::string message;
  std::string hint;
};

template <class T>
using outcome = boost::system::result<T, failure>;

} // namespace caly::client
