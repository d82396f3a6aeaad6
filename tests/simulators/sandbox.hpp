#pragma once

#include "tests/simulators/base/options.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>

namespace caly::sim {

/// All simulated providers on one port, and the admin port beside it.
class sandbox {
public:
  /// Listens at once. Throws when a port is taken or the history does not open. The
  /// options have to outlive it.
  sandbox(boost::asio::io_context& io, const sim_options& options);
  ~sandbox();

  std::uint16_t port() const;
  std::uint16_t admin_port() const;

private:
  struct parts;

  std::unique_ptr<parts> parts_;
};

} // namespace caly::sim
