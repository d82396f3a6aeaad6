import {
  useId,
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type SelectHTMLAttributes,
} from 'react'
import type { FieldError } from '../model'

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong with the value; read out with the control. */
  error?: string | undefined
  className?: string
}

interface ControlProps {
  id: string
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}

function Field({
  label,
  hint,
  error,
  className = '',
  children,
}: FieldProps & { children: (props: ControlProps) => ReactElement }) {
  const id = useId()
  const about = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        ...(error ? { 'aria-invalid': true } : {}),
        ...(about ? { 'aria-describedby': about } : {}),
      })}
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-sm text-bad">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="mt-1 text-sm text-soft">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(props) => <input {...rest} {...props} className="control" />}
    </Field>
  )
}

export function SelectField({
  label,
  hint,
  error,
  className,
  options,
  ...rest
}: FieldProps &
  SelectHTMLAttributes<HTMLSelectElement> & { options: { value: string; text: string }[] }) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(props) => (
        <select {...rest} {...props} className="control">
          {options.map((o) => (
            <option key={o.value} value={o.value}>
              {o.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export function Check({
  label,
  hint,
  ...rest
}: { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="flex items-start gap-2.5 py-1 text-sm">
      <input type="checkbox" {...rest} className="mt-0.5 size-5 shrink-0 accent-accent" />
      <span>
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-soft">{hint}</span>}
      </span>
    </label>
  )
}

/** The server's message for one field; paths like `retry.max_attempts` match by their end too. */
export function errorFor(errors: FieldError[], field: string): string | undefined {
  return errors.find((e) => e.field === field || e.field.endsWith(`.${field}`))?.message
}
