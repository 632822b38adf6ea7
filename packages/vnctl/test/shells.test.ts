/**
 * What happens before a command: completion in the shells themselves, how much is loaded to start, and what a prompt costs.
 * A shell that is not installed is left out; `npm test` installs them where it can.
 */
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { serve } from './server.ts'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const MAIN = path('../src/main.ts')

/** A directory with `vnctl` in it, and what it needs to run. */
const surroundings = (t: Test, env: Record<string, string>): NodeJS.ProcessEnv => {
  const directory = t.testdir({
    vnctl: `#!/bin/sh\nexec '${process.execPath}' --conditions=vnet-source '${MAIN}' "$@"\n`,
  })
  chmodSync(join(directory, 'vnctl'), 0o755)
  return { ...env, HOME: directory, PATH: `${directory}:/usr/bin:/bin` }
}

const shell = (argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const [program, ...rest] = argv
    execFile(program, rest, { env }, (error, stdout, stderr) => {
      if (error || stderr !== '') reject(error ?? new Error(stderr))
      else resolve(stdout.split('\n').filter((line) => line !== ''))
    })
  })

/** Words of a line that is being typed, the last one perhaps empty, to what the shell offers. */
type Offer = (words: readonly string[]) => [string, ...string[]]

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ')

const OFFERS: Readonly<Record<string, Offer>> = {
  bash: (words) => [
    'bash',
    '--norc',
    '-c',
    `source <(vnctl completion bash); complete -p vnctl >/dev/null || exit 1
     COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _vnctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: (words) => [
    'zsh',
    '-f',
    '-c',
    `autoload -Uz compinit && compinit -D; source <(vnctl completion zsh); [[ $_comps[vnctl] == _vnctl ]] || exit 1
     words=(${quoted(words)}); CURRENT=${words.length}; compadd() { print -l -- $found }; _vnctl`,
  ],
  fish: (words) => [
    'fish',
    '--no-config',
    '-c',
    `vnctl completion fish | source; complete -C '${words.join(' ')}'`,
  ],
}

const isThere = (program: string): boolean => spawnSync('which', [program]).status === 0

for (const [name, offer] of Object.entries(OFFERS)) {
  const skip = isThere(name) ? false : `${name} is not installed`
  t.test(`${name} completes commands, options, values and uuids`, { skip }, async (t) => {
    const { env, here } = await serve(t)
    await here(
      'batch',
      'networks add nw-one --ipv4-network=10.0.0.0\nnetworks add nw-two --ipv4-network=10.1.0.0',
    )
    const all = surroundings(t, env)
    const offered = async (...words: string[]) => (await shell(offer(['vnctl', ...words]), all)).toSorted()
    t.same(await offered('netw'), ['network-services', 'networks'])
    t.same(await offered('networks', 'show', 'nw-'), ['nw-one', 'nw-two'])
    t.same(await offered('interfaces', 'add', '--network', 'nw-t'), ['nw-two'])
    t.same(await offered('networks', 'add', '--ipv4-p'), ['--ipv4-prefix'])
    t.same(await offered('networks', 'show', '-o', 'y'), ['yaml'])
  })
}

/** Prints what a run loads, one URL per line, on stderr. */
const COUNTER = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ load: (url, context, next) => { process.stderr.write(url + '\\n'); return next(url, context) } })
`)}`

const loadedBy = (env: Record<string, string>, argv: readonly string[]): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const options = ['--conditions=vnet-source', '--import', COUNTER, MAIN, ...argv]
    execFile(process.execPath, options, { env: { PATH: '/usr/bin:/bin', ...env } }, (error, _out, stderr) => {
      if (error) reject(error)
      else resolve(stderr.split('\n').filter((line) => /^(?:file|node):/.test(line)))
    })
  })

t.test('a command loads what it needs and nothing else', async (t) => {
  const { env } = await serve(t)
  const own = (urls: readonly string[]) => urls.filter((url) => url.startsWith('file:'))
  for (const argv of [['version'], ['networks', 'show'], ['networks', 'add', '--help'], ['status']]) {
    const urls = await loadedBy(env, argv)
    const asked = argv.includes('show') || argv.includes('status')
    t.comment(`${argv.join(' ')}: ${own(urls).length} files, ${urls.length - own(urls).length} of node`)
    t.ok(own(urls).length < 190, `${argv.join(' ')}: ${own(urls).length} files`)
    for (const part of [
      '/yaml/',
      '/declaration/plan',
      '/declaration/read',
      '/completion/candidates',
      '/rehearsal',
      '/reference.ts',
      'readline',
      'https',
    ]) {
      t.notOk(
        urls.find((url) => url.includes(part)),
        `${argv.join(' ')} does without ${part}`,
      )
    }
    t.equal(urls.includes('node:http'), asked, `${argv.join(' ')}: HTTP when something is asked`)
  }
})

t.test('the prompt needs nothing but the shell that runs it', async (t) => {
  const home = t.testdir({})
  mkdirSync(join(home, '.config/openvnet'), { recursive: true })
  const file = join(home, '.config/openvnet/clouds.yaml')
  writeFileSync(file, 'clouds:\n  lab:\n    url: http://127.0.0.1:1\n')
  const env = { HOME: home, PATH: join(home, 'no-programs') }
  const script = path('../bin/vnctl')
  const begin = performance.now()
  const { status, stdout, stderr } = spawnSync('/bin/sh', [script, 'prompt'], { env, encoding: 'utf8' })
  t.comment(`${(performance.now() - begin).toFixed(1)} ms, the start of the shell among them`)
  t.same([status, stdout, stderr], [0, 'lab\n', ''], 'no other program can be found, and none is needed')
})
