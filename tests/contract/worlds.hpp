#pragma once

#include "tests/contract/store_world.hpp"

namespace caly::test {

std::unique_ptr<store_world> make_memory_world(const dial_options& options,
                                               const wall_clock& clock);
std::unique_ptr<store_world> make_postgres_world(const dial_options& options,
                                                 const wall_clock& clock);

} // namespace caly::test
