#include "cluster/alarms/alarm_book.hpp"
#include "tests/unit/cluster/console_cluster_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <set>

namespace caly::test {
namespace {

/// From the root of the repository, as other files that tests read.
const std::filesystem::path folder = "cluster/runbooks";

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

std::vector<std::filesystem::path> pages() {
  std::vector<std::filesystem::path> out;
  for (const auto& each : std::filesystem::directory_iterator{folder})
    if (each.path().extension() == ".md" && each.path().filename() != "README.md")
      out.push_back(each.path());
  return out;
}

/// The lines that a page lets somebody type: those with the prompt of the console.
std::vector<std::string> commands_of(const std::filesystem::path& page) {
  constexpr std::string_view prompt = "caly> ";
  std::vector<std::string> out;
  for (const auto& line : lines_of(page))
    if (line.starts_with(prompt))
      out.push_back(line.substr(prompt.size()));
  return out;
}

struct all_commands : console_cluster_fixture {
  console_registry registry;

  all_commands() {
    add_core_commands(registry, "caly test");
    add_cluster_commands(registry, sources);
    add_membership_commands(registry, sources);
    add_campaign_commands(registry, sources);
    add_call_commands(registry, sources);
    add_check_commands(registry, sources);
    add_work_commands(registry, sources);
    add_alarm_commands(registry, sources);
    add_number_commands(registry, sources);
  }

  /// Empty when the console knows the command and its flags.
  std::string problem_of(const std::string& text) const {
    const auto line = parse_console_line(text);
    if (!line || line->command.empty())
      return "cannot be read";
    std::size_t used = 0;
    const auto* command = registry.find(line->command, used);
    if (command == nullptr)
      return "is unknown";
    const auto args = parse_console_args(
        *command,
        {line->command.begin() + static_cast<std::ptrdiff_t>(used), line->command.end()});
    return args ? std::string{} : to_string(args.error());
  }
};

BOOST_FIXTURE_TEST_SUITE(runbooks_suite, all_commands)

BOOST_AUTO_TEST_CASE(every_page_gets_by_with_five_commands_that_the_console_knows) {
  BOOST_TEST(pages().size() >= 20u);
  for (const auto& page : pages()) {
    std::set<std::string> different;
    for (const auto& line : commands_of(page)) {
      const auto problem = problem_of(line);
      BOOST_TEST(problem.empty(), page.filename().string() + ": " + line + " " + problem);
      if (!line.starts_with("elevate "))
        different.insert(line);
    }
    BOOST_TEST(!different.empty(), page.filename().string() + " has no command");
    BOOST_TEST(different.size() <= 5u,
               page.filename().string() + " has too many commands");
  }
}

BOOST_AUTO_TEST_CASE(every_page_says_when_to_call_for_help) {
  for (const auto& page : pages()) {
    const auto lines = lines_of(page);
    BOOST_TEST((std::ranges::find(lines, "## Escalate") != lines.end()),
               page.filename().string());
  }
}

BOOST_AUTO_TEST_CASE(the_index_names_every_page_and_every_alarm_has_one) {
  std::string index;
  for (const auto& line : lines_of(folder / "README.md"))
    index += line + '\n';
  for (const auto& page : pages())
    BOOST_TEST(index.find("(" + page.filename().string() + ")") != std::string::npos,
               page.filename().string());
  for (const auto& kind : alarm_kinds())
    BOOST_TEST(std::filesystem::exists(folder / (std::string{kind.runbook} + ".md")),
               kind.name);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
