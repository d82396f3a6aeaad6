#include "actors/imports/header_map.hpp"

#include "actors/imports/text_decoder.hpp"
#include "actors/model/phone_number.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>

namespace caly {

namespace {

/// Titles by falling likelihood, written as `squash` writes them.
constexpr std::array phone_titles = {std::string_view{"phone"},
                                     std::string_view{"phonenumber"},
                                     std::string_view{"phoneno"},
                                     std::string_view{"mobile"},
                                     std::string_view{"mobilenumber"},
                                     std::string_view{"mobileno"},
                                     std::string_view{"contactnumber"},
                                     std::string_view{"contactno"},
                                     std::string_view{"cell"},
                                     std::string_view{"cellphone"},
                                     std::string_view{"cellnumber"},
                                     std::string_view{"telephone"},
                                     std::string_view{"telephonenumber"},
                                     std::string_view{"telephoneno"},
                                     std::string_view{"tel"},
                                     std::string_view{"telno"},
                                     std::string_view{"msisdn"},
                                     std::string_view{"phno"},
                                     std::string_view{"phnumber"},
                                     std::string_view{"mob"},
                                     std::string_view{"mobno"},
                                     std::string_view{"फोन"},
                                     std::string_view{"फोननंबर"},
                                     std::string_view{"फोननम्बर"},
                                     std::string_view{"मोबाइल"},
                                     std::string_view{"मोबाइलनंबर"},
                                     std::string_view{"मोबाइलनम्बर"},
                                     std::string_view{"मोबाईल"},
                                     std::string_view{"संपर्कनंबर"},
                                     std::string_view{"सम्पर्कनंबर"},
                                     std::string_view{"दूरभाष"},
                                     std::string_view{"whatsapp"},
                                     std::string_view{"whatsappnumber"},
                                     std::string_view{"whatsappno"},
                                     std::string_view{"व्हाट्सएप"},
                                     std::string_view{"number"},
                                     std::string_view{"नंबर"},
                                     std::string_view{"नम्बर"},
                                     std::string_view{"e164"},
                                     std::string_view{"to"},
                                     std::string_view{"contact"}};

constexpr std::array name_titles = {std::string_view{"name"},
                                    std::string_view{"fullname"},
                                    std::string_view{"customername"},
                                    std::string_view{"contactname"},
                                    std::string_view{"clientname"},
                                    std::string_view{"leadname"},
                                    std::string_view{"patientname"},
                                    std::string_view{"studentname"},
                                    std::string_view{"नाम"},
                                    std::string_view{"पूरानाम"},
                                    std::string_view{"ग्राहकनाम"},
                                    std::string_view{"ग्राहककानाम"},
                                    std::string_view{"firstname"},
                                    std::string_view{"customer"}};

constexpr std::array zone_titles = {
    std::string_view{"timezone"}, std::string_view{"tz"}, std::string_view{"समयक्षेत्र"}};

constexpr std::array tag_titles = {std::string_view{"tags"},
                                   std::string_view{"tag"},
                                   std::string_view{"labels"},
                                   std::string_view{"टैग"}};

/// Titles that agents' prompts know under one name.
constexpr std::array email_titles = {std::string_view{"email"},
                                     std::string_view{"emailid"},
                                     std::string_view{"emailaddress"},
                                     std::string_view{"mail"},
                                     std::string_view{"mailid"},
                                     std::string_view{"ईमेल"}};

/// Columns that an error file adds; a mended one may be uploaded as it is.
constexpr std::array own_titles = {std::string_view{"caly_row"},
                                   std::string_view{"caly_error_code"},
                                   std::string_view{"caly_error"},
                                   std::string_view{"caly_suggestion"}};

/// Letters and digits; scripts other than Latin are taken whole, without their
/// punctuation.
bool is_word(char32_t c) {
  if (c < 0x80)
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool punctuation = c < 0xc0 || c == 0xd7 || c == 0xf7 ||
                           (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) ||
                           c == 0x0964 || c == 0x0965 || (c >= 0xfe00 && c <= 0xfe0f) ||
                           c == 0xfeff || (c >= 0xff00 && c <= 0xff0f) || c == 0xfffd;
  return !punctuation;
}

/// Devanagari letters with a dot below count as the plain ones: फ़ोन is फोन.
char32_t plain_letter(char32_t c) {
  constexpr std::array<char32_t, 8> bases = {
      0x0915, 0x0916, 0x0917, 0x091c, 0x0921, 0x0922, 0x092b, 0x092f};
  return c >= 0x0958 && c <= 0x095f ? bases[c - 0x0958] : c;
}

/// "Phone No. (with code)" → "phoneno".
std::string squash(std::string_view title) {
  constexpr char32_t nukta = 0x093c;
  std::string out;
  for (std::size_t at = 0; at < title.size();) {
    const auto c = next_code_point(title, at);
    if (c == '(' && !out.empty())
      at = std::min(title.find(')', at), title.size());
    else if (is_word(c) && c != nukta)
      append_utf8(out, c < 0x80 ? (c >= 'A' && c <= 'Z' ? c + 32 : c) : plain_letter(c));
  }
  return out;
}

template <class Titles>
std::size_t rank(const Titles& titles, std::string_view squashed) {
  return static_cast<std::size_t>(std::find(titles.begin(), titles.end(), squashed) -
                                  titles.begin());
}

/// A title such as "Customer Mobile No 1".
bool sounds_like_phone(std::string_view squashed) {
  const auto has = [&](std::string_view word) {
    return squashed.find(word) != squashed.npos;
  };
  const bool phone = has("phone") || has("mobile") || has("contactno") ||
                     has("contactnumber") || has("whatsapp") || has("मोबाइल") ||
                     has("फोन");
  const bool about = has("type") || has("code") || has("country") || has("status") ||
                     has("valid") || has("model") || has("brand") || has("name") ||
                     has("optin") || has("consent") || has("time") || has("date");
  return phone && !about;
}

std::string list_of(const std::vector<std::string>& columns) {
  constexpr std::size_t shown_max = 12;
  std::string out;
  for (std::size_t i = 0; i < columns.size() && i < shown_max; ++i) {
    out += i == 0 ? "" : ", ";
    auto title = columns[i].substr(0, 40);
    out += title.empty() ? "(empty)" : to_valid_utf8(title);
  }
  if (columns.size() > shown_max)
    out += " and " + std::to_string(columns.size() - shown_max) + " more";
  return out;
}

/// The columns not yet given to a field.
class column_finder {
public:
  explicit column_finder(const std::vector<std::string>& columns)
      : taken_(columns.size(), false) {
    for (const auto& title : columns)
      squashed_.push_back(squash(title));
  }

