#pragma once

#include "actors/imports/csv_reader.hpp"
#include "actors/imports/header_map.hpp"
#include "actors/imports/import_types.hpp"
#include "actors/imports/seen_numbers.hpp"
#include "actors/model/phone_number.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace caly {

/// Decides row by row who may be called. Remembers the numbers that it took, so one
/// object serves one file.
class row_rules {
public:
  row_rules(const header_map& header, const import_options& options);

  /// True when `taken` holds the row, false when `rejected` says why not.
  bool apply(const csv_row& row, import_row& taken, rejected_row& rejected);

  /// Warnings about the row just taken: bit n stands for `import_code` n.
  std::uint32_t warnings() const noexcept { return warnings_; }

private:
  void warn(import_code code);
  bool take_phone(std::string_view cell, rejected_row& rejected);
  bool is_blocked(phone_number number);
  bool take_zone(const csv_row& row, import_row& taken, rejected_row& rejected);
  bool take_name(const csv_row& row, import_row& taken, rejected_row& rejected);
  bool take_tags(const csv_row& row, import_row& taken, rejected_row& rejected);
  bool take_variables(const csv_row& row, import_row& taken, rejected_row& rejected);

  const header_map& header_;
  const import_options& options_;
  std::vector<std::string> keys_; ///< `"order_id":` with its comma, per variable.
  std::uint32_t warnings_ = 0;
  phone_number phone_;         ///< Of the row at hand.
  std::vector<bool> required_; ///< Per variable.
  bool name_required_ = false;
  std::size_t variables_bytes_ = 0; ///< Of the last row; a good guess for the next.
  std::unordered_map<std::uint64_t, bool> blocked_; ///< By the first digits of a number.
  seen_numbers seen_;
};

} // namespace caly
