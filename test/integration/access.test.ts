/**
 * Beyond one machine, as a user meets it: vnetd with tokens and TLS, vnctl that knows them from its files, the two parts
 * of vnetd in two processes, and a log of all of it without a secret. Real programs, a real Redis that wants a password.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createAuthority } from '../../packages/api/test/support/certificates.ts'
import { createRedisServer } from '../../packages/feed/test/redis-server.ts'
import { until } from '../../packages/feed/test/sample-store.ts'
import { VNCTL, VNETD } from '../lab/programs.ts'

type Environment = Readonly<Record<string, string>>

interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = ([program = '', ...words]: readonly string[], env: Environment, cwd: string): Promise<Said> =>
  new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, cwd }
    execFile(program, words, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

interface Running {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Where its API is, once it is up. */
  url(): Promise<string>
  end(): Promise<void>
}

const startVnetd = (t: Test, words: readonly string[], env: Environment = {}): Running => {
  const [program = '', ...first] = VNETD
  const ports = words.includes('--http') ? [] : ['--http', '127.0.0.1:0']
  const child = spawn(program, [...first, ...ports, '--openflow', '127.0.0.1:0', ...words], {
    cwd: t.testdirName,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk
    })
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    url: async () => {
      await until(() => texts.stdout.includes('is up') || child.exitCode !== null, 'vnetd is up', 60_000)
      const [, url] = /REST API +(https?:\S+)/.exec(texts.stdout) ?? []
      if (url === undefined) throw new Error(`vnetd ended: ${texts.stderr}`)
      return url
    },
    end: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** What `vnetd token add` printed alone on stdout. */
const addToken = async (t: Test, ...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(
    [...VNETD, 'token', 'add', ...words, '--token-file', `${t.testdirName}/tokens`],
    {},
    t.testdirName,
  )
  t.equal(code, 0, stderr)
  t.match(stdout, /^vnet_[\w-]{43}\n$/)
  t.notMatch(stderr, stdout.trim())
  return stdout.trim()
}

/** A home with the files of vnctl. */
const home = (t: Test, files: Readonly<Record<string, string>>): string => {
  const directory = `${t.testdirName}/home/.config/openvnet`
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(files))
    writeFileSync(`${directory}/${name}`, text, { mode: 0o600 })
  return `${t.testdirName}/home`
}

t.test('vnetd does not start where others reach it without a word about who may ask', async (t) => {
  t.testdir({})
  const vnetd = (...words: string[]) => run([...VNETD, ...words], {}, t.testdirName)
  const refused = await vnetd('--http', '0.0.0.0:0')
  t.equal(refused.code, 2)
  t.match(
    refused.stderr,
    /^vnetd: --http 0\.0\.0\.0:0: whoever reaches this address .*--token-file FILE.*--insecure.*\n$/,
  )
  t.match(await vnetd('--token-file', 'tokens'), {
    code: 1,
    stderr: /^vnetd: .*tokens: there is no such file\n$/m,
  })
  const insecure = startVnetd(t, ['--http', '0.0.0.0:0', '--insecure'])
  await insecure.url()
  t.match(insecure.stdout(), /Access +EVERYBODY WHO REACHES IT/)
  t.match(insecure.stderr(), /everybody who reaches the API can change the networks/)
  await insecure.end()
})

t.test('tokens and TLS from vnetd to vnctl, and what is said when one is missing', async (t) => {
  t.testdir({})
  const authority = createAuthority(t.testdirName)
  const { certificate, key } = authority.issue('server')
  const admin = await addToken(t, 'ops')
  const reader = await addToken(t, 'dashboard', '--role', 'read-only')
  const tokens = `${t.testdirName}/tokens`
  t.equal(statSync(tokens).mode & 0o777, 0o600)
  t.notMatch(readFileSync(tokens, 'utf8'), /vnet_/)
  const vnetd = startVnetd(t, [
    '--http',
    '0.0.0.0:0',
    '--token-file',
    tokens,
    '--tls-cert',
    certificate,
    '--tls-key',
    key,
  ])
  const url = `https://127.0.0.1:${new URL(await vnetd.url()).port}`
  t.match(vnetd.stdout(), /Access +tokens of .*\/tokens\n/)

  const HOME = home(t, {
    'clouds.yaml': `clouds:\n  lab: {url: '${url}', cacert: ${authority.certificate}}\n`,
    'secure.yaml': `clouds:\n  lab: {token: ${admin}}\n`,
  })
  const vnctl = (env: Environment, ...words: string[]) => run([...VNCTL, ...words], env, t.testdirName)
  const add = ['networks', 'add', '--uuid', 'nw-1', '--ipv4-network', '10.0.0.0']
  t.match(await vnctl({ HOME }, ...add), { code: 0 })
  const reading = { HOME, VNCTL_TOKEN: reader }
  t.match(await vnctl(reading, 'networks', 'show', '-o', 'name'), { code: 0, stdout: /nw-1/ })
  t.match(await vnctl(reading, 'networks', 'del', 'nw-1', '--yes'), {
    code: 1,
    stderr: /^vnctl: .*the token dashboard is read-only and DELETE .*: use one of the role admin\n$/,
  })
  t.match(await vnctl({ HOME, VNCTL_TOKEN: 'wrong' }, 'networks', 'show'), {
    code: 1,
    stderr: /^vnctl: .*this token is not known here.*; name one as token in clouds\.yaml .*VNCTL_TOKEN .*\n$/,
  })
  const bare = { HOME: '/nowhere', VNCTL_SERVER: url }
  t.match(await vnctl(bare, 'networks', 'show'), {
    code: 1,
    stderr:
      /its certificate is of an unknown authority: name the authority that signed it as cacert in clouds\.yaml or in VNCTL_CACERT, if you trust it\n$/,
  })
  const trusting = { ...bare, VNCTL_CACERT: authority.certificate }
  for (const words of [
    ['networks', 'show'],
    ['changes', '--watch'],
  ])
    t.match(
      await vnctl(trusting, ...words),
      { code: 1, stderr: /a token is needed; name one as token in/ },
      words.join(' '),
    )
  t.match(await vnctl({ ...bare, VNCTL_SERVER: url.replace('https', 'http') }, 'networks', 'show'), {
    code: 1,
  })

  // Given, taken away, and a SIGHUP for those who do not want to wait for the look of every second.
  const late = await addToken(t, 'late')
  vnetd.child.kill('SIGHUP')
  await until(
    () => vnetd.stderr().includes('SIGHUP: reading tokens and certificates again'),
    'it is heard',
    60_000,
  )
  await until(() => /"tokens":3.*tokens read again/.test(vnetd.stderr()), 'it is read', 60_000)
  t.match(await vnctl({ HOME, VNCTL_TOKEN: late }, 'networks', 'show'), { code: 0 })
  const removal = await run([...VNETD, 'token', 'remove', 'late', '--token-file', tokens], {}, t.testdirName)
  t.equal(removal.code, 0, removal.stderr)
  await until(
    () => /"tokens":2.*tokens read again/.test(vnetd.stderr().split('"tokens":3').at(-1) ?? ''),
    'and again',
  )
  t.match(await vnctl({ HOME, VNCTL_TOKEN: late }, 'networks', 'show'), { code: 1 })
  t.equal(vnetd.child.exitCode, null, 'a daemon does not end by SIGHUP')
  await vnetd.end()
})

