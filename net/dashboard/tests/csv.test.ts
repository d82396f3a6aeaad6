import { expect, test } from 'vitest'
import {
  assign,
  columnViews,
  firstRowVariables,
  fullMapping,
  missingVariables,
  variableName,
} from '../src/lib/csv'
import type { Agent } from '../src/model'

const table = {
  columns: ['Mobile No', 'Name', 'Order ID', 'caly_error'],
  sample: [
    ['', 'Asha', 'A-1', 'x'],
    ['98765 43210', '', ' ', 'x'],
    ['98765 43211', 'Ravi', 'A-3', 'x'],
    ['98765 43212', 'Neha', 'A-4', 'x'],
    ['98765 43213', 'Imran'],
  ],
}
const mapping = { phone: 'Mobile No', name: 'Name' }
const agent = (variables: Agent['variables']) => ({ variables }) as Agent

test('shows the first values that are not empty', () => {
  const [phone, name, order] = columnViews(table, mapping)
  expect(phone!.samples).toEqual(['98765 43210', '98765 43211', '98765 43212'])
  expect(name!.samples).toEqual(['Asha', 'Ravi', 'Neha'])
  expect(order!.samples).toEqual(['A-1', 'A-3', 'A-4'])
})

test('a column is a field, a variable, or one that an error file added', () => {
  const views = columnViews(table, mapping)
  expect(views.map((v) => v.field)).toEqual(['phone', 'name', null, null])
  expect(views.map((v) => v.variable)).toEqual([null, null, 'order_id', null])
})

test('names variables as the server does', () => {
  expect(variableName('  Order ID ')).toBe('order_id')
  expect(variableName('Amount (₹)')).toBe('amount')
  expect(variableName('ग्राहक नाम')).toBe('ग्राहक_नाम')
})

test('one column feeds one field', () => {
  const moved = assign(mapping, 'Order ID', 'phone')
  expect(moved).toEqual({ name: 'Name', phone: 'Order ID' })
  expect(assign(mapping, 'Mobile No', 'name')).toEqual({ name: 'Mobile No' })
  expect(assign(mapping, 'Name', null)).toEqual({ phone: 'Mobile No' })
})

test('tells the server which fields have no column', () => {
  expect(fullMapping({ phone: 'Mobile No' })).toEqual({
    phone: 'Mobile No',
    name: '',
    time_zone: '',
    tags: '',
  })
})

test('finds the variables that the agent needs and the file lacks', () => {
  const views = columnViews(table, mapping)
  expect(missingVariables(agent(['name', 'order_id', 'due_date']), views)).toEqual(['due_date'])
  const optional = agent([{ name: 'due_date', required: false }, { name: 'city' }])
  expect(missingVariables(optional, views)).toEqual(['city'])
})

test('a test call speaks with the data of the first row', () => {
  expect(firstRowVariables(table, mapping)).toEqual({ name: 'Asha', order_id: 'A-1' })
})
