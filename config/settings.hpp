#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace caly {

using namespace std::chrono_literals;

/// Every knob of a node. A member's initial value is the built-in default; `schema.cpp`
/// gives each its name, range and description. Read once at start, never changed after.
/// Empty text means "not set".

struct node_settings {
  std::string id = "node-1";
  std::string profile = "production"; ///< dev, demo, test or production.
  std::string state_dir = "state";
  std::string sectors_dir = "config/sectors";
};

struct net_settings {
  std::string host = "127.0.0.1";
  int port = 8080; ///< 0 takes any free port.
  std::string public_url;
  std::string dashboard_dir;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> allowed_origins;
  int io_threads = 1;
  int media_threads = 1;
  /// Frames of all calls are handled in passes of this length; 0 handles each at once.
  std::chrono::milliseconds media_tick = 1ms;
  int connections_max = 4000;
  int connections_per_ip_max = 512;
  int requests_per_connection_max = 1'000'000;
  std::size_t header_bytes_max = 16 << 10;
  int header_fields_max = 100;
  std::size_t url_bytes_max = 4 << 10;
  std::size_t body_bytes_max = 256 << 10;
  std::size_t webhook_bytes_max = 512 << 10;
  std::size_t upload_bytes_max = 20 << 20;
  std::size_t ws_message_bytes_max = 64 << 10;
  std::size_t media_message_bytes_max = 32 << 10;
  std::size_t ws_queue_bytes_max = 1 << 20;
  int ws_queue_messages_max = 256;
  std::chrono::milliseconds header_timeout = 10s;
  std::chrono::milliseconds body_timeout = 30s;
  std::chrono::milliseconds upload_timeout = 10min;
  std::chrono::milliseconds write_timeout = 30s;
  std::chrono::milliseconds idle_timeout = 30s;
  std::chrono::milliseconds request_timeout = 10s;
  std::chrono::milliseconds ws_handshake_timeout = 5s;
  std::chrono::milliseconds ws_idle_timeout = 30s;
};

struct cluster_settings {
  std::string name = "caly";
  std::string basp_host = "127.0.0.1";
  int basp_port = 0;
  std::string secret;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_authority;
  int shards = 128; ///< Per kind of placed actor.
  double capacity = 1.0;
  std::chrono::milliseconds lease = 5s;
  std::chrono::milliseconds renew = 1s;
  std::chrono::milliseconds heartbeat = 500ms;
  std::chrono::milliseconds peer_timeout = 2s;
  std::chrono::milliseconds connect_timeout = 1s;
  std::chrono::milliseconds request_timeout = 2s;
  std::chrono::milliseconds shutdown_deadline = 20s;
  std::chrono::milliseconds drain_deadline = 10min;
  std::chrono::milliseconds stall_max = 3s;
  int protocol_max = 0; ///< 0: all that this build knows.
  bool accept_config_change = false;
};

struct database_settings {
  std::string url;
  std::string owner_url; ///< Runs the migrations; `url` when empty.
  int pool_size = 8;
  int batch_max = 256;
  int queue_max = 10'000;
  std::chrono::milliseconds statement_timeout = 5s;
  std::chrono::milliseconds lock_timeout = 2s;
  std::chrono::milliseconds idle_in_transaction_timeout = 5s;
  std::chrono::milliseconds connect_timeout = 2s;
  std::chrono::milliseconds tcp_user_timeout = 3s;
};

struct dial_settings {
  std::string provider =
      "twilio"; ///< twilio, telnyx, bolna or exotel: who places the calls.
  int system_concurrent_calls_limit = 10;
  int tenant_concurrent_calls_default = 5;
  double calls_per_second_per_number = 1.0;
  std::chrono::milliseconds fuse = 500ms;
  std::chrono::milliseconds settle = 30s;
  std::chrono::milliseconds create_timeout = 10s;
  std::chrono::milliseconds ring_timeout = 30s;
  std::chrono::milliseconds max_call = 600s;
  std::chrono::milliseconds reconcile_interval = 10s;
  std::chrono::milliseconds contact_gap = 0ms;
  int contact_daily_cap = 5;
  int campaign_batch = 64;
};

struct call_settings {
  std::string brain = "auto"; ///< auto, realtime, cascade, relay, gather or embedded.
  std::vector<std::string> relay_languages{"en=en-IN", "hi=hi-IN", "hinglish=en-IN"};
  std::chrono::milliseconds idle_timeout = 20s;
  std::chrono::milliseconds no_media_timeout = 15s;
  std::chrono::milliseconds brain_connect_timeout = 5s;
  std::chrono::milliseconds agent_timeout = 30s;
  std::chrono::milliseconds goodbye_grace = 5s;
  std::chrono::milliseconds media_ticket_ttl = 60s;
  int transcript_turns_max = 1000;
  int tool_calls_max = 20;
  bool detect_answer = true;
  std::string on_voicemail = "hang_up";   ///< message or hang_up
  std::string on_menu = "navigate";       ///< navigate or hang_up
  std::string on_screening = "introduce"; ///< introduce or hang_up
  std::vector<std::string> ear = {"deepgram", "azure"};
  std::vector<std::string> voice = {"azure", "elevenlabs", "cartesia"};
  std::vector<std::string> mind = {"openai", "chat"};
  std::chrono::milliseconds voice_timeout = 15s;
  std::chrono::milliseconds mind_timeout = 15s;
};

/// The embedded brain's ear and voice: programs of our own beside the node.
struct speech_settings {
  std::string program; ///< `caly_speech`; the one beside this program when empty.
  std::string model = "/usr/share/pocketsphinx/model/en-us";
  int processes = 1;
  std::chrono::milliseconds timeout = 5s;
};

