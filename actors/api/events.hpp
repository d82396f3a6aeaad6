#pragma once

#include "actors/model/ids.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace caly {

/// Tells the browsers of a tenant that something happened: `type` as in the HTTP contract
/// (`import:progress`), `data` a JSON object. From any thread; never blocks, may be lost.
using event_publisher =
    std::function<void(const tenant_id& tenant, std::string_view type, std::string data)>;

} // namespace caly
