#pragma once

#include "runtime/base/uuid.hpp"

#include <functional>

namespace caly {

/// While it lives, `make_uuid` of its thread answers what `source` makes, so that one
/// seed of a simulation has the same ids each time. One at a time.
class scoped_uuid_source {
public:
  explicit scoped_uuid_source(std::function<uuid()> source);
  ~scoped_uuid_source();

  scoped_uuid_source(const scoped_uuid_source&) = delete;
  scoped_uuid_source& operator=(const scoped_uuid_source&) = delete;
};

} // namespace caly
