import type { ReactNode } from 'react'

/** Choices that change what the page below shows; the choice lives in the URL. */
export function Tabs<T extends string>({
  label,
  value,
  items,
  onChange,
}: {
  label: string
  value: T
  items: { value: T; text: ReactNode }[]
  onChange: (value: T) => void
}) {
  return (
    <div role="group" aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          aria-pressed={item.value === value}
          onClick={() => onChange(item.value)}
          className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap
            text-soft hover:text-ink focus-visible:outline-offset-[-3px] aria-pressed:border-accent
            aria-pressed:text-ink"
        >
          {item.text}
        </button>
      ))}
    </div>
  )
}
