#include "cluster/console/sources.hpp"

#include "runtime/base/error.hpp"
#include "runtime/console/protocol.hpp"

#include <caf/event_based_actor.hpp>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto records_timeout = 1800ms;
constexpr auto sweep_time = 20s;
constexpr std::size_t at_once = 8;
constexpr json_limits answer_limits{8 << 20, 16, 400'000, 32, 3};

caf::error plain(const caf::error& reason) {
  if (reason == caf::sec::request_timeout)
    return caf::make_error(errc::timed_out, "the database does not answer in time");
  return reason;
}

/// Asks tenant after tenant; lives in the handlers of its own requests.
class running_sweep : public std::enable_shared_from_this<running_sweep> {
public:
  running_sweep(console_reply reply, const console_sources& sources, tenant_sweep order)
      : reply_{std::move(reply)}, records_{sources.records}, order_{std::move(order)} {}

  void run(std::vector<tenant_id> tenants) {
    tenants_ = std::move(tenants);
    if (tenants_.empty())
      order_.done(0, 0);
    for (std::size_t i = 0; i < at_once; ++i)
      next();
  }

private:
  void next() {
    if (over_ || next_ == tenants_.size() || !reply_.open())
      return;
    auto ask = order_.ask;
    ask.tenant = tenants_[next_++];
    reply_.self()
        ->request(records_, records_timeout, ask)
        .then(
            [keep = shared_from_this(),
             tenant = ask.tenant](const record_answer& answer) {
              const auto rows = json::parse(answer.json, answer_limits);
              if (rows)
                keep->answered(keep->over_ || keep->order_.each(tenant, *rows), false);
              else
                keep->answered(true, true);
            },
            [keep = shared_from_this()](const caf::error& err) {
              keep->answered(true, err != errc::not_found);
            });
  }

  void answered(bool go_on, bool failed) {
    ++answered_;
    failed_ += failed ? 1 : 0;
    if (over_)
      return;
    if (!go_on || answered_ == tenants_.size()) {
      over_ = true;
      order_.done(tenants_.size(), failed_);
      return;
    }
    next();
  }

  console_reply reply_;
  records_actor records_;
  tenant_sweep order_;
  std::vector<tenant_id> tenants_;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
  std::size_t failed_ = 0;
  bool over_ = false;
};

/// True when `--tenant` decides: `then` was called or the run has failed.
bool tenant_given(const console_reply& reply,
                  const console_args& args,
                  const tenant_found& then) {
  const auto text = args.text("tenant");
  if (text.empty())
    return false;
  if (const auto tenant = tenant_id::parse(text))
    then(*tenant);
  else
    reply.fail(caf::make_error(errc::invalid, text + " is not a tenant"),
               "--tenant ten_…");
  return true;
}

} // namespace

void add_command(console_registry& registry,
                 const console_sources& sources,
                 const char* name,
                 console_level level,
                 const char* usage,
                 const char* help,
                 std::vector<std::string> flags,
                 std::size_t words_max,
                 console_run_function run) {
  registry.add({name,
                level,
                usage,
                help,
                std::move(flags),
                {},
                words_max,
                [sources, run](const console_args& args, const console_reply& reply) {
                  run(sources, args, reply);
                }});
}

void ask_rows(const console_reply& reply,
              const console_sources& sources,
              run_record ask,
              std::function<void(const json& answer)> then) {
  reply.self()
      ->request(sources.records, records_timeout, std::move(ask))
      .then(
          [reply, then = std::move(then)](const record_answer& answer) {
            const auto rows = json::parse(answer.json, answer_limits);
            if (!rows)
              reply.fail(rows.error());
            else if (reply.open())
              then(*rows);
          },
          [reply](const caf::error& err) { reply.fail(plain(err)); });
}

void ask_view(const console_reply& reply,
              const console_sources& sources,
              std::function<void(const peer_list&)> then) {
  reply.self()
      ->request(sources.desk, 1s, list_peers{})
      .then(
          [reply, then = std::move(then)](const peer_list& known) {
            if (known.view.nodes.empty())
              reply.fail(caf::make_error(errc::unavailable,
                                         "this node has not seen the cluster yet"),
                         "is the database up? log tail shows why");
            else if (reply.open())
              then(known);
          },
          [reply](const caf::error& err) { reply.fail(plain(err)); });
}

