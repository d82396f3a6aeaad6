#include "cluster/console/commands.hpp"
#include "cluster/console/gather.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace caly {

namespace {

constexpr const char* actor_name = "console";

std::string now_text(const console_sources& sources) {
  return to_rfc3339(sources.clock());
}

void show_running(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  show_all(sources,
           args,
           reply,
           {{}, "campaigns.work", {now_text(sources), std::nullopt}, 200},
           {{"id"},
            {"tenant"},
            {"concurrency", true},
            {"live", true},
            {"due", true},
            {"next_at"},
            {"recent_ended", true},
            {"recent_failed", true}});
}

console_table
campaign_record(const tenant_id& tenant, const json& campaign, const json& progress) {
  auto table = console_table::make_record();
  table.field("id", cell_of(campaign["id"]));
  table.field("tenant", tenant.str());
  for (const auto* name : {"name",
                           "status",
                           "status_reason",
                           "agent_id",
                           "agent_version",
                           "import_id",
                           "from_number",
                           "concurrency",
                           "started_at"})
    table.field(name, cell_of(campaign[name]));
  for (const auto* name :
       {"rows", "live", "waiting_for", "eta_s", "attempts", "charged_micros"})
    table.field(name, cell_of(progress[name]));
  add_fields(table, progress["counts"], "counts.");
  add_fields(table, progress["outcomes"], "outcomes.");
  return table;
}

void show_campaign(const console_sources& sources,
                   const console_args& args,
                   const console_reply& reply) {
  if (args.words.empty()) {
    show_running(sources, args, reply);
    return;
  }
  const auto id = id_word<campaign_tag>(reply, args, 0, "campaign");
  if (!id)
    return;
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    ask_rows(reply,
             sources,
             {tenant, "campaigns.get", {id->str()}, 0},
             [=](const json& campaign) {
               ask_rows(reply,
                        sources,
                        {tenant, "campaigns.progress", {id->str(), now_text(sources)}, 0},
                        [=](const json& progress) {
                          reply.table(campaign_record(tenant, campaign, progress));
                        });
             });
  });
}

void explain(const console_sources& sources,
             const console_args& args,
             const console_reply& reply) {
  const auto id = id_word<campaign_tag>(reply, args, 0, "campaign");
  if (!id)
    return;
  const auto contact = id_word<contact_tag>(reply, args, 1, "contact");
  if (!contact)
    return;
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    ask_rows(
        reply,
        sources,
        {tenant, "campaigns.explain", {id->str(), contact->str(), now_text(sources)}, 0},
        [=](const json& answer) {
          auto table =
              table_of(answer["reasons"].items(), {{"code"}, {"text"}, {"until"}});
          table.note = "row is " + std::string{answer["state"].text_or("unknown")};
          reply.table(std::move(table));
        });
  });
}

/// Pauses or resumes: the row first, then a hint to the node that works for the tenant.
void change(const console_sources& sources,
            const console_args& args,
            const console_reply& reply,
            const char* statement) {
  const auto id = id_word<campaign_tag>(reply, args, 0, "campaign");
  if (!id)
    return;
  const auto pausing = std::string_view{statement} == "campaigns.pause";
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    if (args.has("dry-run")) {
      reply.text("would change " + id->str() + " of " + tenant.str() +
                 "; run without --dry-run");
      return;
    }
    std::vector<record_argument> values{id->str(), actor_name};
    if (pausing)
      values.emplace_back(args.text("reason", "paused from the console"));
    values.emplace_back(now_text(sources));
    ask_rows(
        reply, sources, {tenant, statement, std::move(values), 0}, [=](const json& row) {
          caf::anon_send(sources.region, wake_tenant{tenant, "console"});
          auto table = console_table::make_record();
          add_fields(table, row);
          reply.table(std::move(table));
        });
  });
}

void show_attempts(const console_sources& sources,
                   const console_args& args,
                   const console_reply& reply) {
  const auto state = args.text("state");
  const auto campaign = args.text("campaign");
  if (state.empty() && campaign.empty() && args.text("tenant").empty()) {
    show_all(sources,
             args,
             reply,
             {{}, "attempts.by_state", {}, 100},
             {{"tenant"}, {"state"}, {"count", true}, {"oldest_at"}});
    return;
  }
  const auto given = [](const std::string& text) {
    return text.empty() ? record_argument{} : record_argument{text};
  };
  show_all(sources,
           args,
           reply,
           {{}, "attempts.list", {given(state), given(campaign), std::nullopt}, 500},
           {{"id"},
            {"state"},
            {"status"},
            {"attempt_no", true},
            {"node"},
            {"fence", true},
            {"created_at"},
            {"sending_at"},
            {"ended_at"},
            {"provider_call_id"},
            {"campaign_id", false, true},
            {"contact_id", false, true},
            {"tenant", false, true}});
}

/// Lets the owners of tenants look at their rows now.
void reconcile(const console_sources& sources,
               const console_args& args,
               const console_reply& reply) {
  const auto woken = std::make_shared<std::size_t>(0);
  const auto dry = args.has("dry-run");
  sweep_tenants(reply,
                sources,
                args,
                {{{}, "route.shard", {}, 0},
                 [=](const tenant_id& tenant, const json&) {
                   ++*woken;
                   if (!dry)
                     caf::anon_send(sources.region, wake_tenant{tenant, "reconcile"});
                   return true;
                 },
                 [=](std::size_t tenants, std::size_t failed) {
                   const auto note = sweep_note(tenants, failed);
                   reply.text((dry ? "would wake " : "woke ") + std::to_string(*woken) +
                              " tenants" + (note.empty() ? "" : "; " + note));
                 }});
}

} // namespace

void add_campaign_commands(console_registry& registry, const console_sources& sources) {
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
  add("camp",
      console_level::observe,
      "camp [<cmp_…>] [--tenant ten_…]",
      "Progress of a campaign and what it waits for; alone: all that run.",
      {},
      1,
      show_campaign);
  add("camp explain",
      console_level::observe,
      "camp explain <cmp_…> <ctc_…> [--tenant ten_…]",
      "Why a contact of a campaign is or is not called now.",
      {},
      2,
      explain);
  add("camp pause",
      console_level::operate,
      "camp pause <cmp_…> [--reason text] [--tenant ten_…] [--dry-run]",
      "Stops new dials of a campaign; live calls go on.",
      {},
      1,
      [](const auto& from, const auto& args, const auto& to) {
        change(from, args, to, "campaigns.pause");
      });
  add("camp resume",
      console_level::operate,
      "camp resume <cmp_…> [--tenant ten_…] [--dry-run]",
      "Lets a paused campaign dial again.",
      {},
      1,
      [](const auto& from, const auto& args, const auto& to) {
        change(from, args, to, "campaigns.resume");
      });
  add("attempts",
      console_level::observe,
      "attempts [--state S] [--campaign cmp_…] [--tenant ten_…]",
      "Attempts by state; with a flag the attempts themselves, newest first.",
      {"state", "campaign"},
      0,
      show_attempts);
  add("reconcile",
      console_level::operate,
      "reconcile [--tenant ten_…] [--dry-run]",
      "Wakes tenants wherever they live, so that they look at their rows now.",
      {},
      0,
      reconcile);
}

} // namespace caly
