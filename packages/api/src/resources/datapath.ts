/** A datapath's name is its uuid until the user gives one. */
import type { Behaviour } from '../crud/behaviour.ts'

export const datapath: Behaviour<'datapath'> = {
  complete: (_work, { uuid, values }) => ({ display_name: values.display_name ?? uuid }),
}
