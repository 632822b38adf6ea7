/** `vnctl prompt`: the cloud that a command would ask, for a shell's prompt. `bin/vnctl` answers the usual case itself. */
import type { Command } from '../command.ts'
import { chosenCloud } from '../settings/settings.ts'

export const promptCommand: Command = {
  names: ['prompt'],
  help: "Shows the cloud that commands ask, for the prompt of a shell: PS1='[$(vnctl prompt)] $ '. Asks no server.",
  positionals: [],
  options: [],
  offline: true,
  run: async (_input, context) => {
    const name = chosenCloud(context.choice, context.env)
    if (name !== null) context.print(name)
  },
}
