/**
 * `npm run demo`: the walkthrough on real namespaces and a real bridge, in about half a minute. Leaves nothing behind,
 * also after Ctrl-C; what a crash leaves, the next run removes. `--keep` leaves it there, `--clean` removes that.
 * Exit status: 0 all went as it should, 1 not, 2 wrong options.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { directoryOf, KEPT_RUN } from '../lab/identity.ts'
import { VNCTL } from '../lab/programs.ts'
import { removeRun } from '../lab/removal.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { Screen } from './screen.ts'
import { STEPS } from './walkthrough.ts'

const readOptions = (): { keep: boolean; clean: boolean } => {
  try {
    const { values } = parseArgs({ options: { keep: { type: 'boolean' }, clean: { type: 'boolean' } } })
    return { keep: values.keep === true, clean: values.clean === true }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nusage: npm run demo -- [--keep | --clean]\n`)
    return process.exit(2)
  }
}

const howToEnter = (world: LabWorld): string[] => {
  const host = `ip netns exec ${world.lab.run}-host`
  const rundir = world.site.host.ovs.directory
  return [
    'It is kept up. To play with it:',
    '',
    `  ip netns exec ${world.lab.run}-ns1 ping 172.16.2.3`,
    `  ${host} ${VNCTL.join(' ')} networks show`,
    `  ${host} env OVS_RUNDIR=${rundir} ovs-ofctl -O OpenFlow13 dump-flows br0`,
    '',
    'To remove it:',
    '',
    '  npm run demo -- --clean',
  ]
}

const demonstrate = async (screen: Screen, keep: boolean): Promise<LabWorld> => {
  if (keep) removeRun(KEPT_RUN)
  const world = await LabWorld.create(keep ? { run: KEPT_RUN } : {})
  // Its output has nowhere to go once we are gone.
  const vnetd = ['--log-file', join(world.site.host.directory, 'vnetd.log')]
  for (const step of STEPS) await step({ world, screen, vnetd })
  return world
}

const removeKept = (): number => {
  const there = existsSync(directoryOf(KEPT_RUN))
  removeRun(KEPT_RUN)
  process.stdout.write(there ? 'The demo that was kept is removed.\n' : 'No demo was kept.\n')
  return 0
}

const main = async (): Promise<number> => {
  const { keep, clean } = readOptions()
  if (clean) return removeKept()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.stderr.write('\nInterrupted: everything is removed.\n'))
  }
  const screen = new Screen()
  screen.title(
    'Three networks and a router on a real Open vSwitch',
    'All of it in network namespaces of its own: nothing of this machine is touched.',
  )
  const world = await demonstrate(screen, keep)
  const result =
    screen.failures === 0
      ? `All as it should be, in ${screen.seconds} seconds.`
      : `${screen.failures} things are not as they should be.`
  if (keep) {
    world.lab.keep()
    screen.end(result, '', ...howToEnter(world))
  } else {
    world.close()
    screen.end(`${result} Everything is removed.`)
  }
  return screen.failures === 0 ? 0 : 1
}

process.exit(await main())
