#pragma once

#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace caly::call_logs {

class call_recorder;

/// A promise of a call's actor whose answer stands in the call's log.
template <class T>
class noted_promise : public caf::typed_response_promise<T> {
public:
  using super = caf::typed_response_promise<T>;

  noted_promise() = default;

  /// `step`: that asked for it.
  noted_promise(super promise, call_recorder& recorder, std::uint64_t step)
      : super{std::move(promise)}, recorder_{&recorder}, step_{step} {}

  void deliver(T answer);
  void deliver(caf::error failure);

private:
  call_recorder* recorder_ = nullptr;
  std::uint64_t step_ = 0;
};

} // namespace caly::call_logs