  bool taken(std::size_t column) const { return taken_[column]; }

  void take(std::size_t column) { taken_[column] = true; }

  const std::string& squashed(std::size_t column) const { return squashed_[column]; }

  template <class Titles>
  std::optional<std::size_t> take_best(const Titles& titles) {
    std::optional<std::size_t> best;
    std::size_t best_rank = titles.size();
    for (std::size_t i = 0; i < squashed_.size(); ++i)
      if (const auto r = rank(titles, squashed_[i]); !taken_[i] && r < best_rank) {
        best = i;
        best_rank = r;
      }
    if (best)
      take(*best);
    return best;
  }

  std::optional<std::size_t> take_sounding_like_phone() {
    for (std::size_t i = 0; i < squashed_.size(); ++i)
      if (!taken_[i] && sounds_like_phone(squashed_[i])) {
        take(i);
        return i;
      }
    return std::nullopt;
  }

  /// By the very title, else by what is left of it without case and punctuation.
  std::optional<std::size_t> find(const std::vector<std::string>& columns,
                                  std::string_view title) const {
    const auto wanted = trim(title);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i] == wanted)
        return i;
    const auto bare = squash(wanted);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (!bare.empty() && squashed_[i] == bare)
        return i;
    return std::nullopt;
  }

private:
  std::vector<std::string> squashed_;
  std::vector<bool> taken_;
};

struct told_fields {
  bool phone = false;
  bool name = false;
  bool time_zone = false;
  bool tags = false;
};

std::optional<import_failure> apply_mapping(const import_options& options,
                                            column_finder& finder,
                                            told_fields& told,
                                            header_map& out) {
  for (const auto& [field, title] : options.mapping) {
    std::optional<std::size_t> column;
    if (!trim(title).empty()) {
      column = finder.find(out.columns, title);
      if (!column)
        return import_failure{
            import_code::mapping,
            "the mapping of \"" + field + "\" names a column \"" + title +
                "\" that the file does not have; it has: " + list_of(out.columns)};
      finder.take(*column);
    }
    if (field == "phone") {
      if (!column)
        return import_failure{import_code::mapping, "the phone needs a column"};
      told.phone = true;
      out.phone = *column;
    } else if (field == "name") {
      told.name = true;
      out.name = column;
    } else if (field == "time_zone") {
      told.time_zone = true;
      out.time_zone = column;
    } else if (field == "tags") {
      told.tags = true;
      out.tags = column;
    } else if (column) {
      const auto name = variable_name(field);
      if (name.empty())
        return import_failure{import_code::mapping,
                              "\"" + field + "\" cannot name a variable"};
      out.variables.push_back({*column, name});
    }
  }
  return std::nullopt;
}

