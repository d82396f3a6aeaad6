#pragma once

#include "actors/model/slots/slot_hearing.hpp"

#include <string>
#include <string_view>

namespace caly {

// What an agent says about slots, in "en", "hi" or "hinglish".

/// The value as it is read back: digits one by one in groups, addresses and names spelt,
/// dates with their weekday.
std::string read_back_words(const agent_slot& slot,
                            std::string_view value,
                            std::string_view language);

/// "I have … . Is that right?"
std::string read_back_question(const agent_slot& slot,
                               std::string_view value,
                               std::string_view language);

/// Why that is no value, and what is asked for: "I heard 9 digits; a phone number has
/// ten. Please say all of it again."
std::string say_problem(const agent_slot& slot,
                        const slot_reading& reading,
                        std::string_view language);

/// Asks again after the caller said that what was read back is wrong.
std::string ask_again(const agent_slot& slot, std::string_view language);

/// What people call the slot: `pin_code` -> `pin code`.
std::string slot_label(const agent_slot& slot);

} // namespace caly
