/** The role of a controller: OpenFlow 1.3.5 §6.3.6. The generation id is the switch's, the role the connection's. */
import { OFPCR } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { RoleReply, RoleRequest } from '../types/message.ts'
import { type Refusal, refusal } from './refusal.ts'

const NO_GENERATION = 0xffff_ffff_ffff_ffffn

export class Roles {
  #generation: bigint | null = null
  #role: number = OFPCR.EQUAL

  get role(): number {
    return this.#role
  }

  /** A new connection begins. */
  reset(): void {
    this.#role = OFPCR.EQUAL
  }

  request({ xid, role, generation_id }: RoleRequest): RoleReply | Refusal {
    if (role > OFPCR.SECONDARY) return refusal(OFPET.ROLE_REQUEST_FAILED, 2)
    if (role === OFPCR.PRIMARY || role === OFPCR.SECONDARY) {
      // Compared as a signed difference, so that the counter may wrap.
      const isStale = this.#generation !== null && BigInt.asIntN(64, generation_id - this.#generation) < 0n
      if (isStale) return refusal(OFPET.ROLE_REQUEST_FAILED, 0)
      this.#generation = generation_id
    }
    if (role !== OFPCR.NOCHANGE) this.#role = role
    return { type: 'role_reply', xid, role: this.#role, generation_id: this.#generation ?? NO_GENERATION }
  }
}
