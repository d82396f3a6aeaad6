/** The plan of a campaign before it is sent. */
import type { Agent, Campaign, CampaignPlan, CallingWindow, Import, RetryPlan, Tenant } from '../model'

export const defaultRetry: RetryPlan = {
  max_attempts: 3,
  busy_delay_s: 900,
  no_answer_delay_s: 3_600,
  voicemail_delay_s: 14_400,
  failed_delay_s: 1_800,
  retry_lost: false,
}

export const defaultWindow: CallingWindow = { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5, 6] }

export const attemptsMax = 10
/** Waiting times people choose from, in seconds; 0 = as soon as a line is free. */
export const delays = [0, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 86_400]

export function newPlan(file: Import, agents: Agent[], tenant: Tenant): CampaignPlan {
  return {
    name: file.file_name.replace(/\.[^.]+$/, ''),
    agent_id: agents.find((a) => a.enabled)?.id ?? '',
    import_id: file.id,
    retry: defaultRetry,
    calling_window: defaultWindow,
    concurrency: Math.max(1, Math.min(3, tenant.concurrent_calls_max)),
  }
}

/** `09:00:00` → `09:00`, as the form and the API's input have it. */
const clock = (time: string) => time.slice(0, 5)

export function fromCampaign(c: Campaign): CampaignPlan {
  const window = c.calling_window ?? null
  return {
    name: c.name,
    agent_id: c.agent_id,
    import_id: c.import_id,
    retry: { ...defaultRetry, ...c.retry },
    calling_window: window && { ...window, from: clock(window.from), to: clock(window.to) },
    concurrency: c.concurrency,
  }
}
