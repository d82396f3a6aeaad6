#include "actors/api/call_control.hpp"
#include "actors/model/phone_number.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

constexpr std::size_t words_bytes_max = 1'000;

std::optional<transfer_mode> mode_of(std::string_view text) {
  if (text == "warm")
    return transfer_mode::warm;
  if (text == "blind")
    return transfer_mode::blind;
  if (text == "refer")
    return transfer_mode::refer;
  return std::nullopt;
}

/// Nothing: the request was answered.
std::optional<std::string> words_of(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return std::nullopt;
  json_reader reader{*body};
  auto text = reader.text("text", words_bytes_max);
  if (text.empty())
    reader.fail("text", "must not be empty");
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return std::nullopt;
  return text;
}

bool is_empty_object(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return false;
  json_reader reader{*body};
  reader.refuse_unknown();
  return !refuse_problems(request, reader);
}

std::optional<transfer_call> transfer_of(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return std::nullopt;
  json_reader reader{*body};
  transfer_call order;
  order.destination = reader.text("to", 255);
  if (!order.destination.starts_with("sip:"))
    order.destination = phone_text(reader, "to");
  order.name = reader.text_or("name", order.destination, 120);
  order.briefing = reader.text_or("briefing", "", words_bytes_max);
  if (order.briefing.empty())
    order.briefing = "A caller is being connected to you.";
  const auto mode = mode_of(reader.text_or("mode", "warm", 16));
  if (!mode)
    reader.fail("mode", "must be warm, blind or refer");
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return std::nullopt;
  order.mode = mode.value_or(transfer_mode::warm);
  order.by = request->who.user.str();
  return order;
}

} // namespace

void rest_api::add_call_actions(router& routes) {
  const auto action = [&](const std::string& name, request_handler handler) {
    change(routes,
           http_method::post,
           "/api/calls/:id/actions/" + name,
           route_policy::operator_,
           std::move(handler));
  };
  action("say", [this](const request_ptr& r) {
    if (const auto text = words_of(r))
      act_on_call(r, "call.say", say_text{*text});
  });
  action("whisper", [this](const request_ptr& r) {
    if (const auto text = words_of(r))
      act_on_call(r, "call.whisper", advise_agent{*text});
  });
  const std::pair<const char*, call_speaker> words[]{{"hold", call_speaker::nobody},
                                                     {"resume", call_speaker::agent},
                                                     {"takeover", call_speaker::person},
                                                     {"handback", call_speaker::agent}};
  for (const auto& [name, speaker] : words)
    action(
        name,
        [this, audit = std::string{"call."} + name, to = speaker](const request_ptr& r) {
          if (is_empty_object(r))
            act_on_call(r, audit, give_word{to});
        });
  action("transfer", [this](const request_ptr& r) {
    if (const auto order = transfer_of(r))
      begin_transfer(r, *order);
  });
  get(routes, "/api/calls/:id/transfers", route_policy::viewer, [this](const auto& r) {
    list_of_call(r, "transfers.of_call", 100);
  });
}

// The row says which node has its talk.
void rest_api::with_live_call(
    const request_ptr& request,
    std::function<void(const request_ptr&, const call_actor&)> then) {
  with_call(request,
            [this, then = std::move(then)](
                const request_ptr& r, const call_id& id, const json&) {
              run(r,
                  r->who.tenant,
                  "calls.speaker",
                  {id.str()},
                  0,
                  [this, id, then](const request_ptr& same, const record_answer& answer) {
                    const auto row = json::parse(answer.json);
                    const std::string node{row ? (*row)["node"].text_or("") : ""};
                    if (node.empty())
                      return refuse(same,
                                    caf::make_error(errc::conflict,
                                                    "Nobody talks in this call now."));
                    ask<call_actor>(same,
                                    parts_.actors.region,
                                    find_call{same->who.tenant, id, false, node},
                                    [then](const request_ptr& last, call_actor& call) {
                                      then(last, call);
                                    });
                  });
            });
}

template <class Message>
void rest_api::act_on_call(const request_ptr& request,
                           const std::string& audit,
                           Message message) {
  with_live_call(
      request, [this, audit, message](const request_ptr& r, const call_actor& call) {
        const auto desk = caf::actor_cast<call_desk_actor>(call);
        ask<bool>(r, desk, message, [this, audit](const request_ptr& same, bool& done) {
          if (!done)
            return refuse(
                same, caf::make_error(errc::conflict, "Nobody talks in this call now."));
          run(same,
              same->who.tenant,
              "audit.append",
              {same->who.user.str(),
               audit,
               std::string{same->param("id")},
               std::nullopt,
               std::nullopt},
              0,
              [](const request_ptr& last, const record_answer&) {
                last->respond(success(last->correlation_id, R"({"done":true})"));
              });
        });
      });
}

void rest_api::begin_transfer(const request_ptr& request, const transfer_call& order) {
  with_live_call(request, [this, order](const request_ptr& r, const call_actor& call) {
    ask<std::int32_t>(r,
                      caf::actor_cast<call_desk_actor>(call),
                      order,
                      [this](const request_ptr& same, std::int32_t& number) {
                        json_writer data;
                        data.begin_object().field("transfer", number).end_object();
                        run(same,
                            same->who.tenant,
                            "audit.append",
                            {same->who.user.str(),
                             "call.transfer",
                             std::string{same->param("id")},
                             std::nullopt,
                             std::nullopt},
                            0,
                            [text = std::move(data).str()](const request_ptr& last,
                                                           const record_answer&) {
                              last->respond(success(last->correlation_id, text, 202));
                            });
                      });
  });
}

} // namespace caly
