#pragma once

#include "net/media/cascade/ear_protocol.hpp"
#include "net/media/cascade/streamed_ear.hpp"

namespace caly::deepgram {

struct listening_options {
  std::string base_url = "https://api.deepgram.com";
  std::string api_key;
  std::string model = "nova-3";
  /// What is asked for, such as "hi" or "multi"; empty: by the languages of the call.
  std::string language;
  /// Silence after which the service settles the words by itself.
  std::chrono::milliseconds endpointing{300};
};

/// Path and query of a connection.
std::string listen_target(const listening_options& options, const ear_plan& plan);

/// The messages of `/v1/listen`.
class listening : public ear_protocol {
public:
  void begin(bool, ear_messages&) override {}

  void audio(std::string_view codes, ear_messages& out) override;
  bool settle(ear_messages& out) override;
  void keep_alive(ear_messages& out) override;
  void finish(ear_messages& out) override;
  ear_event read(std::string_view text) override;
  bool may_reconnect(int close_code) const override;
};

ear_service listening_service(listening_options options);

} // namespace caly::deepgram
