/** The mapping step of the wizard: which column feeds which field. */
import type { Agent, ImportPreview } from '../model'

/** Fields of a contact that a column can feed; every other column becomes a variable. */
export const contactFields = ['phone', 'name', 'time_zone', 'tags'] as const
export type ContactField = (typeof contactFields)[number]
export type Mapping = Record<string, string>

export interface ColumnView {
  column: string
  field: ContactField | null
  /** The name in `{{…}}` when the column is a variable; null with no field: it is not used. */
  variable: string | null
  /** The first values that are not empty: the first row often is. */
  samples: string[]
}

type Table = Pick<ImportPreview, 'columns' | 'sample'>

const sampleMax = 3

/** `Order No.` → `order_no`, as the server names a column in prompts. */
export function variableName(column: string): string {
  const name = column
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
  return name.replace(/^_+|_+$/g, '')
}

/** Columns that an error file adds; a repaired one is uploaded with them. */
const errorFileColumns = ['caly_row', 'caly_error_code', 'caly_error', 'caly_suggestion']

export function columnViews(preview: Table, mapping: Mapping): ColumnView[] {
  return preview.columns.map((column, index) => {
    const field = contactFields.find((f) => mapping[f] === column) ?? null
    const values = preview.sample.map((row) => (row[index] ?? '').trim())
    return {
      column,
      field,
      variable: field || errorFileColumns.includes(column) ? null : variableName(column) || null,
      samples: values.filter((value) => value !== '').slice(0, sampleMax),
    }
  })
}

/** One column feeds one field: the field leaves its old column, the column its old field. */
export function assign(mapping: Mapping, column: string, field: ContactField | null): Mapping {
  const rest = Object.entries(mapping).filter(([f, c]) => c !== column && f !== field)
  return Object.fromEntries(field ? [...rest, [field, column]] : rest)
}

/** The mapping as the server takes it: an empty title keeps it from guessing that field. */
export function fullMapping(mapping: Mapping): Mapping {
  return Object.fromEntries(contactFields.map((field) => [field, mapping[field] ?? '']))
}

/** Variables that the agent's prompt needs and the file does not bring. */
export function missingVariables(agent: Agent, views: ColumnView[]): string[] {
  const present = new Set(views.flatMap((v) => [v.variable, v.field]))
  return agent.variables
    .filter((v) => typeof v === 'string' || v.required !== false)
    .map((v) => (typeof v === 'string' ? v : v.name))
    .filter((name) => !present.has(name))
}

/** The file's bytes that the preview needs. */
export const previewBytes = 1024 * 1024
export const fileBytesMax = 20 * 1024 * 1024

/** The first row as the agent's variables, for a test call. */
export function firstRowVariables(table: Table, mapping: Mapping): Record<string, string> {
  const row = table.sample[0] ?? []
  return Object.fromEntries(
    columnViews(table, mapping)
      .map((view, i) => [view.variable ?? view.field, (row[i] ?? '').trim()] as const)
      .filter((pair): pair is [string, string] => pair[0] !== null && pair[0] !== 'phone'),
  )
}