void ask_node(const console_reply& reply,
              const console_sources& sources,
              const std::string& node,
              std::chrono::milliseconds limit,
              const std::string& line,
              std::function<void(const json& answer)> then) {
  reply.self()
      ->request(
          sources.desk,
          limit,
          forward_line{
              node,
              {reply.user(), console_level::observe, {}, console_request_for(1, line)}})
      .then(
          [then](const std::string& answer) {
            const auto parsed = json::parse(answer, answer_limits);
            then(parsed ? *parsed : json{});
          },
          [then](const caf::error&) { then(json{}); });
}

void pass_line(const console_reply& reply,
               const console_sources& sources,
               const std::string& node,
               const std::string& line) {
  using namespace std::chrono_literals;
  reply.extend(12s);
  reply.self()
      ->request(sources.desk,
                11s,
                forward_line{node,
                             {reply.user(),
                              reply.level(),
                              "passed on from " + sources.node,
                              console_request_for(1, line)}})
      .then(
          [=](const std::string& text) {
            const auto answer = json::parse(text, answer_limits);
            if (answer && (*answer)["ok"].bool_or(false))
              return reply.text(std::string{(*answer)["text"].text_or("")} + " at " +
                                node);
            const std::string why{answer
                                      ? (*answer)["error"]["message"].text_or("no answer")
                                      : "no answer"};
            reply.fail(caf::make_error(errc::unavailable, node + ": " + why));
          },
          [=](const caf::error& err) {
            reply.fail(err, "nodes shows which nodes are up");
          });
}

void sweep_tenants(const console_reply& reply,
                   const console_sources& sources,
                   const console_args& args,
                   tenant_sweep order) {
  const auto sweep = std::make_shared<running_sweep>(reply, sources, std::move(order));
  if (tenant_given(reply, args, [sweep](const tenant_id& one) { sweep->run({one}); }))
    return;
  reply.extend(sweep_time);
  ask_rows(reply, sources, {{}, "tenants.all", {}, 1000}, [sweep](const json& rows) {
    std::vector<tenant_id> all;
    for (const auto& row : rows.items())
      if (const auto id = tenant_id::parse(row["tenant_id"].text_or("")))
        all.push_back(*id);
    sweep->run(std::move(all));
  });
}

std::string sweep_note(std::size_t tenants, std::size_t failed) {
  if (failed == 0)
    return {};
  return std::to_string(failed) + " of " + std::to_string(tenants) +
         " tenants did not answer";
}

void find_tenant(const console_reply& reply,
                 const console_sources& sources,
                 const console_args& args,
                 const call_id& call,
                 tenant_found then) {
  if (tenant_given(reply, args, then))
    return;
  ask_rows(reply,
           sources,
           {{}, "calls.tenant_of", {call.str()}, 0},
           [reply, call, then = std::move(then)](const json& row) {
             if (const auto tenant = tenant_id::parse(row["tenant_id"].text_or("")))
               then(*tenant);
             else
               reply.fail(caf::make_error(errc::not_found, "no call " + call.str()));
           });
}

void find_tenant(const console_reply& reply,
                 const console_sources& sources,
                 const console_args& args,
                 const campaign_id& campaign,
                 tenant_found then) {
  if (tenant_given(reply, args, then))
    return;
  const auto found = std::make_shared<std::optional<tenant_id>>();
  sweep_tenants(
      reply,
      sources,
      args,
      {{{}, "campaigns.get", {campaign.str()}, 0},
       [found](const tenant_id& tenant, const json&) {
         *found = tenant;
         return false;
       },
       [=](std::size_t tenants, std::size_t failed) {
         if (*found)
           then(**found);
         else
           reply.fail(caf::make_error(errc::not_found, "no campaign " + campaign.str()),
                      sweep_note(tenants, failed));
       }});
}

void refuse_word(const console_reply& reply,
                 const std::string& word,
                 const char* what,
                 const char* prefix) {
  reply.fail(caf::make_error(errc::invalid,
                             word.empty() ? std::string{"which "} + what + "?"
                                          : word + " is not a " + what),
             std::string{"give its id, "} + prefix + "_…");
}

} // namespace caly
