#pragma once

#include "cluster/client/api_client.hpp"
#include "cluster/client/endpoints.hpp"
#include "cluster/client/terminal.hpp"

#include <string>

namespace caly::client {

/// Signs in with e-mail and password and keeps the session in the config folder, readable
/// by its owner only.
outcome<json>
sign_in(api_client& api, const std::string& email, const std::string& password);

/// The API with a session: the kept one, a renewed one, or a new one when the password is
/// known. Errors: `auth` when there is none.
outcome<api_client> open_api(const target_options& target);

/// The password for `caly login`: from a file, the terminal without echo, or the first
/// line of standard input.
outcome<std::string> ask_password(const std::string& file, const std::string& email);

/// Forgets the kept session, here and at the API.
outcome<void> sign_out();

} // namespace caly::client
