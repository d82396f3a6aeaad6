#include "config/schema.hpp"

#include <tuple>
#include <type_traits>

namespace caly {

namespace {

constexpr double second = 1000;
constexpr double minute = 60 * second;
constexpr double hour = 60 * minute;
constexpr double day = 24 * hour;
constexpr double kib = 1024;
constexpr double mib = 1024 * kib;
constexpr double gib = 1024 * mib;

struct table {
  std::vector<option> options;
  std::vector<std::pair<std::string, std::string>> sections;
};

template <class T>
constexpr option_kind kind_of() {
  if constexpr (std::is_same_v<T, std::string>)
    return option_kind::text;
  else if constexpr (std::is_same_v<T, bool>)
    return option_kind::flag;
  else if constexpr (std::is_same_v<T, double>)
    return option_kind::real;
  else if constexpr (std::is_same_v<T, std::chrono::milliseconds>)
    return option_kind::duration;
  else if constexpr (std::is_same_v<T, std::size_t>)
    return option_kind::bytes;
  else if constexpr (std::is_same_v<T, std::vector<std::string>>)
    return option_kind::list;
  else
    return option_kind::whole;
}

/// Adds the options of one section; the later calls refine the last option.
template <class... Path>
class section {
public:
  section(table& out, std::string name, std::string doc, Path... path)
      : out_{out}, name_{std::move(name)}, path_{path...} {
    out_.sections.emplace_back(name_, std::move(doc));
  }

  template <class Owner, class T>
  section& add(std::string key, T Owner::*member, std::string doc) {
    auto slot = [path = path_, member](settings& s) -> option_slot {
      return std::apply([&](auto... step) { return &((s.*....*step).*member); }, path);
    };
    out_.options.push_back(
        {name_ + "." + std::move(key), std::move(doc), kind_of<T>(), std::move(slot)});
    return *this;
  }

  section& range(double min, double max) {
    out_.options.back().min = min;
    out_.options.back().max = max;
    return *this;
  }

  section& one_of(std::vector<std::string> choices) {
    out_.options.back().choices = std::move(choices);
    return *this;
  }

  section& url() {
    out_.options.back().kind = option_kind::url;
    return *this;
  }

  section& secret() {
    out_.options.back().secret = true;
    return *this;
  }

  section& shared() {
    out_.options.back().shared = true;
    return *this;
  }

