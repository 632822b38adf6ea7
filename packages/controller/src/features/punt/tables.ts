import { defineTable } from '../../pipeline/table.ts'

export const puntTable = defineTable('punt', {
  match: ['ingress_interface', 'punt_kind'],
  write: [],
  goto: [],
  miss: { why: 'No program answers this kind of packet of the sender.' },
})
