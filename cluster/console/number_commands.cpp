#include "actors/model/phone_number.hpp"
#include "cluster/console/commands.hpp"
#include "cluster/console/gather.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

void show_numbers(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  show_all(sources,
           args,
           reply,
           {{}, "numbers.list", {std::nullopt}, 1000},
           {{"phone"}, {"provider"}, {"agent_id"}, {"tenant"}});
}

/// Runs a statement about the number that the first word names, for `--tenant`.
void change_number(
    const console_sources& sources,
    const console_args& args,
    const console_reply& reply,
    const std::function<run_record(const tenant_id&, const std::string&)>& ask) {
  const auto phone = phone_number::parse(args.word(0));
  if (!phone)
    return refuse_word(reply, args.word(0), "number", "+");
  const auto tenant = tenant_id::parse(args.text("tenant"));
  if (!tenant)
    return refuse_word(reply, args.text("tenant"), "tenant (--tenant)", "ten");
  if (args.has("dry-run"))
    return reply.text("would change " + phone->str() + " of " + tenant->str() +
                      "; run without --dry-run");
  ask_rows(reply, sources, ask(*tenant, phone->str()), [=](const json& row) {
    auto table = console_table::make_record();
    add_fields(table, row);
    reply.table(std::move(table));
  });
}

void set_number(const console_sources& sources,
                const console_args& args,
                const console_reply& reply) {
  const auto agent = args.words.size() > 1 ? id_word<agent_tag>(reply, args, 1, "agent")
                                           : std::optional<agent_id>{};
  if (args.words.size() > 1 && !agent)
    return;
  change_number(
      sources, args, reply, [&](const tenant_id& tenant, const std::string& phone) {
        return run_record{tenant,
                          "numbers.set",
                          {phone,
                           agent ? record_argument{agent->str()} : record_argument{},
                           args.text("provider", "twilio"),
                           "console"},
                          0};
      });
}

void remove_number(const console_sources& sources,
                   const console_args& args,
                   const console_reply& reply) {
  change_number(
      sources, args, reply, [](const tenant_id& tenant, const std::string& phone) {
        return run_record{tenant, "numbers.remove", {phone, "console"}, 0};
      });
}

} // namespace

void add_number_commands(console_registry& registry, const console_sources& sources) {
  const auto add = [&](const char* name,
                       console_level level,
                       const char* usage,
                       const char* help,
                       std::vector<std::string> flags,
                       std::size_t words_max,
                       console_run_function run) {
    flags.emplace_back("tenant");
    add_command(
        registry, sources, name, level, usage, help, std::move(flags), words_max, run);
  };
  add("numbers",
      console_level::observe,
      "numbers [--tenant ten_…]",
      "Phone numbers, whose they are and who answers them.",
      {},
      0,
      show_numbers);
  add("number set",
      console_level::operate,
      "number set <+91…> [<agt_…>] --tenant ten_… [--provider twilio] [--dry-run]",
      "Gives a number to a tenant; the agent answers calls to it.",
      {"provider"},
      2,
      set_number);
  add("number remove",
      console_level::operate,
      "number remove <+91…> --tenant ten_… [--dry-run]",
      "Takes a number away; calls to it are rejected from then on.",
      {},
      1,
      remove_number);
}

} // namespace caly