  section& alias(std::string environment) {
    out_.options.back().alias = std::move(environment);
    return *this;
  }

private:
  table& out_;
  std::string name_;
  std::tuple<Path...> path_;
};

// One setting a line: this is a table, and searching it must find whole entries.
// clang-format off
void add_node(table& out) {
  using s = node_settings;
  section(out, "node", "This process.", &settings::node)
    .add("id", &s::id, "Name of the node; unique in the cluster.")
    .add("profile", &s::profile, "What the node is for; production refuses weak settings.")
      .one_of({"dev", "demo", "test", "production"})
    .add("state_dir", &s::state_dir, "Folder for what the node writes.")
    .add("sectors_dir", &s::sectors_dir, "Folder of the sector packs.");
}

void add_net(table& out) {
  using s = net_settings;
  section(out, "net", "The HTTP and WebSocket listener.", &settings::net)
    .add("host", &s::host, "Address to listen on.")
    .add("port", &s::port, "Port to listen on; 0 takes a free one.").range(0, 65535).alias("PORT")
    .add("public_url", &s::public_url, "Address that providers are told to call back.").url()
    .add("dashboard_dir", &s::dashboard_dir, "Folder of the built dashboard; empty serves none.")
    .add("trusted_proxies", &s::trusted_proxies, "Networks whose X-Forwarded-* headers count.")
    .add("allowed_origins", &s::allowed_origins, "Web origins besides the public address that may open sockets.")
    .add("io_threads", &s::io_threads, "Threads that serve requests.").range(1, 64)
    .add("media_threads", &s::media_threads, "Threads that move audio.").range(1, 64)
    .add("media_tick", &s::media_tick, "Audio frames are moved in passes of this length; 0 moves each at once.").range(0, 20)
    .add("connections_max", &s::connections_max, "Open connections in all.").range(1, 1'000'000)
    .add("connections_per_ip_max", &s::connections_per_ip_max, "Open connections from one address.").range(1, 1'000'000)
    .add("requests_per_connection_max", &s::requests_per_connection_max, "Requests until a connection is closed.").range(1, 1e9)
    .add("header_bytes_max", &s::header_bytes_max, "Size of a request's header.").range(kib, mib)
    .add("header_fields_max", &s::header_fields_max, "Fields of a request's header.").range(8, 1000)
    .add("url_bytes_max", &s::url_bytes_max, "Length of a request's target.").range(256, 64 * kib)
    .add("body_bytes_max", &s::body_bytes_max, "Size of a JSON body.").range(kib, 64 * mib)
    .add("webhook_bytes_max", &s::webhook_bytes_max, "Size of a webhook's body.").range(kib, 64 * mib)
    .add("upload_bytes_max", &s::upload_bytes_max, "Size of an uploaded file.").range(kib, gib)
    .add("ws_message_bytes_max", &s::ws_message_bytes_max, "Size of a message on a dashboard socket.").range(kib, 16 * mib)
    .add("media_message_bytes_max", &s::media_message_bytes_max, "Size of a message on a media socket.").range(kib, 16 * mib)
    .add("ws_queue_bytes_max", &s::ws_queue_bytes_max, "Unsent bytes after which a slow socket is closed.").range(kib, 64 * mib)
    .add("ws_queue_messages_max", &s::ws_queue_messages_max, "Unsent messages after which a slow socket is closed.").range(1, 100'000)
    .add("header_timeout", &s::header_timeout, "For a whole request header.").range(100, 5 * minute)
    .add("body_timeout", &s::body_timeout, "For a whole JSON body.").range(100, 30 * minute)
    .add("upload_timeout", &s::upload_timeout, "For a whole uploaded file.").range(second, 6 * hour)
    .add("write_timeout", &s::write_timeout, "For writing an answer.").range(100, 30 * minute)
    .add("idle_timeout", &s::idle_timeout, "Until an unused connection is closed.").range(100, 30 * minute)
    .add("request_timeout", &s::request_timeout, "For answering a request once it is read.").range(100, 5 * minute)
    .add("ws_handshake_timeout", &s::ws_handshake_timeout, "For opening a WebSocket.").range(100, minute)
    .add("ws_idle_timeout", &s::ws_idle_timeout, "Until a silent WebSocket is closed; pings go at half of it.").range(second, 30 * minute);
}

void add_cluster(table& out) {
  using s = cluster_settings;
  section(out, "cluster", "The links between nodes.", &settings::cluster)
    .add("name", &s::name, "Name of the cluster; nodes of another name are refused.").shared()
    .add("basp_host", &s::basp_host, "This node's address for links from and to other nodes; of a private interface.")
    .add("basp_port", &s::basp_port, "Port for links from other nodes; 0 takes a free one.").range(0, 65535)
    .add("secret", &s::secret, "Proves that a node belongs to the cluster.").secret().shared()
    .add("tls_certificate", &s::tls_certificate, "PEM file that this node shows the others; needed beyond loopback.")
    .add("tls_key", &s::tls_key, "PEM file of its private key.")
    .add("tls_authority", &s::tls_authority, "PEM file of the cluster's own authority; whoever it signed is a node.")
    .add("shards", &s::shards, "Shards per kind of placed actor; never changed once data exists.").range(1, 4096).shared()
    .add("capacity", &s::capacity, "This node's share of the shards, beside that of the others.").range(0.01, 100)
    .add("lease", &s::lease, "How long a node's claim holds without renewal.").range(second, minute).shared()
    .add("renew", &s::renew, "How often a claim is renewed.").range(100, 20 * second).shared()
    .add("heartbeat", &s::heartbeat, "How often a link is probed.").range(50, 10 * second)
    .add("peer_timeout", &s::peer_timeout, "Silence after which a link counts as broken.").range(100, minute)
    .add("connect_timeout", &s::connect_timeout, "For opening a link.").range(100, 30 * second)
    .add("request_timeout", &s::request_timeout, "For an answer from another node.").range(100, 30 * second)
    .add("shutdown_deadline", &s::shutdown_deadline, "For an ordered stop, then the process ends anyway.").range(second, 10 * minute)
    .add("drain_deadline", &s::drain_deadline, "How long the calls of a node that is to end may talk on.").range(0, 4 * hour)
    .add("stall_max", &s::stall_max, "A process that stood still for longer ends itself; at most the lease.").range(500, minute).shared()
    .add("protocol_max", &s::protocol_max, "Highest level that this node speaks to others; 0 takes all it knows. Holds an upgrade back.").range(0, 1000)
    .add("accept_config_change", &s::accept_config_change, "Joins although a setting that is the same on all nodes differs: while it is changed node by node.");
}

void add_database(table& out) {
  using s = database_settings;
  section(out, "database", "PostgreSQL 15.", &settings::database)
    .add("url", &s::url, "Connection of the application role.").secret().alias("DATABASE_URL")
    .add("owner_url", &s::owner_url, "Connection that runs migrations; `url` when empty.").secret()
    .add("pool_size", &s::pool_size, "Connections of a node.").range(1, 64)
    .add("batch_max", &s::batch_max, "Requests that share one transaction.").range(1, 10'000)
    .add("queue_max", &s::queue_max, "Waiting requests after which new ones are refused.").range(1, 1'000'000)
    .add("statement_timeout", &s::statement_timeout, "For one statement.").range(100, 10 * minute)
    .add("lock_timeout", &s::lock_timeout, "For a row lock.").range(50, minute)
    .add("idle_in_transaction_timeout", &s::idle_in_transaction_timeout, "For a transaction that does nothing; at most the lease.").range(100, minute)
    .add("connect_timeout", &s::connect_timeout, "For connecting; whole seconds.").range(second, minute)
    .add("tcp_user_timeout", &s::tcp_user_timeout, "For unacknowledged bytes on the wire.").range(100, minute);
}

void add_dial(table& out) {
  using s = dial_settings;
  section(out, "dial", "Outgoing calls.", &settings::dial)
    .add("provider", &s::provider, "Who places the calls.").one_of({"twilio", "telnyx", "bolna", "exotel"}).shared()
    .add("system_concurrent_calls_limit", &s::system_concurrent_calls_limit, "Live calls of all tenants together.")
      .range(1, 100'000).alias("SYSTEM_CONCURRENT_CALLS_LIMIT").shared()
    .add("tenant_concurrent_calls_default", &s::tenant_concurrent_calls_default, "Live calls of a new tenant.").range(1, 100'000).shared()
    .add("calls_per_second_per_number", &s::calls_per_second_per_number, "Calls started per second from one number.").range(0.01, 10'000).shared()
    .add("fuse", &s::fuse, "A call that was not sent within this time of its intent is never sent.").range(10, 10 * second).shared()
    .add("settle", &s::settle, "Until a call with an unknown result may count as lost.").range(100, 10 * minute).shared()
    .add("create_timeout", &s::create_timeout, "For the carrier's answer to a new call.").range(100, minute).shared()
    .add("ring_timeout", &s::ring_timeout, "How long a phone rings.").range(5 * second, 10 * minute).shared()
    .add("max_call", &s::max_call, "Longest call.").range(10 * second, 4 * hour).shared()
    .add("reconcile_interval", &s::reconcile_interval, "How often unsettled calls are looked up.").range(100, 10 * minute)
    .add("contact_gap", &s::contact_gap, "Least time between two calls to one person; a tenant may change it.").range(0, 30 * day).shared()
    .add("contact_daily_cap", &s::contact_daily_cap, "Calls to one person a day; a tenant may change it.").range(1, 100).shared()
    .add("campaign_batch", &s::campaign_batch, "Rows that a campaign takes at a time.").range(1, 10'000);
}

void add_call(table& out) {
  using s = call_settings;
  section(out, "call", "Live calls.", &settings::call)
    .add("brain", &s::brain, "Who listens and speaks for agents that name no brain; auto is realtime where it has a key, else gather.")
      .one_of({"auto", "realtime", "cascade", "relay", "gather", "embedded"})
    .add("relay_languages", &s::relay_languages, "What carriers that speak themselves call the languages of agents, each as en=en-IN.")
    .add("idle_timeout", &s::idle_timeout, "Silence of both sides until the call ends.").range(second, 10 * minute)
    .add("no_media_timeout", &s::no_media_timeout, "Time without any audio frame until the call ends.").range(second, 10 * minute)
    .add("brain_connect_timeout", &s::brain_connect_timeout, "For reaching the speech model.").range(100, minute)
    .add("agent_timeout", &s::agent_timeout, "For one step of an agent.").range(100, 5 * minute)
    .add("goodbye_grace", &s::goodbye_grace, "For the last sentence before hanging up.").range(0, minute)
    .add("media_ticket_ttl", &s::media_ticket_ttl, "How long a media address may be used.").range(second, 10 * minute)
    .add("transcript_turns_max", &s::transcript_turns_max, "Turns kept of one call.").range(10, 100'000)
    .add("tool_calls_max", &s::tool_calls_max, "Tool calls of one call.").range(0, 1000)
    .add("detect_answer", &s::detect_answer, "Finds out who picked up an outbound call: a person, a voicemail, a menu, a screener or an operator's announcement.")
    .add("on_voicemail", &s::on_voicemail, "At a voicemail, for agents that do not say: message leaves the agent's message after the beep, hang_up ends the call.").one_of({"message", "hang_up"})
    .add("on_menu", &s::on_menu, "At an automatic menu: navigate lets agents that may press keys find their way, hang_up ends the call.").one_of({"navigate", "hang_up"})
    .add("on_screening", &s::on_screening, "When somebody's phone asks who calls: introduce lets the agent say its greeting, hang_up ends the call.").one_of({"introduce", "hang_up"})
    .add("ear", &s::ear, "Who understands the caller in a cascade, the preferred one first; those without a key are left out.").one_of({"deepgram", "azure"})
    .add("voice", &s::voice, "Who speaks in a cascade, the preferred one first; those without a key are left out.").one_of({"azure", "elevenlabs", "cartesia"})
    .add("mind", &s::mind, "Who answers in a cascade, the preferred one first; those without a key or model are left out.").one_of({"openai", "chat"})
    .add("voice_timeout", &s::voice_timeout, "For one sentence of a cascade, to its last byte of audio.").range(second, minute)
    .add("mind_timeout", &s::mind_timeout, "For one answer of a cascade, to its last word.").range(second, minute);
}

void add_speech(table& out) {
  using s = speech_settings;
  section(out, "speech", "The embedded brain's ear and voice.", &settings::speech)
    .add("program", &s::program, "The program that listens and speaks; `caly_speech` beside this one when empty.")
    .add("model", &s::model, "Folder of pocketsphinx with the English model `en-us` and its dictionary.")
    .add("processes", &s::processes, "How many of them; each understands and speaks one sentence at a time.").range(1, 64)
    .add("timeout", &s::timeout, "For one sentence; a process that needs longer is replaced.").range(100, minute);
}

void add_recording(table& out) {
  using s = recording_settings;
  section(out, "recording", "Recordings of calls.", &settings::recording)
    .add("calls", &s::calls, "Whether calls are recorded where neither their tenant nor their agent says.").one_of({"off", "on"}).shared()
    .add("announce", &s::announce, "Recorded calls begin with the agent's notice that they are.").shared()
    .add("store", &s::store, "Where recordings are kept.").one_of({"folder", "s3"}).shared()
    .add("folder", &s::folder, "Folder that keeps them; `recordings` in the state folder when empty.")
    .add("folder_shared", &s::folder_shared, "All nodes see the same folder there; without, a recording plays on its node only.").shared()
    .add("keep_days", &s::keep_days, "Days until a recording is deleted; a tenant may change it.").range(1, 3650).shared()
    .add("link_ttl", &s::link_ttl, "How long the address of a recording may be used.").range(second, hour)
    .add("free_bytes_min", &s::free_bytes_min, "With less room on the node's disk nothing is recorded.").range(mib, 1024 * gib);
}

void add_billing(table& out) {
  using s = billing_settings;
  section(out, "billing", "Prepaid credits; 1 credit is 1,000,000 micro-credits.", &settings::billing)
    .add("price_per_minute_micros", &s::price_per_minute_micros, "Price of a minute in micro-credits.").range(0, 1e12).shared()
    .add("signup_credits_micros", &s::signup_credits_micros, "Credits of a new tenant in micro-credits.").range(0, 1e15).shared()
    .add("pulse", &s::pulse, "Calls are charged in steps of this length.").range(second, 10 * minute).shared()
    .add("hold_minutes", &s::hold_minutes, "Minutes that are held when a call is reserved.").range(1, 240).shared();
}

void add_auth(table& out) {
  using s = auth_settings;
  section(out, "auth", "Log-in.", &settings::auth)
    .add("jwt_secret", &s::jwt_secret, "Signs access tokens; at least 32 bytes in production.").secret().shared()
    .add("jwt_issuer", &s::jwt_issuer, "Issuer written into and expected in access tokens.").shared()
    .add("access_ttl", &s::access_ttl, "Life of an access token.").range(10 * second, day)
    .add("refresh_ttl", &s::refresh_ttl, "Life of a refresh token.").range(minute, 365 * day)
    .add("clock_skew", &s::clock_skew, "Tolerance for clocks of other machines.").range(0, 5 * minute)
    .add("ws_ticket_ttl", &s::ws_ticket_ttl, "Life of a ticket for a dashboard socket.").range(second, 10 * minute)
    .add("argon2_memory", &s::argon2_memory, "Memory for hashing one password.").range(8 * kib, gib)
    .add("argon2_passes", &s::argon2_passes, "Passes for hashing one password.").range(1, 20)
    .add("password_threads", &s::password_threads, "Passwords hashed at the same time.").range(1, 32)
    .add("password_chars_min", &s::password_chars_min, "Shortest password.").range(8, 128);
}

void add_limits(table& out) {
  using s = limit_settings;
  section(out, "limits", "What one client may ask for.", &settings::limits)
    .add("requests_per_minute", &s::requests_per_minute, "Requests of one user.").range(1, 10'000'000)
    .add("requests_burst", &s::requests_burst, "Requests of one user at once.").range(1, 1'000'000)
    .add("logins_per_minute_per_account", &s::logins_per_minute_per_account, "Log-in attempts at one account.").range(1, 100'000)
    .add("logins_per_minute_per_ip", &s::logins_per_minute_per_ip, "Log-in attempts from one address.").range(1, 100'000)
    .add("imports_per_hour", &s::imports_per_hour, "Files a tenant may upload.").range(1, 100'000)
    .add("import_rows_max", &s::import_rows_max, "Rows of an uploaded file.").range(1, 10'000'000)
    .add("import_columns_max", &s::import_columns_max, "Columns of an uploaded file.").range(1, 1000)
    .add("page_max", &s::page_max, "Items of one page of a list.").range(1, 1000)
    .add("contacts_per_tenant_max", &s::contacts_per_tenant_max, "Contacts of a tenant.").range(1, 1e9);
}

void add_insight(table& out) {
  using s = insight_settings;
  section(out, "insight", "Analysis after each call.", &settings::insight)
    .add("words_min", &s::words_min, "Shortest transcript that is analysed, in words.").range(1, 1000)
    .add("timeout", &s::timeout, "For one analysis by the language model.").range(second, 10 * minute)
    .add("attempts_max", &s::attempts_max, "Tries before an analysis counts as failed.").range(1, 20);
}

void add_forecast(table& out) {
  using s = forecast_settings;
  section(out, "forecast", "Simulation of campaigns.", &settings::forecast)
    .add("waiting_max", &s::waiting_max, "Simulations that wait on a node; more are told to come again.").range(1, 1000)
    .add("time_max", &s::time_max, "For playing one campaign; a large one is played less often in it.").range(100, 30 * second)
    .add("calls_min", &s::calls_min, "Past calls of an agent or its sector from which outcomes are learned.").range(1, 500);
}

template <class Owner>
auto provider(table& out, const std::string& name, std::string doc, Owner providers_settings::*member) {
  using p = provider_settings;
  section at(out, "providers." + name, std::move(doc), &settings::providers, member);
  at.add("base_url", &p::base_url, "Address of the service or of a stand-in.").url();
  at.add("account_sid", &p::account_sid, "Account at the provider.").shared();
  at.add("auth_token", &p::auth_token, "Secret of the account.").secret().shared();
  at.add("api_key", &p::api_key, "Key for the API.").secret();
  return at;
}

void alias(table& out, std::string_view name, std::string environment) {
  for (auto& x : out.options)
    if (x.name == name)
      x.alias = std::move(environment);
}

void add_providers(table& out) {
  using all = providers_settings;
  provider(out, "twilio", "Twilio: calls and media streams.", &all::twilio)
    .add("from_number", &twilio_settings::from_number, "Number that calls come from, E.164.")
    .add("relay_attributes", &twilio_settings::relay_attributes, "More attributes of <ConversationRelay>, each as ttsProvider=Google.")
    .add("relay_signature_required", &twilio_settings::relay_signature_required, "Refuses ConversationRelay sockets without a signature; one that is there is always checked.");
  provider(out, "telnyx", "Telnyx: calls by TeXML.", &all::telnyx)
    .add("application_id", &telnyx_settings::application_id, "TeXML application that calls are made with.").shared()
    .add("from_number", &telnyx_settings::from_number, "Number that calls come from, E.164.")
    .add("public_key", &telnyx_settings::public_key, "Key of the account that webhooks are checked with, base64.").shared()
    .add("signature_age_max", &telnyx_settings::signature_age_max, "Oldest signature of a webhook.").range(second, hour)
    .add("relay_attributes", &telnyx_settings::relay_attributes, "More attributes of <ConversationRelay>, each as voice=Telnyx.Natural.abbie.");
  provider(out, "openai", "OpenAI: speech model, analysis, embeddings.", &all::openai)
    .add("realtime_model", &openai_settings::realtime_model, "Model that speaks.")
    .add("realtime_voice", &openai_settings::realtime_voice, "Voice of the model.")
    .add("transcription_model", &openai_settings::transcription_model, "Model that writes down what the caller says.")
    .add("analysis_model", &openai_settings::analysis_model, "Model that analyses transcripts.")
    .add("embedding_model", &openai_settings::embedding_model, "Model for search.")
    .add("talk_model", &openai_settings::talk_model, "Model that answers in a cascade.");
  provider(out, "chat", "Any server of the Chat Completions API; without a key none is sent.", &all::chat)
    .add("model", &chat_settings::model, "Model that answers in a cascade; empty: the server is not used.")
    .add("tokens_field", &chat_settings::tokens_field, "What the server calls the bound on an answer.")
      .one_of({"max_tokens", "max_completion_tokens"});
  provider(out, "bolna", "Bolna: hosted calls.", &all::bolna)
    .add("agent_id", &bolna_settings::agent_id, "Agent at Bolna.").shared()
    .add("from_number", &bolna_settings::from_number, "Number that calls come from, E.164.")
    .add("webhook_secret", &bolna_settings::webhook_secret, "Last part of the webhook's path.").secret().alias("WEBHOOK_SECRET").shared()
    .add("webhook_ips", &bolna_settings::webhook_ips, "Addresses that webhooks may come from; empty allows any.");
  provider(out, "meta", "Meta: WhatsApp and Instagram.", &all::meta)
    .add("webhook_secret", &meta_settings::webhook_secret, "Signs webhooks.").secret().alias("WEBHOOK_SECRET");
  provider(out, "exotel", "Exotel: calls and AgentStream; `auth_token` is its API token.", &all::exotel)
    .add("from_number", &exotel_settings::from_number, "ExoPhone that calls come from, E.164.").shared()
    .add("webhook_secret", &exotel_settings::webhook_secret, "Proves callbacks, and ends the paths of those that carry no proof.").secret().shared()
    .add("sample_rate", &exotel_settings::sample_rate, "Samples a second on its media sockets: 8000, 16000 or 24000.").range(8000, 24000).shared()
    .add("chunk_bytes", &exotel_settings::chunk_bytes, "Audio in one message to it; a multiple of 320.").range(320, 99'840);
  provider(out, "azure_speech", "Azure Speech: speech to text and voices.", &all::azure_speech)
    .add("region", &azure_speech_settings::region, "Region of the key, such as centralindia; names the hosts when base_url is empty.")
    .add("voice_english", &azure_speech_settings::voice_english, "Voice for English.")
    .add("voice_hindi", &azure_speech_settings::voice_hindi, "Voice for Hindi.")
    .add("voice_hinglish", &azure_speech_settings::voice_hinglish, "Voice for Hinglish.")
    .add("segmentation", &azure_speech_settings::segmentation, "Silence after which a phrase is settled.").range(100, 5 * second)
    .add("settle_by_end", &azure_speech_settings::settle_by_end, "Whether a pause of the caller ends the audio stream, so that its words are settled at once.");
  provider(out, "deepgram", "Deepgram: speech to text.", &all::deepgram)
    .add("model", &deepgram_settings::model, "Model that listens.")
    .add("language", &deepgram_settings::language, "Language that is asked for, such as hi or multi; empty: by the languages of the call.")
    .add("endpointing", &deepgram_settings::endpointing, "Silence after which words are settled.").range(10, 5 * second);
  provider(out, "elevenlabs", "ElevenLabs: voices.", &all::elevenlabs)
    .add("model", &elevenlabs_settings::model, "Model that speaks.")
    .add("voice_english", &elevenlabs_settings::voice_english, "Id of the voice for English; empty: not used.")
    .add("voice_hindi", &elevenlabs_settings::voice_hindi, "Id of the voice for Hindi; empty: as English.")
    .add("voice_hinglish", &elevenlabs_settings::voice_hinglish, "Id of the voice for Hinglish; empty: as Hindi.");
  provider(out, "cartesia", "Cartesia: voices.", &all::cartesia)
    .add("model", &cartesia_settings::model, "Model that speaks.")
    .add("version", &cartesia_settings::version, "Version of the API, a date.")
    .add("voice_english", &cartesia_settings::voice_english, "Id of the voice for English; empty: not used.")
    .add("voice_hindi", &cartesia_settings::voice_hindi, "Id of the voice for Hindi; empty: as English.")
    .add("voice_hinglish", &cartesia_settings::voice_hinglish, "Id of the voice for Hinglish; empty: as Hindi.");
  provider(out, "ses", "Amazon SES: e-mail.", &all::ses);
  provider(out, "gmail", "Gmail.", &all::gmail);
  provider(out, "graph", "Microsoft Graph: Outlook.", &all::graph);
  provider(out, "google_calendar", "Google Calendar.", &all::google_calendar);
  provider(out, "shopify", "Shopify: orders.", &all::shopify);
  provider(out, "s3", "S3-compatible storage; account_sid is the access key, auth_token its secret.", &all::s3)
    .add("region", &s3_settings::region, "Region of the bucket, which requests are signed for.")
    .add("bucket", &s3_settings::bucket, "Bucket that keeps recordings.")
    .add("addressing", &s3_settings::addressing, "Whether the bucket stands in the path or in the host's name.").one_of({"path", "virtual"});
  alias(out, "providers.twilio.account_sid", "TWILIO_ACCOUNT_SID");
  alias(out, "providers.twilio.auth_token", "TWILIO_AUTH_TOKEN");
  alias(out, "providers.telnyx.api_key", "TELNYX_API_KEY");
  alias(out, "providers.openai.api_key", "OPENAI_API_KEY");
  alias(out, "providers.bolna.api_key", "BOLNA_API_KEY");
  alias(out, "providers.exotel.account_sid", "EXOTEL_ACCOUNT_SID");
  alias(out, "providers.exotel.api_key", "EXOTEL_API_KEY");
  alias(out, "providers.exotel.auth_token", "EXOTEL_API_TOKEN");
}

void add_log_and_console(table& out) {
  using l = log_settings;
  section(out, "log", "What the node tells about itself.", &settings::log)
    .add("level", &l::level, "Least important line that is written.")
      .one_of({"trace", "debug", "info", "warn", "error", "off"}).alias("LOG_LEVEL")
    .add("file", &l::file, "File to write to; standard error when empty.")
    .add("rotate_bytes", &l::rotate_bytes, "Size after which a new file is begun.").range(64 * kib, 4 * gib)
    .add("rotate_files", &l::rotate_files, "Old files that are kept.").range(1, 100);
  using c = console_settings;
  section(out, "console", "The debug console.", &settings::console)
    .add("host", &c::host, "Address to listen on.")
    .add("port", &c::port, "Port to listen on; 0 takes a free one.").range(0, 65535)
    .add("token", &c::token, "Lets an admin in.").secret()
    .add("sessions_max", &c::sessions_max, "Open consoles at the same time.").range(1, 1000);
}

// clang-format on

table build() {
  table out;
  add_node(out);
  add_net(out);
  add_cluster(out);
  add_database(out);
  add_dial(out);
  add_call(out);
  add_speech(out);
  add_recording(out);
  add_billing(out);
  add_auth(out);
  add_limits(out);
  add_insight(out);
  add_forecast(out);
  add_providers(out);
  add_log_and_console(out);
  return out;
}

const table& built() {
  static const table instance = build();
  return instance;
}

} // namespace

const std::vector<option>& settings_schema() {
  return built().options;
}

const std::vector<std::pair<std::string, std::string>>& settings_sections() {
  return built().sections;
}

} // namespace caly