t.test('split in two over TLS with tokens; at level trace no secret is logged', async (t) => {
  t.testdir({})
  const [password, wrong] = ['geheim-1234', 'falsch-5678']
  const server = await createRedisServer(password)
  t.teardown(() => server.remove())
  const { url: redis } = server
  const authority = createAuthority(t.testdirName)
  const { certificate, key } = authority.issue('server')
  const admin = await addToken(t, 'ops')
  const reader = await addToken(t, 'controller', '--role', 'read-only')
  const tls = ['--token-file', `${t.testdirName}/tokens`, '--tls-cert', certificate, '--tls-key', key]
  const loud = ['--log-level', 'trace']
  const env = { VNETD_REDIS: redis }
  const api = startVnetd(t, ['--only', 'api', ...tls, ...loud], env)
  const url = await api.url()
  t.match(api.stdout(), /Bus +redis:\/\/\*\*\*@/)
  const vnctl = (...words: string[]) =>
    run(
      [...VNCTL, ...words],
      { VNCTL_SERVER: url, VNCTL_CACERT: authority.certificate, VNCTL_TOKEN: admin },
      t.testdirName,
    )
  const add = (uuid: string) =>
    vnctl('networks', 'add', '--uuid', uuid, '--ipv4-network', '10.0.0.0', '--wait', '20')

  const tokenFile = `${t.testdirName}/controller-token`
  writeFileSync(tokenFile, 'vnet_not-a-token-of-this-api\n', { mode: 0o600 })
  const only = ['--only', 'controller', '--api', url, '--api-ca', authority.certificate, ...loud]
  const controller = startVnetd(t, [...only, '--api-token-file', tokenFile], env)
  await until(
    () => /HTTP 401: .*this token is not known here/.test(controller.stderr()),
    'it is refused, and says why',
  )
  writeFileSync(tokenFile, `${reader}\n`)
  await until(
    () => controller.stderr().includes('the token for the API read again'),
    'the token is exchanged',
  )
  t.match(await add('nw-1'), { code: 0, stderr: '' }, 'every live controller has the change')
  await controller.end()

  const second = startVnetd(t, only, { ...env, VNETD_API_TOKEN: reader })
  t.match(await add('nw-2'), { code: 0 }, 'a token from the environment')
  await second.end()
  const lost = startVnetd(t, only, { VNETD_REDIS: redis.replace(password, wrong), VNETD_API_TOKEN: reader })
  await until(
    () => /WRONGPASS|NOAUTH|invalid/i.test(lost.stderr()),
    'redis refuses it, and that is logged',
    60_000,
  )
  await lost.end()
  await fetch(`${url}/api/networks?token=${admin}`).catch(() => undefined)
  await api.end()

  const logs = [api, controller, second, lost].map((each) => each.stderr() + each.stdout()).join('')
  t.ok(logs.length > 2000 && logs.includes('"level":20'), 'there is something to look through')
  for (const [name, secret] of Object.entries({ admin, reader, password, wrong }))
    t.notMatch(logs, secret, name)
  t.notMatch(logs, /[Bb]earer (?!TOKEN)/)
})

t.test('a token for the API that others may read is refused', async (t) => {
  t.testdir({ token: 'vnet_x\n', empty: '' })
  const only = ['--only', 'controller', '--redis', 'redis://127.0.0.1:1', '--openflow', '127.0.0.1:0']
  const start = (file: string) => run([...VNETD, ...only, '--api-token-file', file], {}, t.testdirName)
  t.match(await start('token'), {
    code: 1,
    stderr: /token holds a token and others may read it; run `chmod 600 token`/,
  })
  t.match(await start('none'), { code: 1, stderr: /none: there is no such file/ })
  const url = await run([...VNETD, ...only, '--api', 'https://me:secret@h'], {}, t.testdirName)
  t.match(url, { code: 2, stderr: /--api: 'https:\/\/\*\*\*@h' is not a URL/ })
})
