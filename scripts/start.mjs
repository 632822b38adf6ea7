// npm start [-- OPTIONS OF VNETD]: sets up what is missing, builds, and becomes vnetd.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './setup/build.mjs'
import { ensureNode } from './setup/node.mjs'
import { ensurePackages } from './setup/packages.mjs'
import { ROOT, runMain, say } from './setup/run.mjs'
import { ensureCommands, SWITCH } from './setup/system.mjs'

await runMain(async () => {
  const status = await ensureNode()
  if (status !== null) return status
  ensurePackages()
  build()
  if (!ensureCommands(SWITCH)) say('vnetd starts without it; switches of other machines can connect')
  else if (!existsSync('/var/run/openvswitch/db.sock'))
    say('Open vSwitch is installed but does not run: systemctl start openvswitch-switch')
  // In this process: signals and the exit status are those of vnetd with nothing between.
  const main = join(ROOT, 'packages/vnetd/dist/main.js')
  process.argv = [process.argv[0], main, ...process.argv.slice(2)]
  await import(pathToFileURL(main).href)
})
