#pragma once

namespace caly::sim {

struct sim_options;
class call_board;
class faults;
class history;
class http_client;
class scheduler;
class speech;
class utterance_index;
class webhook_sender;

/// What every simulated provider shares. All of it outlives them.
struct world {
  const sim_options& options;
  scheduler& time;
  history& log;
  call_board& board;
  sim::faults& faults;
  http_client& http;
  webhook_sender& webhooks;
  sim::speech& speech;
  utterance_index& utterances;
};

} // namespace caly::sim
