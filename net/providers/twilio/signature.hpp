#pragma once

#include "net/http/form.hpp"

#include <string>
#include <string_view>

namespace caly::twilio {

using caly::form_fields;

/// The value of X-Twilio-Signature: base64 of HMAC-SHA1 over the public URL followed by
/// the form fields sorted by name (repeated names: values de-duplicated and sorted), with
/// the account's auth token as key. Source: Twilio "Webhooks security".
std::string
signature(std::string_view auth_token, std::string_view url, const form_fields& fields);

/// Checks a signature against the configured public URL; the port may be spelt out or
/// not.
bool verify(std::string_view auth_token,
            std::string_view url,
            const form_fields& fields,
            std::string_view given);

} // namespace caly::twilio
