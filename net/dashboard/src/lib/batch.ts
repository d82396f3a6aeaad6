/**
 * Collects items and hands them over at most once in `everyMs`. At most `max` items wait: more are
 * dropped and the hand-over says so (`overflow`), so that the receiver reads afresh.
 */
export function batcher<T>(
  everyMs: number,
  max: number,
  deliver: (items: T[], overflow: boolean) => void,
) {
  let waiting: T[] = []
  let overflow = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    timer = undefined
    const items = waiting
    const lost = overflow
    waiting = []
    overflow = false
    deliver(items, lost)
  }

  return {
    add(item: T) {
      if (waiting.length < max) waiting.push(item)
      else overflow = true
      timer ??= setTimeout(flush, everyMs)
    },
    clear() {
      clearTimeout(timer)
      timer = undefined
      waiting = []
      overflow = false
    },
  }
}
