#include "cluster/node/prompt_facts.hpp"

#include "actors/model/phone_number.hpp"
#include "actors/model/time_zone.hpp"
#include "runtime/base/json.hpp"

namespace caly {

prompt_variables prompt_facts_of(const call_sheet& sheet) {
  prompt_variables variables;
  if (const auto object = json::parse(sheet.variables))
    for (const auto& [name, value] : object->members())
      variables.emplace(name, std::string{value.text_or("")});
  if (!sheet.name.empty())
    variables.insert_or_assign("name", sheet.name);
  variables.insert_or_assign("phone", sheet.to);
  return variables;
}

std::string zone_of(const call_sheet& sheet) {
  const auto number =
      phone_number::parse(sheet.direction == "inbound" ? sheet.from : sheet.to);
  return std::string{number ? time_zone_of(*number).value_or("UTC") : "UTC"};
}

} // namespace caly