/// Gives the columns that are left to variables, each under a name of its own.
void name_variables(column_finder& finder, header_map& out) {
  const auto used = [&](std::string_view name) {
    if (name == "phone" || name == "name" || name == "time_zone" || name == "tags")
      return true;
    return std::any_of(out.variables.begin(), out.variables.end(), [&](const auto& x) {
      return x.name == name;
    });
  };
  for (std::size_t i = 0; i < out.columns.size(); ++i) {
    if (finder.taken(i) ||
        std::find(own_titles.begin(), own_titles.end(), out.columns[i]) !=
            own_titles.end())
      continue;
    auto base = variable_name(out.columns[i]);
    if (rank(email_titles, finder.squashed(i)) < email_titles.size())
      base = "email";
    if (base.empty())
      base = "column_" + std::to_string(i + 1);
    auto name = base;
    for (int n = 2; used(name); ++n)
      name = base + '_' + std::to_string(n);
    out.variables.push_back({i, std::move(name)});
  }
  std::sort(out.variables.begin(), out.variables.end(), [](const auto& a, const auto& b) {
    return a.column < b.column;
  });
}

/// Whether a first row holds a number instead of titles.
bool is_data(const std::vector<std::string>& columns, const import_options& options) {
  return std::any_of(columns.begin(), columns.end(), [&](const auto& text) {
    const auto reading = parse_phone(text, options.default_country);
    return reading.ok() || reading.issue == phone_issue::scientific;
  });
}

} // namespace

std::vector<std::pair<std::string, std::string>> header_map::mapping() const {
  std::vector<std::pair<std::string, std::string>> result{{"phone", columns[phone]}};
  const auto add = [&](const char* field, std::optional<std::size_t> column) {
    if (column)
      result.emplace_back(field, columns[*column]);
  };
  add("name", name);
  add("time_zone", time_zone);
  add("tags", tags);
  return result;
}

std::string variable_name(std::string_view title) {
  constexpr std::size_t bytes_max = 64;
  std::string out;
  bool gap = false;
  bool lower_before = false;
  for (std::size_t at = 0; at < title.size();) {
    const auto c = next_code_point(title, at);
    if (!is_word(c)) {
      gap = true;
      lower_before = false;
      continue;
    }
    const bool upper = c >= 'A' && c <= 'Z';
    if (out.size() + 5 > bytes_max)
      break;
    // "orderId" is two words, "SKU" is one.
    if (!out.empty() && (gap || (upper && lower_before)))
      out += '_';
    gap = false;
    lower_before = c >= 'a' && c <= 'z';
    append_utf8(out, upper ? c + 32 : c);
  }
  return out;
}

std::optional<import_failure> read_header(std::span<const std::string_view> cells,
                                          const import_options& options,
                                          header_map& out) {
  out = {};
  for (const auto cell : cells)
    out.columns.push_back(to_valid_utf8(trim(cell)));
  // A delimiter at the end of each line makes columns without a title.
  while (!out.columns.empty() && out.columns.back().empty())
    out.columns.pop_back();
  if (is_data(out.columns, options))
    return import_failure{
        import_code::no_header,
        "the first line already holds a telephone number; add a first line with the "
        "columns' names, for example: phone,name"};
  column_finder finder{out.columns};
  told_fields told;
  if (auto failure = apply_mapping(options, finder, told, out))
    return failure;
  if (!told.phone) {
    auto phone = finder.take_best(phone_titles);
    if (!phone)
      phone = finder.take_sounding_like_phone();
    if (!phone)
      return import_failure{
          import_code::no_phone_column,
          "no column looks like a telephone number; found: " + list_of(out.columns) +
              ". Name one column \"phone\", or choose it in the mapping"};
    out.phone = *phone;
  }
  if (!told.name)
    out.name = finder.take_best(name_titles);
  if (!told.time_zone)
    out.time_zone = finder.take_best(zone_titles);
  if (!told.tags)
    out.tags = finder.take_best(tag_titles);
  name_variables(finder, out);
  for (const auto& wanted : options.required_variables) {
    const bool there = wanted == "phone" || (wanted == "name" && out.name) ||
                       std::any_of(out.variables.begin(),
                                   out.variables.end(),
                                   [&](const auto& x) { return x.name == wanted; });
    if (!there)
      return import_failure{
          import_code::variable_missing,
          "the agent needs a column \"" + wanted +
              "\" that the file does not have; it has: " + list_of(out.columns)};
  }
  return std::nullopt;
}

} // namespace caly
