#include "tests/simulators/twilio/signature.hpp"

#include "runtime/base/text.hpp"

#include <map>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <set>

namespace caly::sim {

std::string twilio_signature(std::string_view auth_token,
                             std::string_view url,
                             const field_list& form) {
  std::string message{url.substr(0, url.find('#'))};
  std::map<std::string_view, std::set<std::string_view>> sorted;
  for (const auto& [name, value] : form)
    sorted[name].insert(value);
  for (const auto& [name, values] : sorted)
    for (const auto value : values)
      message.append(name).append(value);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha1(),
       auth_token.data(),
       static_cast<int>(auth_token.size()),
       reinterpret_cast<const unsigned char*>(message.data()),
       message.size(),
       digest,
       &length);
  return to_base64({reinterpret_cast<const char*>(digest), length});
}

} // namespace caly::sim
