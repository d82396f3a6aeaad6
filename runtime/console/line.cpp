#include "runtime/console/line.hpp"

#include "runtime/base/error.hpp"
#include "runtime/console/command.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t line_bytes_max = 4'096;
constexpr std::size_t words_max = 64;

/// Reads words and pipes from left to right.
class scanner {
public:
  explicit scanner(std::string_view text) : text_{text} {}

  caf::expected<std::vector<std::vector<console_word>>> run() {
    std::size_t words = 0;
    while (skip_spaces()) {
      if (text_[at_] == '|') {
        ++at_;
        parts_.emplace_back();
        continue;
      }
      console_word word;
      if (auto failure = read(word))
        return failure;
      if (++words > words_max)
        return caf::make_error(errc::too_large, "a line has at most 64 words");
      parts_.back().push_back(std::move(word));
    }
    return std::move(parts_);
  }

private:
  bool skip_spaces() {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ')
      ++at_;
    return at_ < text_.size();
  }

  caf::error read(console_word& word) {
    while (at_ < text_.size()) {
      const auto c = text_[at_];
      if (static_cast<unsigned char>(c) <= ' ' || c == '|')
        break;
      ++at_;
      if (c != '"' && c != '\'') {
        word.text += c;
        continue;
      }
      word.quoted = true;
      if (auto failure = read_quoted(c, word.text))
        return failure;
    }
    return {};
  }

  caf::error read_quoted(char quote, std::string& into) {
    while (at_ < text_.size()) {
      auto c = text_[at_++];
      if (c == quote)
        return {};
      if (c == '\\' && quote == '"' && at_ < text_.size())
        c = text_[at_++];
      into += c;
    }
    return caf::make_error(errc::invalid, std::string{"a quote is not closed: "} + quote);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::vector<console_word>> parts_{1};
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What every command takes.
const std::vector<std::string> common_flags{"output", "limit", "node", "reason"};
const std::vector<std::string> common_switches{"yes", "dry-run", "json"};

std::string long_name(std::string_view flag) {
  if (flag == "-o")
    return "output";
  if (flag == "-n")
    return "n";
  return std::string{flag.substr(flag.starts_with("--") ? 2 : 1)};
}

bool is_flag(const console_word& word) {
  return !word.quoted && word.text.size() > 1 && word.text[0] == '-' &&
         !(word.text[1] >= '0' && word.text[1] <= '9');
}

} // namespace

caf::expected<console_line> parse_console_line(std::string_view text) {
  if (text.size() > line_bytes_max)
    return caf::make_error(errc::too_large, "a line has at most 4096 bytes");
  auto parts = scanner{text}.run();
  if (!parts)
    return std::move(parts.error());
  console_line line;
  line.command = std::move(parts->front());
  for (auto part = parts->begin() + 1; part != parts->end(); ++part) {
    if (part->empty() || line.command.empty())
      return caf::make_error(errc::invalid, "a pipe needs something on both sides");
    auto& filter = line.filters.emplace_back();
    for (auto& word : *part)
      filter.push_back(std::move(word.text));
  }
  return line;
}

std::string console_args::text(const std::string& flag, std::string fallback) const {
  const auto found = flags.find(flag);
  return found != flags.end() ? found->second : fallback;
}

caf::expected<std::int64_t> console_args::integer(const std::string& flag,
                                                  std::int64_t fallback,
                                                  std::int64_t min,
                                                  std::int64_t max) const {
  const auto found = flags.find(flag);
  if (found == flags.end())
    return fallback;
  const auto& text = found->second;
  std::int64_t value = 0;
  const auto [stop, failure] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || stop != text.data() + text.size() || value < min ||
      value > max)
    return caf::make_error(errc::invalid,
                           "--" + flag + " takes a number from " + std::to_string(min) +
                               " to " + std::to_string(max));
  return value;
}

caf::expected<milliseconds> console_args::time(const std::string& flag,
                                               milliseconds fallback,
                                               milliseconds max) const {
  const auto found = flags.find(flag);
  if (found == flags.end())
    return fallback;
  const auto value = parse_time(found->second);
  if (!value || *value > max)
    return caf::make_error(errc::invalid,
                           "--" + flag +
                               " takes a time such as 500ms, 30s or 10m, at most " +
                               std::to_string(max.count() / 1000) + "s");
  return *value;
}

caf::expected<console_args> parse_console_args(const console_command& command,
                                               const std::vector<console_word>& words) {
  console_args args;
  const auto wrong = [&](const std::string& what) {
    return caf::make_error(errc::invalid, what + "; usage: " + command.usage);
  };
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (!is_flag(*word)) {
      args.words.push_back(word->text);
      continue;
    }
    const auto equals = word->text.find('=');
    const auto name = long_name(std::string_view{word->text}.substr(0, equals));
    if (contains(command.switches, name) || contains(common_switches, name)) {
      if (equals != std::string::npos)
        return wrong("--" + name + " takes no value");
      args.switches.insert(name);
    } else if (contains(command.flags, name) || contains(common_flags, name)) {
      if (equals != std::string::npos)
        args.flags[name] = word->text.substr(equals + 1);
      else if (++word != words.end())
        args.flags[name] = word->text;
      else
        return wrong("--" + name + " needs a value");
    } else {
      return wrong("unknown flag " + word->text);
    }
  }
  if (args.words.size() > command.words_max)
    return wrong("too many words");
  return args;
}

std::optional<milliseconds> parse_time(std::string_view text) {
  std::int64_t value = 0;
  const auto [unit, failure] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || value < 0 || value > 1'000'000)
    return std::nullopt;
  const std::string_view name{unit,
                              static_cast<std::size_t>(text.data() + text.size() - unit)};
  if (name == "ms")
    return milliseconds{value};
  if (name == "s")
    return std::chrono::seconds{value};
  if (name == "m")
    return std::chrono::minutes{value};
  if (name == "h")
    return std::chrono::hours{value};
  return std::nullopt;
}

} // namespace caly
