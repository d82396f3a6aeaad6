#include "tests/simulators/openai/brain_words.hpp"

#include <map>
#include <utility>

namespace caly::sim {

namespace {

struct wording {
  std::string_view english;
  std::string_view hindi;
  std::string_view hinglish;

  std::string_view in(tongue speaks) const {
    return speaks == tongue::hindi      ? hindi
           : speaks == tongue::hinglish ? hinglish
                                        : english;
  }
};

const std::map<intent, wording>& replies() {
  static const std::map<intent, wording> all{
      {intent::voicemail,
       {"Hello, this is a message for you. Please call us back when you can. Goodbye.",
        "नमस्ते, यह आपके लिए संदेश है। कृपया हमें फ़ोन कीजिए। नमस्ते।",
        "Namaste, yeh aapke liye message hai. Please humein call kijiye. Bye."}},
      {intent::refusal,
       {"I am sorry. I will remove your number right away. Goodbye.",
        "माफ़ कीजिए। मैं आपका नंबर हटा देती हूँ। नमस्ते।",
        "Sorry. Main aapka number hata deti hoon. Bye."}},
      {intent::not_interested,
       {"I understand. Thank you for your time. Goodbye.",
        "मैं समझती हूँ। समय देने के लिए धन्यवाद। नमस्ते।",
        "Main samajhti hoon. Time dene ke liye thank you. Bye."}},
      {intent::later,
       {"No problem. I will call you again at a better time. When suits you?",
        "कोई बात नहीं। मैं बाद में फ़ोन करूँगी। कब ठीक रहेगा?",
        "Koi baat nahi. Main baad mein call karungi. Kab theek rahega?"}},
      {intent::order_number,
       {"Thank you. Your order is on its way and arrives tomorrow.",
        "धन्यवाद। आपका ऑर्डर रास्ते में है और कल आएगा।",
        "Thank you. Aapka order raste mein hai aur kal aayega."}},
      {intent::delivery,
       {"It will be delivered tomorrow before noon. Anything else?",
        "यह कल दोपहर से पहले आएगा। और कुछ?",
        "Kal dopahar se pehle aa jayega. Aur kuch?"}},
      {intent::order_status,
       {"I can check that. What is your order number?",
        "मैं देखती हूँ। आपका ऑर्डर नंबर क्या है?",
        "Main check karti hoon. Order number kya hai?"}},
      {intent::appointment,
       {"Gladly. Which day and time suit you?",
        "ज़रूर। कौन सा दिन और समय ठीक है?",
        "Zaroor. Kaun sa din aur time theek hai?"}},
      {intent::moment,
       {"That works. I have noted it. May I have your name?",
        "ठीक है, मैंने लिख लिया। आपका नाम क्या है?",
        "Theek hai, note kar liya. Aapka naam kya hai?"}},
      {intent::name,
       {"Thank you. Everything is confirmed. Is there anything else?",
        "धन्यवाद। सब पक्का हो गया। और कुछ?",
        "Thank you. Sab confirm ho gaya. Aur kuch?"}},
      {intent::price,
       {"It starts at nine hundred and ninety nine rupees a month. Does that suit you?",
        "कीमत नौ सौ निन्यानवे रुपये महीने से शुरू है। क्या यह ठीक है?",
        "Price nau sau ninyanve rupaye mahine se shuru hai. Theek hai?"}},
      {intent::who,
       {"I am the assistant of the company you wrote to. Are you interested in our "
        "offer?",
        "मैं कंपनी की असिस्टेंट बोल रही हूँ। क्या आप हमारा प्रस्ताव सुनेंगे?",
        "Main company ki assistant bol rahi hoon. Kya aap hamara offer sunenge?"}},
      {intent::place,
       {"Our office is in the city centre, next to the station. What else may I tell "
        "you?",
        "हमारा ऑफिस स्टेशन के पास है। और क्या बताऊँ?",
        "Hamara office station ke paas hai. Aur kya bataun?"}},
      {intent::hours,
       {"We are open from nine to six, Monday to Saturday. Shall I go on?",
        "हम सोमवार से शनिवार, नौ से छह बजे तक खुले हैं।",
        "Hum Monday se Saturday, nau se chhe tak open hain."}},
      {intent::offers,
       {"Yes, there are ten percent off this week. Would you like it?",
        "हाँ, इस हफ़्ते दस प्रतिशत की छूट है। क्या आप लेना चाहेंगे?",
        "Haan, is hafte das percent discount hai. Lena chahenge?"}},
      {intent::goodbye,
       {"Thank you for talking to me. Goodbye.",
        "बात करने के लिए धन्यवाद। नमस्ते।",
        "Baat karne ke liye thank you. Bye."}},
      {intent::hearing,
       {"Yes, I can hear you. May I go on?",
        "हाँ, आवाज़ आ रही है। क्या मैं आगे बताऊँ?",
        "Haan, awaaz aa rahi hai. Main aage bataun?"}},
      {intent::interest,
       {"Wonderful. We help people like you every day. What would you like to know?",
        "बहुत अच्छा। हम रोज़ आप जैसे लोगों की मदद करते हैं। आप क्या जानना चाहेंगे?",
        "Bahut accha. Hum roz aap jaise logon ki help karte hain. Aap kya jaanna "
        "chahenge?"}},
      {intent::other,
       {"Sorry, could you say that again, please?",
        "माफ़ कीजिए, क्या आप फिर से कहेंगे?",
        "Sorry, kya aap phir se bolenge?"}},
  };
  return all;
}

const std::map<phrase, wording>& phrases() {
  static const std::map<phrase, wording> all{
      {phrase::greeting,
       {"Hello, this is your assistant calling. Do you have a minute to talk?",
        "नमस्ते, मैं आपकी असिस्टेंट बोल रही हूँ। क्या आपके पास एक मिनट है?",
        "Namaste, main aapki assistant bol rahi hoon. Kya aapke paas ek minute hai?"}},
      {phrase::ask_order_number,
       {"I can check that. What is your order number?",
        "मैं देखती हूँ। आपका ऑर्डर नंबर क्या है?",
        "Main check karti hoon. Order number kya hai?"}},
      {phrase::order_found,
       {"I have found it. Your order is: ",
        "मिल गया। आपका ऑर्डर: ",
        "Mil gaya. Aapka order: "}},
      {phrase::ask_moment,
       {"Gladly. Which day and time suit you?",
        "ज़रूर। कौन सा दिन और समय ठीक है?",
        "Zaroor. Kaun sa din aur time theek hai?"}},
      {phrase::booked,
       {"Your appointment is booked. May I have your name?",
        "आपका अपॉइंटमेंट हो गया। आपका नाम क्या है?",
        "Aapka appointment book ho gaya. Aapka naam kya hai?"}},
      {phrase::noted,
       {"I have noted that. Is there anything else?",
        "मैंने लिख लिया। और कुछ?",
        "Maine note kar liya. Aur kuch?"}},
      {phrase::one_moment,
       {"One moment, please.", "एक मिनट रुकिए।", "Ek minute, please."}},
      {phrase::still_there,
       {"Are you still there?", "क्या आप लाइन पर हैं?", "Kya aap line par hain?"}},
  };
  return all;
}

} // namespace

std::string_view reply_words(intent meaning, tongue speaks) {
  return replies().at(meaning).in(speaks);
}

std::string_view phrase_words(phrase which, tongue speaks) {
  return phrases().at(which).in(speaks);
}

} // namespace caly::sim
