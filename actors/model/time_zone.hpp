#pragma once

#include "actors/model/phone_number.hpp"

#include <optional>
#include <string_view>

namespace caly {

/// The IANA zone ("Asia/Kolkata") in which the number's owner lives as far as its digits
/// tell: the country's only zone, or that of a North American area code. The text is in
/// static storage.
///
/// Fails closed: `nullopt` for countries, area codes and services that span several
/// zones. A caller who must not call at night asks the contact's own zone first.
std::optional<std::string_view> time_zone_of(phone_number number);

} // namespace caly
