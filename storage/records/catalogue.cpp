#include "storage/records/catalogue.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "storage/pg/row_json.hpp"
#include "storage/records/arguments.hpp"

#include <algorithm>
#include <map>

namespace caly::records {

namespace {

constexpr std::uint32_t page_default = 50;
constexpr std::uint32_t page_max = 1000;

/// SQL with `$1`, and the names behind the numbers.
struct numbered_sql {
  std::string name;
  std::string text;
  std::vector<std::string> parameters;
};

/// A record made ready: arguments told apart, `:name` turned into `$1`.
struct prepared_record {
  const record* from = nullptr;
  std::vector<argument> arguments; ///< without the cursor
  bool paged = false;
  bool whole = false; ///< one statement that enters its tenant itself
  /// A variant for each choice of `{parts}`: bit n says that part n is in.
  std::vector<numbered_sql> read;
  std::vector<std::vector<std::string>> parts; ///< the arguments that each part needs
  numbered_sql change;                         ///< empty: none
};

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

/// Turns `:name` into `$n`; leaves `::type`, quoted text and quoted names alone.
numbered_sql number_parameters(std::string name, std::string_view sql) {
  numbered_sql out{std::move(name), {}, {}};
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ':' && i + 1 < sql.size() && sql[i + 1] == ':') {
      out.text += "::";
      ++i;
      continue;
    } else if (c == ':' && i + 1 < sql.size() && is_name(sql[i + 1])) {
      auto end = i + 1;
      while (end < sql.size() && is_name(sql[end]))
        ++end;
      const std::string word{sql.substr(i + 1, end - i - 1)};
      auto at = std::find(out.parameters.begin(), out.parameters.end(), word);
      if (at == out.parameters.end())
        at = out.parameters.insert(at, word);
      out.text += '$' + std::to_string(at - out.parameters.begin() + 1);
      i = end - 1;
      continue;
    }
    out.text += c;
  }
  return out;
}

/// Reads `select … {and status = :status} …`: one statement for each choice of parts, so
/// that each has the plan that it deserves.
void make_variants(prepared_record& out, const std::string& name, std::string_view sql) {
  struct piece {
    std::string_view text;
    bool optional;
  };

  std::vector<piece> pieces;
  char quote = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '{' || c == '}') {
      pieces.push_back({sql.substr(from, i - from), c == '}'});
      from = i + 1;
    }
  }
  pieces.push_back({sql.substr(from), false});
  for (const auto& each : pieces)
    if (each.optional)
      out.parts.push_back(number_parameters({}, each.text).parameters);
  for (std::size_t choice = 0; choice < (std::size_t{1} << out.parts.size()); ++choice) {
    std::string text;
    std::size_t part = 0;
    for (const auto& each : pieces)
      if (!each.optional || (choice >> part++ & 1) != 0)
        text += each.text;
    out.read.push_back(number_parameters(
        out.parts.empty() ? name : name + '/' + std::to_string(choice), text));
  }
}

constexpr std::string_view tenant_word = ":tenant";

/// Reading one tenant's list as a single statement, without a transaction around it: the
/// tenant is entered first, because the list depends on its answer. Its type is made in a
/// place of its own: under row-level security a cast in the condition would keep the
/// index from serving it.
std::string with_tenant(std::string sql) {
  constexpr std::string_view entered = "wall.tenant";
  for (auto at = sql.find(tenant_word); at != std::string::npos;
       at = sql.find(tenant_word, at + entered.size()))
    sql.replace(at, tenant_word.size(), entered);
  return "select page.* from (select set_config('app.tenant_id', :tenant, true)::uuid as "
         "tenant offset 0) wall cross join lateral (" +
         sql + ") page";
}

bool only_reads(const record& each) {
  return each.answers == shape::list && each.change.empty();
}

using catalogue = std::map<std::string_view, prepared_record>;

catalogue make_catalogue() {
  catalogue out;
  for (const auto part : {account_records(),
                          agent_records(),
                          contact_records(),
                          import_records(),
                          campaign_records(),
                          progress_records(),
                          forecast_records(),
                          call_records(),
                          recording_records(),
                          transfer_records(),
                          billing_records(),
                          analytics_records(),
                          console_records()})
    for (const auto& each : part) {
      auto& made = out[each.name];
      made.from = &each;
      made.arguments = parse_arguments(each.arguments);
      if (!made.arguments.empty() && made.arguments.back().type == "cursor") {
        made.paged = true;
        made.arguments.pop_back();
      }
      made.whole = only_reads(each) && each.sql.find(tenant_word) != std::string::npos;
      make_variants(made, each.name, made.whole ? with_tenant(each.sql) : each.sql);
      if (!each.change.empty())
        made.change = number_parameters(std::string{each.name} + "!", each.change);
    }
  return out;
}

