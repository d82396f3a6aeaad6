#include "config/sector_pack.hpp"

#include "config/agent_file.hpp"
#include "config/toml_reader.hpp"

#include <algorithm>

namespace caly {

namespace {

namespace fs = std::filesystem;

/// Files with the extension in a folder, sorted so that every node reads the same order.
std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> out;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{folder, failed})
    if (entry.path().extension() == extension)
      out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

dialog_turn read_turn(toml_reader& in) {
  dialog_turn out;
  out.say = in.text("say");
  out.language = in.text_or("language", "");
  out.intent = in.text_or("intent", "");
  out.slots = in.text_table("slots");
  out.reply = in.texts("reply");
  out.tool = in.text_or("tool", "");
  out.ends = in.flag_or("ends", false);
  in.refuse_unknown();
  return out;
}

void read_dialogs(const fs::path& file, const std::string& sector, sector_packs& out) {
  auto& pack = out.packs.back();
  read_toml(file, out.problems, [&](toml_reader& in) {
    const auto agent = sector + "." + in.text("agent");
    if (std::ranges::find(pack.agents, agent, &pack_agent::slug) == pack.agents.end())
      in.fail("agent", agent + " is not an agent of this sector");
    for (auto& x : in.tables("dialogs")) {
      dialog_script script;
      script.agent = agent;
      script.title = x.text("title");
      script.now = x.text_or("now", "2026-11-21T10:00:00");
      script.variables = x.text_table("variables");
      for (auto& turn : x.tables("turns")) {
        script.turns.push_back(read_turn(turn));
        script.turns.back().place = file.string() + ": " + script.title;
      }
      if (script.turns.empty())
        x.fail("turns", "is required");
      x.refuse_unknown();
      pack.dialogs.push_back(std::move(script));
    }
    in.refuse_unknown();
  });
}

void read_sector(const fs::path& folder,
                 const common_agent_parts& common,
                 sector_packs& out) {
  sector_pack pack;
  pack.id = folder.filename().string();
  read_toml(folder / "sector.toml", out.problems, [&](toml_reader& in) {
    pack.name = in.text("name");
    pack.description = in.text("description");
    in.refuse_unknown();
  });
  for (const auto& file : files_in(folder / "agents", ".toml"))
    pack.agents.push_back(read_agent_file(file, pack.id, common, out.problems));
  if (pack.agents.empty())
    out.problems.push_back({folder.string(), "has no agents/*.toml"});
  out.packs.push_back(std::move(pack));
  for (const auto& file : files_in(folder / "dialogs", ".toml"))
    read_dialogs(file, out.packs.back().id, out);
}

} // namespace

sector_packs load_sector_packs(const fs::path& folder) {
  sector_packs out;
  const auto common = read_common_parts(folder / "common.toml", out.problems);
  std::vector<fs::path> sectors;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{folder, failed})
    if (entry.is_directory())
      sectors.push_back(entry.path());
  std::ranges::sort(sectors);
  if (sectors.empty())
    out.problems.push_back({folder.string(), "holds no sector"});
  for (const auto& sector : sectors)
    read_sector(sector, common, out);
  return out;
}

} // namespace caly
