#include "tests/simulators/sandbox.hpp"

#include "tests/simulators/admin/admin.hpp"
#include "tests/simulators/azure/azure_speech.hpp"
#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/bolna/bolna_calls.hpp"
#include "tests/simulators/bolna/bolna_rest.hpp"
#include "tests/simulators/callee/persona.hpp"
#include "tests/simulators/cartesia/cartesia_rest.hpp"
#include "tests/simulators/deepgram/deepgram_listen.hpp"
#include "tests/simulators/elevenlabs/elevenlabs_rest.hpp"
#include "tests/simulators/exotel/exotel_calls.hpp"
#include "tests/simulators/exotel/exotel_rest.hpp"
#include "tests/simulators/http/http_client.hpp"
#include "tests/simulators/http/http_server.hpp"
#include "tests/simulators/http/webhook_sender.hpp"
#include "tests/simulators/openai/openai_rest.hpp"
#include "tests/simulators/s3/s3_rest.hpp"
#include "tests/simulators/s3/s3_signature.hpp"
#include "tests/simulators/speech/speech.hpp"
#include "tests/simulators/speech/utterance_index.hpp"
#include "tests/simulators/telnyx/telnyx_rest.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"
#include "tests/simulators/twilio/twilio_rest.hpp"

namespace caly::sim {

struct sandbox::parts {
  parts(boost::asio::io_context& io, const sim_options& options)
      : time{io, options.speed},
        log{options.history_path},
        wrong{options.seed},
        http{io},
        webhooks{time, http, log, wrong},
        voices{time, utterances},
        all{options, time, log, board, wrong, http, webhooks, voices, utterances},
        calls{all},
        twilio{all, calls},
        telnyx{all, calls},
        executions{all},
        bolna{all, executions},
        exotel_lines{all},
        exotel{all, exotel_lines},
        openai{all},
        s3{all},
        azure{all},
        deepgram{all},
        elevenlabs{all},
        cartesia{all},
        control{all, twilio, exotel, [this] { stop_soon(); }},
        providers{
            io, options.port, [this](const exchange_ptr& exchange) { serve(exchange); }},
        admin_door{io, options.admin_port, [this](const exchange_ptr& exchange) {
                     control.serve(exchange);
                   }} {
    if (!options.instant)
      learn_lines();
  }

  /// Renders what callees say before the first of them is called.
  void learn_lines() {
    const auto learn = [this](std::string_view text, voice speaks) {
      voices.say(text, speaks, [](const utterance_ptr&) {});
    };
    for (const auto& one : personas()) {
      for (const auto line : one.lines)
        learn(line, one.speaks);
      learn(one.goodbye, one.speaks);
      learn(one.hello, one.speaks);
    }
    learn(voicemail_greeting(), voice::english);
  }

  /// The answer to whoever asked for the end leaves first.
  void stop_soon() {
    farewell = time.after_real(0.1, [this] { time.io().stop(); });
  }

  void serve(const exchange_ptr& exchange);

  scheduler time;
  history log;
  call_board board;
  sim::faults wrong;
  http_client http;
  webhook_sender webhooks;
  utterance_index utterances;
  sim::speech voices;
  world all;
  twilio_calls calls;
  twilio_rest twilio;
  telnyx_rest telnyx;
  bolna_calls executions;
  bolna_rest bolna;
  exotel_calls exotel_lines;
  exotel_rest exotel;
  openai_rest openai;
  s3_rest s3;
  azure_speech azure;
  deepgram_listen deepgram;
  elevenlabs_rest elevenlabs;
  cartesia_rest cartesia;
  admin control;
  timer farewell;
  http_server providers;
  http_server admin_door;
};

void sandbox::parts::serve(const exchange_ptr& exchange) {
  const auto& path = exchange->request().path;
  if (is_s3(exchange->request()))
    return s3.serve(exchange);
  if (path.starts_with("/2010-04-01/"))
    return twilio.serve(exchange);
  if (exotel_rest::owns(path))
    return exotel.serve(exchange);
  if (azure_speech::owns(path))
    return azure.serve(exchange);
  if (deepgram_listen::owns(path))
    return deepgram.serve(exchange);
  if (elevenlabs_rest::owns(path))
    return elevenlabs.serve(exchange);
  if (cartesia_rest::owns(path))
    return cartesia.serve(exchange);
  if (path.starts_with("/v2/texml/"))
    return telnyx.serve(exchange);
  if (path.starts_with("/v1/"))
    return openai.serve(exchange);
  if (bolna_rest::owns(path))
    return bolna.serve(exchange);
  if (path == "/health")
    return exchange->reply(json_response(200, R"({"status":"ok"})"));
  log.request("unknown", exchange->request().method, path, 404);
  exchange->reply(json_response(404, R"({"error":"no provider has this path"})"));
}

sandbox::sandbox(boost::asio::io_context& io, const sim_options& options)
    : parts_{std::make_unique<parts>(io, options)} {}

sandbox::~sandbox() = default;

std::uint16_t sandbox::port() const {
  return parts_->providers.port();
}

std::uint16_t sandbox::admin_port() const {
  return parts_->admin_door.port();
}

} // namespace caly::sim
