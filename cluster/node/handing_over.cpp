#include "cluster/node/handing_over.hpp"

#include "config/prompt_template.hpp"

namespace caly {

namespace {

const by_language sorry{
    {"en", "I am sorry, I could not reach {{name}}. Can I help you instead?"},
    {"hi", "माफ़ कीजिए, {{name}} से बात नहीं हो पाई। क्या मैं आपकी मदद कर सकती हूँ?"},
    {"hinglish", "Sorry, {{name}} se baat nahi ho payi. Kya main help kar sakti hoon?"}};

transfer_mode mode_of(std::string_view text) {
  return text == "blind"   ? transfer_mode::blind
         : text == "refer" ? transfer_mode::refer
                           : transfer_mode::warm;
}

} // namespace

transfer_call order_of(const transfer_wish& wish, const agent_profile& profile) {
  auto briefing = wish.summary;
  if (briefing.empty())
    briefing = "A caller of " + profile.name + " asks for " + wish.to.name + '.';
  return {mode_of(wish.to.mode),
          wish.to.destination,
          wish.to.name,
          std::move(briefing),
          "agent"};
}

std::string nobody_there(std::string_view name, std::string_view language) {
  return render_prompt(in_language(sorry, language), {{"name", std::string{name}}});
}

} // namespace caly
