#pragma once

#include "actors/model/agent_profile.hpp"

#include <vector>

namespace caly {

/// Reads the parts of a profile, collecting every problem with its place.
class profile_reader {
public:
  std::string
  text(const json& object, std::string_view key, std::string_view fallback = {});
  std::string required(const json& object, std::string_view key);
  std::vector<std::string> texts(const json& object, std::string_view key);
  /// By language; one text is for all of them, as an operator writes it.
  by_language languages(const json& object, std::string_view key);
  const std::vector<json>& list(const json& object, std::string_view key);
  bool flag(const json& object, std::string_view key, bool fallback);
  std::optional<double> number(const json& object, std::string_view key);
  std::int64_t integer(const json& object,
                       std::string_view key,
                       std::int64_t fallback,
                       std::int64_t min,
                       std::int64_t max);
  /// `fallback` when absent; anything else must be one of `names`.
  std::string one_of(const json& object,
                     std::string_view key,
                     const std::vector<std::string_view>& names,
                     std::string_view fallback);
  /// An empty name is none, as when an operator takes the choice back.
  std::optional<brain_kind> brain(const json& object, std::string_view key);

  /// Members beyond `known` are typing errors.
  void refuse_others(const json& object, const std::vector<std::string_view>& known);
  void fail(std::string_view key, std::string_view problem);

  /// From now on problems are in item `index` of `list`.
  void enter(std::string_view list, std::size_t index);

  void leave() { path_.clear(); }

  const std::string& problems() const { return problems_; }

private:
  std::string path_;
  std::string problems_;
};

/// Reads all items of a list.
template <class Read>
auto read_all(profile_reader& in, const json& root, const char* key, Read read) {
  std::vector<decltype(read(in, root))> out;
  const auto& items = in.list(root, key);
  for (std::size_t i = 0; i < items.size(); ++i) {
    in.enter(key, i);
    out.push_back(read(in, items[i]));
  }
  in.leave();
  return out;
}

} // namespace caly
