#include "actors/model/speech/spoken_pattern.hpp"

#include "runtime/base/error.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace caly {

namespace {

constexpr std::size_t pattern_chars_max = 1'000;
constexpr int depth_max = 20;
/// Spellings of a word with an ending in a group, as in `call(ing)?`.
constexpr std::size_t endings_max = 20;

/// A part of a pattern. All parts of a sequence are said one after the other.
struct part {
  enum class kind { letters, space, any_word, group };

  kind type = kind::letters;
  std::string letters;
  std::vector<std::vector<part>> choices; ///< Of a group; each a sequence.
  bool optional = false;
};

using sequence = std::vector<part>;
using part_kind = part::kind;

/// Reads a pattern; what it does not know is a problem.
class pattern_reader {
public:
  explicit pattern_reader(std::string_view text) : rest_{text} {}

  std::vector<sequence> choices(int depth) {
    std::vector<sequence> out(1);
    while (!rest_.empty() && rest_.front() != ')' && problem.empty()) {
      if (take("|"))
        out.emplace_back();
      else
        add_part(out.back(), depth);
    }
    return out;
  }

  bool done() const { return rest_.empty(); }

  std::string problem;

private:
  bool take(std::string_view what) {
    if (!rest_.starts_with(what))
      return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  void add_part(sequence& out, int depth) {
    part next;
    if (take("(")) {
      if (depth >= depth_max)
        problem = "nested too deeply";
      take("?:");
      next.type = part_kind::group;
      next.choices = choices(depth + 1);
      if (!take(")"))
        problem = "a group without its end";
    } else if (take("\\S+")) {
      next.type = part_kind::any_word;
    } else if (take(" ")) {
      next.type = part_kind::space;
    } else if (std::isalnum(static_cast<unsigned char>(rest_.front())) ||
               rest_.front() == '\'') {
      next.letters = rest_.front();
      rest_.remove_prefix(1);
    } else if (take("[")) {
      add_class(next);
    } else {
      problem = "it has \"" + std::string{rest_.substr(0, 2)} + '"';
      return;
    }
    read_times(next);
    // Letters in a row are one part, unless the last one need not be there.
    if (next.type == part_kind::letters && !next.optional && !out.empty() &&
        out.back().type == part_kind::letters && !out.back().optional)
      out.back().letters += next.letters;
    else
      out.push_back(std::move(next));
  }

  /// `[1-5]`, `[ab]`
  void add_class(part& out) {
    out.type = part_kind::group;
    const auto end = rest_.find(']');
    auto inside = rest_.substr(0, end);
    if (end == rest_.npos || inside.starts_with('^')) {
      problem = "it has a class of letters";
      return;
    }
    rest_.remove_prefix(end + 1);
    while (!inside.empty()) {
      const bool range = inside.size() >= 3 && inside[1] == '-';
      for (auto c = inside[0]; c <= inside[range ? 2 : 0]; ++c)
        out.choices.push_back({{part_kind::letters, std::string{c}, {}, false}});
      inside.remove_prefix(range ? 3 : 1);
    }
  }

  void read_times(part& out) {
    if (take("?"))
      out.optional = true;
    else if (take("{0,"))
      out.optional = true, skip_number();
    else if (take("{1,"))
      skip_number();
    else if (!rest_.empty() &&
             std::string_view{"*+{"}.find(rest_.front()) != std::string_view::npos)
      problem = "it repeats";
  }

  void skip_number() {
    while (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front())))
      rest_.remove_prefix(1);
    if (!take("}"))
      problem = "it repeats";
  }

  std::string_view rest_;
};

/// All texts of a group, for the endings of a word; nothing when there are too many.
std::optional<std::vector<std::string>> texts_of(const part& ending) {
  std::vector<std::string> out;
  if (ending.optional)
    out.emplace_back();
  if (ending.type == part_kind::letters)
    out.push_back(ending.letters);
  for (const auto& choice : ending.choices) {
    std::string text;
    for (const auto& each : choice) {
      if (each.type != part_kind::letters || each.optional)
        return std::nullopt;
      text += each.letters;
    }
    out.push_back(std::move(text));
  }
  if (ending.type == part_kind::space || ending.type == part_kind::any_word ||
      out.size() > endings_max)
    return std::nullopt;
  return out;
}

/// A group whose first choice begins within a word.
bool is_ending(const part& next) {
  return next.type == part_kind::letters ||
         (next.type == part_kind::group && !next.choices.empty() &&
          !next.choices.front().empty() &&
          next.choices.front().front().type == part_kind::letters);
}