const catalogue& all() {
  static const catalogue made = make_catalogue();
  return made;
}

struct bound_values {
  std::map<std::string_view, pg::parameter> named;
  std::uint32_t limit = 0;
};

caf::expected<bound_values> bind(const prepared_record& what, const run_record& ask) {
  const auto most = what.arguments.size() + (what.paged ? 1 : 0);
  if (ask.arguments.size() > most)
    return caf::make_error(
        errc::invalid, ask.statement + " takes " + std::to_string(most) + " arguments");
  bound_values out;
  auto& named = out.named;
  for (std::size_t i = 0; i < what.arguments.size(); ++i) {
    const auto given = i < ask.arguments.size() ? ask.arguments[i] : record_argument{};
    auto value = read_argument(what.arguments[i], given);
    if (!value)
      return std::move(value.error());
    named[what.arguments[i].name] = std::move(*value);
  }
  out.limit = std::clamp(ask.limit == 0 ? page_default : ask.limit, 1u, page_max);
  if (!ask.tenant.empty())
    named["tenant"] = ask.tenant.sql();
  named["limit"] = std::to_string(out.limit + 1);
  if (what.paged) {
    const auto given =
        ask.arguments.size() == most ? ask.arguments.back() : record_argument{};
    auto key = read_cursor(given);
    if (!key)
      return std::move(key.error());
    named["cursor"] = std::move(*key);
  }
  return out;
}

/// The variant whose parts have all that they need.
const numbered_sql& variant(const prepared_record& what, bound_values& bound) {
  std::size_t choice = 0;
  for (std::size_t i = 0; i < what.parts.size(); ++i)
    if (std::ranges::all_of(what.parts[i], [&](const std::string& name) {
          return bound.named[name].has_value();
        }))
      choice |= std::size_t{1} << i;
  return what.read[choice];
}

pqxx::result run_sql(pg::tenant_txn& txn, const numbered_sql& what, bound_values& bound) {
  pg::parameters values;
  for (const auto& name : what.parameters)
    values.push_back(bound.named[name]);
  return txn.run({what.name.c_str(), what.text.c_str()}, values);
}

record_answer
list_answer(const prepared_record& what, const pqxx::result& rows, std::uint32_t limit) {
  record_answer out;
  const auto count = std::min<std::size_t>(rows.size(), limit);
  const pg::row_writer writer{rows};
  out.json.reserve(2 + count * 400);
  out.json += '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0)
      out.json += ',';
    writer.append(out.json, rows[static_cast<pqxx::result::size_type>(i)]);
  }
  out.json += ']';
  out.rows = count;
  out.has_more = rows.size() > limit;
  if (out.has_more && what.paged) {
    const auto key = rows[static_cast<pqxx::result::size_type>(count - 1)]["~cursor"];
    out.next_cursor = write_cursor(key.c_str());
  }
  return out;
}

} // namespace

caf::expected<record_answer> run(pg::tenant_txn& txn, const run_record& ask) {
  const auto found = all().find(ask.statement);
  if (found == all().end())
    return caf::make_error(errc::invalid, "no such statement: " + ask.statement);
  const auto& what = found->second;
  auto bound = bind(what, ask);
  if (!bound)
    return std::move(bound.error());
  if (!what.change.text.empty())
    run_sql(txn, what.change, *bound);
  const auto rows = run_sql(txn, variant(what, *bound), *bound);
  if (what.from->answers == shape::list)
    return list_answer(what, rows, bound->limit);
  record_answer out;
  if (rows.empty()) {
    if (what.from->answers == shape::row)
      return caf::make_error(errc::not_found, "no such row");
    out.json = "null";
    return out;
  }
  pg::row_writer{rows}.append(out.json, rows[0]);
  out.rows = rows.size();
  return out;
}

bool is_list(const std::string& statement) {
  const auto found = all().find(statement);
  return found != all().end() && only_reads(*found->second.from);
}

bool is_whole(const std::string& statement) {
  const auto found = all().find(statement);
  return found != all().end() && found->second.whole;
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> out;
  for (const auto& [name, each] : all())
    out.push_back(name);
  return out;
}

std::vector<std::string> texts() {
  std::vector<std::string> out;
  for (const auto& [name, each] : all()) {
    for (const auto& variant : each.read)
      out.push_back(variant.text);
    if (!each.change.text.empty())
      out.push_back(each.change.text);
  }
  return out;
}

} // namespace caly::records
