#pragma once

#include <string>
#include <string_view>

namespace caly::sim {

/// What somebody on the phone means by a sentence.
enum class intent {
  voicemail, ///< An answering machine's greeting.
  refusal,   ///< Never call again.
  not_interested,
  later,
  order_number,
  delivery,
  order_status,
  appointment,
  moment, ///< Names a day or an hour.
  name,
  price,
  who,
  place,
  hours,
  offers,
  goodbye,
  hearing, ///< "Can you hear me?"
  interest,
  other,
};

enum class tongue { english, hindi, hinglish };

intent intent_of(std::string_view text);
tongue tongue_of(std::string_view text);
bool has_devanagari(std::string_view text);

/// Digits spoken as digits or as words in English or Hindi: "four five two one" ->
/// "4521". Empty when there are fewer than three.
std::string spoken_digits(std::string_view text);

/// Case of ASCII does not matter.
bool mentions(std::string_view text, std::string_view part);

} // namespace caly::sim