/// Writes parts as JSGF. Nothing: they cannot be said.
class jsgf_printer {
public:
  explicit jsgf_printer(const pattern_rules& rules) : rules_{rules} {}

  std::optional<std::string> print(const std::vector<sequence>& choices,
                                   bool last) const {
    std::vector<std::string> said;
    bool silent = false;
    for (const auto& each : choices) {
      const auto text = print(each, last);
      if (text && text->empty())
        silent = true;
      else if (text)
        said.push_back(*text);
    }
    if (said.empty())
      return silent ? std::optional<std::string>{""} : std::nullopt;
    auto out = join(said);
    return silent ? '[' + out + ']' : said.size() == 1 ? out : '(' + out + ')';
  }

  static std::string join(const std::vector<std::string>& choices) {
    std::string out;
    for (const auto& each : choices)
      out += (out.empty() ? "" : " | ") + each;
    return out;
  }

private:
  std::optional<std::string> print(const sequence& parts, bool last) const {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool ends = last && i + 1 == parts.size();
      std::optional<std::string> text;
      if (parts[i].type != part_kind::letters)
        text = print(parts[i], ends);
      else if (i + 1 < parts.size() && is_ending(parts[i + 1]))
        text = print_word(parts[i].letters, parts[i + 1]), ++i;
      else
        text = print_word(parts[i].letters);
      if (!text && !parts[i].optional)
        return std::nullopt;
      if (text && !text->empty())
        out += (out.empty() ? "" : " ") + *text;
    }
    return out;
  }

  std::optional<std::string> print(const part& what, bool last) const {
    if (what.type == part_kind::space)
      return "";
    if (what.type == part_kind::any_word)
      return std::nullopt;
    // "( \S+){0,3}": any words, or none.
    const bool any = what.optional && what.choices.size() == 1 &&
                     what.choices.front().size() == 2 &&
                     what.choices.front().back().type == part_kind::any_word;
    if (any)
      return optional(last ? rules_.tail : rules_.filler);
    const auto text = print(what.choices, last);
    return text && what.optional ? optional(*text) : text;
  }

  static std::string optional(const std::string& text) {
    return text.empty() ? text : '[' + text + ']';
  }

  std::optional<std::string> print_word(const std::string& word) const {
    auto spelt = spelling_of(word, rules_.knows);
    return spelt.empty() ? std::nullopt : std::optional{std::move(spelt)};
  }

  std::optional<std::string> print_word(const std::string& word,
                                        const part& ending) const {
    const auto endings = texts_of(ending);
    if (!endings)
      return std::nullopt;
    std::vector<std::string> said;
    for (const auto& each : *endings)
      if (auto spelt = spelling_of(word + each, rules_.knows); !spelt.empty())
        said.push_back(std::move(spelt));
    if (said.empty())
      return std::nullopt;
    return said.size() == 1 ? said.front() : '(' + join(said) + ')';
  }

  const pattern_rules& rules_;
};

} // namespace

std::string spelling_of(std::string_view word, const known_word& knows) {
  std::vector<std::string> known;
  if (knows(word))
    known.emplace_back(word);
  // Patterns have no apostrophes: don't, i'm, you're.
  if (word.ends_with("nt") || word == "im" || known.empty())
    for (const std::size_t letters : {1, 2})
      if (word.size() > letters) {
        std::string with{word};
        with.insert(word.size() - letters, 1, '\'');
        if (knows(with)) {
          known.push_back(std::move(with));
          break;
        }
      }
  if (known.size() < 2)
    return known.empty() ? "" : known.front();
  return '(' + jsgf_printer::join(known) + ')';
}

caf::expected<std::string> pattern_to_jsgf(std::string_view pattern,
                                           const pattern_rules& rules) {
  if (pattern.size() > pattern_chars_max)
    return caf::make_error(errc::invalid, "it is too long");
  pattern_reader reader{pattern};
  const auto choices = reader.choices(0);
  if (!reader.problem.empty())
    return caf::make_error(errc::invalid, reader.problem);
  if (!reader.done())
    return caf::make_error(errc::invalid, "a group without its beginning");
  auto text = jsgf_printer{rules}.print(choices, true);
  if (!text || text->empty())
    return caf::make_error(errc::invalid, "it has words that are not known");
  return std::move(*text);
}

} // namespace caly
