/** A security group's name is its uuid until the user gives one. */
import type { Behaviour } from '../crud/behaviour.ts'

export const securityGroup: Behaviour<'security_group'> = {
  complete: (_work, { uuid, values }) => ({ display_name: values.display_name ?? uuid }),
}
