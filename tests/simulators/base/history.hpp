#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace caly::sim {

/// Who a call is between, as every line about it names them.
struct call_facts {
  std::string provider;
  std::string call_id; ///< The provider's own id.
  std::string attempt; ///< The id that Caly sent along.
  std::string to;
  std::string from;
  std::string tenant; ///< Empty when Caly did not name it.
};

/// One more member of a line.
struct history_detail {
  std::string_view key;
  std::variant<std::string_view, std::int64_t> value;
};

/// The sandbox's own record, one JSON object a line. A line is in the file before what it
/// tells can be seen from outside, so that a checker may trust it.
class history {
public:
  /// An empty path records nothing. Throws `std::runtime_error` when the file does not
  /// open.
  explicit history(const std::string& path);
  ~history();
  history(const history&) = delete;
  history& operator=(const history&) = delete;

  void call(std::string_view kind,
            const call_facts& facts,
            std::initializer_list<history_detail> details = {});

  /// A provider call that is no phone call, e.g. POST /v1/responses.
  void request(std::string_view provider,
               std::string_view method,
               std::string_view path,
               int status);

private:
  void append(std::string line);

  int file_ = -1;
};

} // namespace caly::sim
