/** The tree of all commands: one namespace per resource with a uuid, and what is not about one resource. */
import type { CommandGroup } from './command.ts'
import { batchCommand } from './commands/batch.ts'
import { changesCommand } from './commands/changes.ts'
import { completionCommand } from './commands/completion.ts'
import { declarativeCommands } from './commands/declarative.ts'
import { promptCommand } from './commands/prompt.ts'
import { statusCommand } from './commands/status.ts'
import { versionCommand } from './commands/version.ts'
import { waitCommand } from './commands/wait.ts'
import { resourceGroup } from './from_schema/resource_commands.ts'
import { ALL_RESOURCES } from './from_schema/resources.ts'

export const createTree = (): CommandGroup => ({
  names: ['vnctl'],
  help: 'Describes virtual networks to vnetd and shows what became of them.',
  commands: [
    statusCommand,
    waitCommand,
    changesCommand,
    batchCommand,
    ...declarativeCommands,
    completionCommand,
    promptCommand,
    versionCommand,
  ],
  groups: ALL_RESOURCES.filter(({ prefix, parent }) => prefix !== null && parent === undefined).map(
    resourceGroup,
  ),
})
