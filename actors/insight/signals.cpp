#include "actors/insight/signals.hpp"

#include "actors/model/speech/intent_matcher.hpp"

namespace caly {

namespace {

agent_intent signal(std::string name, bool negatable, std::vector<std::string> patterns) {
  agent_intent out;
  out.name = std::move(name);
  out.negatable = negatable;
  out.patterns = std::move(patterns);
  return out;
}

const agent_profile& signals() {
  static const agent_profile profile = [] {
    agent_profile out;
    out.intents = {
        signal("refusal",
               false,
               {"(do not|dont|never|stop) (ever )?(call|calling|contact|disturb|phone)( "
                "me| us)?"
                "( (again|any ?more|ever))?",
                "(remove|delete) (my|this) (number|name)",
                "take me off( your)?( list)?",
                "(call|phone|pareshan) (mat|na) (karna|karo|kijiye|kariye|kiya karo)",
                "number (hata|nikal|delete)( kar)? (do|dijiye)",
                "(फ़ोन|कॉल|परेशान) (मत|ना|न) (करना|करो|कीजिए|करें)",
                "नंबर (हटा|निकाल) (दो|दीजिए|दें)"}),
        signal("not_interested",
               false,
               {"not( \\S+){0,2} interested",
                "(do not|dont) (want|need) (it|this|that|any|anything)",
                "no interest",
                "interest nahi( hai)?",
                "nahi (chahiye|lena|karna)",
                "(रुचि|इंटरेस्ट|दिलचस्पी) नहीं( है)?",
                "नहीं (चाहिए|लेना|करना)"}),
        signal("voicemail",
               false,
               {"(my |the )?(voice ?mail|voice ?mailbox|answering machine)",
                "leave (a |your )?message( after)?",
                "after the (beep|tone)",
                "(can not|cannot|cant) (take|answer) your call",
                "(not available|unavailable) (right now|at the moment)",
                "बीप के बाद"}),
        signal("callback",
               false,
               {"call( me)?( back)? (later|tomorrow|after|in the (morning|evening))",
                "call( me)? back",
                "(i am |im )?(busy|driving|in a meeting)( right)?( now)?",
                "baad mein (call|phone|baat)",
                "(abhi )?(main )?busy (hoon|hu|hai)",
                "बाद में (फ़ोन|कॉल|बात)",
                "(अभी )?(व्यस्त|बिज़ी) (हूँ|है)"}),
        signal("appointment",
               true,
               {"(book|make|get|schedule|fix|need|want)( \\S+){0,3} "
                "(appointment|visit|meeting)",
                "(appointment|visit)( \\S+){0,2} (book|chahiye|leni|karna|karni|kar "
                "do|rakh)",
                "(अपॉइंटमेंट|विज़िट)( \\S+){0,2} (चाहिए|लेनी|करना|करनी|बुक|रख)",
                "(i |we )?will come"}),
        signal("interested",
               true,
               {"interested",
                "(sounds|sound) (good|great|nice)",
                "(tell me|send)( me)?( \\S+){0,2} (more|details)",
                "(looking|look) for( \\S+){0,4}",
                "(i )?(want|would like) to (buy|know more|see|visit)",
                "interest hai",
                "details bhej (do|dijiye)",
                "(jaankari|jankari) (chahiye|do|dijiye)",
                "(लेना|ख़रीदना|खरीदना|देखना) (है|चाहता|चाहती)",
                "(जानकारी|रुचि|इंटरेस्ट) (चाहिए|है)",
                "पसंद आया"}),
        signal("positive",
               true,
               {"(good|great|nice|excellent|happy|perfect|wonderful|love|liked|amazing)",
                "(accha|badhiya|pasand)( hai| laga| aaya)?",
                "(अच्छा|बढ़िया|पसंद|ख़ुश|खुश)( है| लगा| आया)?"}),
        signal("negative",
               false,
               {"(very|so|too|really|was|is|its) bad",
                "bad (service|product|quality|experience)",
                "(terrible|poor|worst|angry|unhappy|disappointed|useless|fraud|scam|"
                "annoying|ridiculous)",
                "not (good|happy|satisfied|working)",
                "(complaint|complain)",
                "(kharab|bekar|ghatiya|shikayat|pareshan|gussa|dhokha)",
                "(खराब|ख़राब|बेकार|घटिया|शिकायत|परेशान|गुस्सा|धोखा)",
                "(late|delay|delayed|damaged|broken) (again|ho gaya|hai)"}),
    };
    return out;
  }();
  return profile;
}

} // namespace

std::set<std::string, std::less<>> find_signals(std::string_view utterance) {
  // Compiled once; the patterns are constants that a test compiles too.
  static const auto matcher = intent_matcher::make(signals());
  std::set<std::string, std::less<>> out;
  if (matcher)
    for (const auto& match : matcher->match(utterance))
      if (match.confidence >= intent_matcher::confidence_min)
        out.insert(match.intent->name);
  return out;
}

} // namespace caly