struct recording_settings {
  std::string calls = "off"; ///< off or on: where neither the tenant nor the agent says.
  bool announce = true;
  std::string store = "folder"; ///< folder or s3
  std::string folder;           ///< Of the store; below the state when empty.
  bool folder_shared = false;
  int keep_days = 90;
  std::chrono::milliseconds link_ttl = 5min;
  std::size_t free_bytes_min = 256 << 20;
};

struct billing_settings {
  std::int64_t price_per_minute_micros = 1'000'000;
  std::int64_t signup_credits_micros = 0;
  std::chrono::milliseconds pulse = 1s;
  int hold_minutes = 2;
};

struct auth_settings {
  std::string jwt_secret;
  std::string jwt_issuer = "caly";
  std::chrono::milliseconds access_ttl = 10min;
  std::chrono::milliseconds refresh_ttl = 720h;
  std::chrono::milliseconds clock_skew = 60s;
  std::chrono::milliseconds ws_ticket_ttl = 30s;
  std::size_t argon2_memory = 64 << 20;
  int argon2_passes = 2;
  int password_threads = 2;
  int password_chars_min = 12;
};

struct limit_settings {
  int requests_per_minute = 600;
  int requests_burst = 100;
  int logins_per_minute_per_account = 5;
  int logins_per_minute_per_ip = 20;
  int imports_per_hour = 60;
  int import_rows_max = 150'000;
  int import_columns_max = 100;
  int page_max = 100;
  int contacts_per_tenant_max = 5'000'000;
};

struct insight_settings {
  int words_min = 5;
  std::chrono::milliseconds timeout = 30s;
  int attempts_max = 3;
};

struct forecast_settings {
  int waiting_max = 8;
  std::chrono::milliseconds time_max = 2s;
  int calls_min = 50;
};

/// What every provider has; a tenant's own account overrides it.
struct provider_settings {
  std::string base_url;
  std::string account_sid;
  std::string auth_token;
  std::string api_key;
};

struct twilio_settings : provider_settings {
  std::string from_number;
  std::vector<std::string> relay_attributes;
  bool relay_signature_required = true;
};

struct telnyx_settings : provider_settings {
  std::string application_id;
  std::string from_number;
  std::string public_key;
  std::chrono::milliseconds signature_age_max = 5min;
  std::vector<std::string> relay_attributes;
};

struct openai_settings : provider_settings {
  std::string realtime_model = "gpt-realtime";
  std::string realtime_voice = "marin";
  std::string transcription_model = "gpt-4o-mini-transcribe";
  std::string analysis_model = "gpt-4.1-mini";
  std::string embedding_model = "text-embedding-3-small";
  std::string talk_model = "gpt-4.1-mini";
};

struct chat_settings : provider_settings {
  std::string model;
  std::string tokens_field = "max_tokens";
};

struct azure_speech_settings : provider_settings {
  std::string region;
  std::string voice_english = "en-IN-NeerjaNeural";
  std::string voice_hindi = "hi-IN-SwaraNeural";
  std::string voice_hinglish = "hi-IN-SwaraNeural";
  std::chrono::milliseconds segmentation = 600ms;
  bool settle_by_end = true;
};

struct deepgram_settings : provider_settings {
  std::string model = "nova-3";
  std::string language;
  std::chrono::milliseconds endpointing = 300ms;
};

struct elevenlabs_settings : provider_settings {
  std::string model = "eleven_flash_v2_5";
  std::string voice_english, voice_hindi, voice_hinglish;
};

struct cartesia_settings : provider_settings {
  std::string model = "sonic-3";
  std::string version = "2026-08-14";
  std::string voice_english, voice_hindi, voice_hinglish;
};

struct bolna_settings : provider_settings {
  std::string agent_id;
  std::string from_number;
  std::string webhook_secret;
  std::vector<std::string> webhook_ips;
};

struct exotel_settings : provider_settings {
  std::string from_number;
  std::string webhook_secret;
  int sample_rate = 8'000;
  std::size_t chunk_bytes = 3'200;
};

struct meta_settings : provider_settings {
  std::string webhook_secret;
};

struct s3_settings : provider_settings {
  std::string region = "us-east-1";
  std::string bucket;
  std::string addressing = "path"; ///< path or virtual: where the bucket's name stands.
};

struct providers_settings {
  twilio_settings twilio;
  telnyx_settings telnyx;
  openai_settings openai;
  bolna_settings bolna;
  exotel_settings exotel;
  meta_settings meta;
  chat_settings chat;
  azure_speech_settings azure_speech;
  deepgram_settings deepgram;
  elevenlabs_settings elevenlabs;
  cartesia_settings cartesia;
  provider_settings ses, gmail, graph, google_calendar, shopify;
  s3_settings s3;
};

struct log_settings {
  std::string level = "info"; ///< trace, debug, info, warn, error or off.
  std::string file;           ///< Standard error when empty.
  std::size_t rotate_bytes = 64 << 20;
  int rotate_files = 5;
};

struct console_settings {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string token;
  int sessions_max = 16;
};

struct settings {
  node_settings node;
  net_settings net;
  cluster_settings cluster;
  database_settings database;
  dial_settings dial;
  call_settings call;
  speech_settings speech;
  recording_settings recording;
  billing_settings billing;
  auth_settings auth;
  limit_settings limits;
  insight_settings insight;
  forecast_settings forecast;
  providers_settings providers;
  log_settings log;
  console_settings console;
};

} // namespace caly
