#include "net/providers/openai/api_base.hpp"

namespace caly::openai {

std::string api_base(std::string base_url) {
  while (base_url.ends_with('/'))
    base_url.pop_back();
  if (!base_url.ends_with("/v1"))
    base_url += "/v1";
  return base_url;
}

} // namespace caly::openai
