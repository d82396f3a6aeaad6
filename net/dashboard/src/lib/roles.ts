import type { Role } from '../model'

const order: Role[] = ['viewer', 'operator', 'admin', 'owner']

/** Whether a role includes what `needed` may do. The server decides; this only hides buttons. */
export const can = (role: Role, needed: Role) => order.indexOf(role) >= order.indexOf(needed)
