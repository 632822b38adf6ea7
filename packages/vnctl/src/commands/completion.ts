/** `vnctl completion SHELL`: what a shell needs to complete words. */
import { oneOf } from '@openvnet/schema'
import type { Command } from '../command.ts'
import { SCRIPTS, SHELLS } from '../completion/scripts.ts'

export const completionCommand: Command = {
  names: ['completion'],
  help: 'Prints what a shell needs to complete commands, options and uuids: source <(vnctl completion bash).',
  positionals: [{ name: 'SHELL', arity: 'one', kind: oneOf(SHELLS) }],
  options: [],
  offline: true,
  run: async ({ positionals: [shell] }, context) => {
    const name = SHELLS.find((one) => one === shell)
    if (name !== undefined) context.print(SCRIPTS[name])
  },
}
