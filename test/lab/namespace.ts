/** A network namespace and the commands that run in it. */
import { attempt, type CommandOptions, type CommandResult, run } from './command.ts'

export class Namespace {
  readonly name: string

  private constructor(name: string) {
    this.name = name
  }

  /** @param quiet keeps the kernel's IPv6 silent: no duplicate detection, router or listener messages */
  static async create(name: string, { quiet = true } = {}): Promise<Namespace> {
    await run(['ip', 'netns', 'add', name])
    const namespace = new Namespace(name)
    const silence = 'for all in all default; do echo 1 > /proc/sys/net/ipv6/conf/$all/disable_ipv6; done'
    if (quiet) await namespace.run(['sh', '-c', silence])
    await namespace.ip('link set lo up')
    return namespace
  }

  /** Words that make a command run in the namespace. */
  get prefix(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name]
  }

  run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run([...this.prefix, ...command], options)
  }

  attempt(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return attempt([...this.prefix, ...command], options)
  }

  /** `ip` commands, in one go. */
  ip(...commands: readonly string[]): Promise<string> {
    return run(['ip', '-n', this.name, '-batch', '-'], { input: commands.join('\n') })
  }
}
