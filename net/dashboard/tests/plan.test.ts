import { expect, test } from 'vitest'
import { fromCampaign, newPlan } from '../src/lib/plan'
import { can } from '../src/lib/roles'
import type { Agent, Campaign, Import, Tenant } from '../src/model'

test('a new plan takes the file’s name, an agent that is on, and stays within the limit', () => {
  const file = { id: 'imp_1', file_name: 'diwali.leads.csv' } as Import
  const agents = [
    { id: 'agt_off', enabled: false },
    { id: 'agt_on', enabled: true },
  ] as Agent[]
  const plan = newPlan(file, agents, { concurrent_calls_max: 2 } as Tenant)
  expect(plan).toMatchObject({ name: 'diwali.leads', agent_id: 'agt_on', concurrency: 2 })
  expect(newPlan(file, [], { concurrent_calls_max: 0 } as Tenant).concurrency).toBe(1)
})

test('a draft comes back into the form as it was saved', () => {
  const draft = {
    name: 'x',
    agent_id: 'agt_1',
    import_id: 'imp_1',
    concurrency: 4,
    retry: { max_attempts: 1, retry_lost: true },
    calling_window: { from: '10:00:00', to: '18:30', days: [1, 5] },
  } as Campaign
  const plan = fromCampaign(draft)
  expect(plan.calling_window).toEqual({ from: '10:00', to: '18:30', days: [1, 5] })
  expect(plan.retry).toMatchObject({ max_attempts: 1, retry_lost: true, busy_delay_s: 900 })
  expect(fromCampaign({ ...draft, calling_window: null }).calling_window).toBeNull()
})

test('a role includes what the roles below it may do', () => {
  expect(can('owner', 'admin')).toBe(true)
  expect(can('operator', 'operator')).toBe(true)
  expect(can('viewer', 'operator')).toBe(false)
})
