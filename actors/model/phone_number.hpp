#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// A telephone number in E.164 form: a calling code and a national number, 7 to 15
/// digits in all. Whoever holds one that is not `empty()` need not check it again.
///
/// The digits fit 64 bits, so a number is copied, compared and hashed like an integer.
class phone_number {
public:
  phone_number() = default;

  /// Reads exactly what `str()` writes; `parse_phone` is for what people write.
  static std::optional<phone_number> parse(std::string_view e164);

  /// The number whose digits, calling code first, are those of `digits`.
  static std::optional<phone_number> from_digits(std::uint64_t digits);

  /// "+919876543210", the form of JSON, SQL and the carriers. Empty for no number.
  std::string str() const;

  /// "+91******3210", the form of logs and traces.
  std::string masked() const;

  /// 919876543210; 0 for no number.
  std::uint64_t digits() const noexcept { return digits_; }

  /// 91, 1, 44 …; 0 for no number.
  unsigned calling_code() const noexcept;

  bool empty() const noexcept { return digits_ == 0; }

  friend auto operator<=>(const phone_number&, const phone_number&) = default;

  /// Masked, because traces print messages through it; `str()` has all digits.
  friend std::string to_string(const phone_number& x) { return x.masked(); }

  template <class Inspector>
  friend auto inspect(Inspector& f, phone_number& x) {
    return f(x.digits_);
  }

private:
  explicit phone_number(std::uint64_t digits) : digits_{digits} {}

  std::uint64_t digits_ = 0;
};

/// What `parse_phone` has to say about a text.
enum class phone_issue : std::uint8_t {
  none,
  missing,    ///< E_PHONE_MISSING: no digits at all.
  invalid,    ///< E_PHONE_INVALID: no telephone number, or more than one.
  scientific, ///< E_PHONE_SCIENTIFIC: a spreadsheet rounded the last digits away.
  premium,    ///< E_PREMIUM: costs more than a call, or reaches a service, not a person.
  landline,   ///< E_PHONE_LANDLINE: a warning; landlines can be called.
  unusual,    ///< W_PHONE_UNUSUAL: a warning; the length fits, the series is unknown.
};

/// The stable code of an issue; empty for `none`.
std::string_view to_code(phone_issue issue) noexcept;

/// A number, or the reason why there is none; a number may carry a warning.
struct phone_reading {
  phone_number number;
  phone_issue issue = phone_issue::none;
  std::string_view reason;     ///< A sentence in static storage, empty for `none`.
  std::string_view suggestion; ///< How to mend it, in static storage.

  bool ok() const noexcept { return !number.empty(); }
};

/// Reads a telephone number as people and spreadsheets write it: spaces, dashes, dots,
/// brackets, `00`, a trunk 0, a lost `+`, a leading apostrophe, `tel:`, digits of other
/// scripts, invisible characters, and 9.19876543210E+11 where no digit is lost.
///
/// `default_country` (ISO 3166, "IN") is that of numbers without a calling code. India
/// and the North American plan are read by rule, without allocation; for the rest
/// libphonenumber decides: what is impossible there is refused, what is merely unknown
/// there gets a warning, because its tables are older than the newest series. Digits of a
/// foreign number that lost its `+` are accepted only where no typing error of a domestic
/// number explains them.
phone_reading parse_phone(std::string_view text, std::string_view default_country);

/// Whether `iso` ("IN") is a country that `parse_phone` knows.
bool is_country(std::string_view iso);

/// The ISO code of the number's country; empty when its digits do not tell.
std::string country_of(phone_number number);

} // namespace caly

template <>
struct std::hash<caly::phone_number> {
  std::size_t operator()(const caly::phone_number& number) const noexcept {
    auto x = number.digits() * 0x9e3779b97f4a7c15ull;
    return static_cast<std::size_t>(x ^ (x >> 32));
  }
};
