/** Which server is asked, and with what: clouds by name, tokens, authorities; and the prompt, which asks nobody. */
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { runHere } from './program.ts'
import { startRecorder } from './recorder.ts'

const recorder = await startRecorder()
t.teardown(() => recorder.close())

/** A home with files below `.config/openvnet`. */
const home = (t: Test, files: Record<string, string>, mode = 0o600): string => {
  const path = mkdtempSync(join(tmpdir(), 'vnctl-home-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  const directory = join(path, '.config', 'openvnet')
  mkdirSync(directory, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), content)
    chmodSync(join(directory, name), mode)
  }
  return path
}

const show = (env: Record<string, string>, ...argv: string[]) =>
  runHere(['networks', 'show', ...argv], { env })

const asked = async (t: Test, env: Record<string, string>, ...argv: string[]) => {
  const { code, stderr } = await show(env, ...argv)
  t.equal(code, 0, stderr)
  return recorder.requests.at(-1)
}

const two = `clouds:
  lab:
    url: ${recorder.url}
    token: lab-secret
  far:
    profile: vendor
    token: far-secret
`
const vendor = `public-clouds:
  vendor:
    url: ${recorder.url}/vendor
    token: vendor-secret
`

t.test('a cloud is named by --cloud, by VNCTL_CLOUD, or is the only one', async (t) => {
  const HOME = home(t, { 'clouds.yaml': two, 'clouds-public.yaml': vendor })
  t.match(await asked(t, { HOME }, '--cloud=lab'), {
    path: '/api/1.0/networks',
    authorization: 'Bearer lab-secret',
  })
  t.match(await asked(t, { HOME, VNCTL_CLOUD: 'lab' }, '--cloud', 'far'), {
    path: '/vendor/api/1.0/networks',
    authorization: 'Bearer far-secret',
  })
  t.match(await asked(t, { HOME, VNCTL_CLOUD: 'far', VNET_WEBAPI: '127.0.0.1:1' }), {
    path: '/vendor/api/1.0/networks',
  })
  t.match(await show({ HOME }), {
    code: 2,
    stderr: /choose one of the clouds lab, far with --cloud or VNCTL_CLOUD/,
  })
  t.match(await show({ HOME }, '--cloud=lob'), {
    code: 2,
    stderr: /there is no cloud lob in .*clouds\.yaml; did you mean lab\?/,
  })
  t.match(await show({ HOME }, '--cloud=lab', '--server=x'), {
    code: 2,
    stderr: /--server and --cloud both name a server/,
  })
  t.match(await show({ HOME: '/nowhere' }, '--cloud=lab'), {
    code: 2,
    stderr: /no cloud lab: neither .* exists/,
  })

  const single = home(t, { 'clouds.yaml': `clouds:\n  only: {url: '${recorder.url}'}\n` })
  t.match(await asked(t, { HOME: single }), { path: '/api/1.0/networks', authorization: undefined })
  t.match(await asked(t, { HOME: '/nowhere', XDG_CONFIG_HOME: join(single, '.config') }), {
    path: '/api/1.0/networks',
  })
  t.match(await asked(t, { HOME: single, VNCTL_TOKEN: 'mine' }), { authorization: 'Bearer mine' })
})

t.test('what is secret may stand apart and wins; others may not read it', async (t) => {
  const files = {
    'clouds.yaml': `clouds:\n  lab: {profile: vendor, output_format: json}\n`,
    'clouds-public.yaml': vendor,
    'secure.yaml': 'clouds:\n  lab: {token: own-secret}\n',
  }
  const HOME = home(t, files)
  t.match(await asked(t, { HOME }), { authorization: 'Bearer own-secret', path: '/vendor/api/1.0/networks' })
  t.match(
    (await show({ HOME })).stdout,
    /^\{\n {2}"total_count": 0/,
    'and the form of output is the configured one',
  )
  for (const mode of [0o640, 0o604, 0o660]) {
    const open = home(t, files, mode)
    const { code, stdout, stderr } = await show({ HOME: open })
    t.same([code, stdout], [2, ''])
    t.match(
      stderr,
      /(secure|clouds-public)\.yaml holds a token and others may read it; run `chmod 600 .*yaml`/,
    )
    t.notMatch(stderr, /own-secret|vendor-secret/, 'and the token is not shown')
  }
  const plain = home(t, { 'clouds.yaml': `clouds:\n  lab: {url: '${recorder.url}'}\n` }, 0o644)
  t.match(
    await asked(t, { HOME: plain }),
    { path: '/api/1.0/networks' },
    'without a secret anybody may read it',
  )
})

t.test('a file that cannot be understood is named with what is wrong', async (t) => {
  const cases: [string, RegExp][] = [
    ['clouds: [1]\n', /clouds\.yaml: there is no map clouds of names to clouds/],
    ['clouds:\n  lab: 5\n', /clouds\.yaml: lab: not a map/],
    ['clouds:\n  lab: {ulr: x}\n', /clouds\.yaml: lab: unknown key ulr; did you mean url\?/],
    ['clouds:\n  lab: {url: 5}\n', /clouds\.yaml: lab: url is not text/],
    ['clouds:\n  lab: {}\n', /clouds\.yaml: lab: there is no url/],
    ['clouds:\n  lab: {profile: none}\n', /clouds\.yaml: lab: there is no profile none in /],
    ['clouds: {\n', /clouds\.yaml: .* at line \d+/],
    [
      "clouds:\n  lab: {url: 'https://x', cacert: /nowhere.pem}\n",
      /cannot read the certificate \/nowhere\.pem/,
    ],
  ]
  for (const [content, expected] of cases) {
    const { code, stderr } = await show({ HOME: home(t, { 'clouds.yaml': content }) }, '--cloud=lab')
    t.equal(code, 2, stderr)
    t.match(stderr, /^vnctl: [^\n]+\n$/)
    t.match(stderr, expected)
  }
})

t.test('a server with a certificate of its own authority is asked when the cloud names that', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vnctl-tls-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const form = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ]
  execFileSync('openssl', [...form, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const answer = JSON.stringify({ total_count: 0, offset: 0, limit: 30, items: [] })
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (_request, response) => response.end(answer),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const known = home(t, { 'clouds.yaml': `clouds:\n  lab: {url: '${url}', cacert: ${certificate}}\n` })
  t.match(await show({ HOME: known }), { code: 0, stderr: 'there are no networks\n' })
  t.match(await show({ VNCTL_SERVER: url, VNCTL_CACERT: certificate }), { code: 0 })
  t.match(await show({ VNCTL_SERVER: url.replace('https', 'http') }), {
    code: 1,
    stderr: /the connection was closed before the answer; if it wants TLS, use https:\/\/ instead/,
  })
  const unknown = home(t, { 'clouds.yaml': `clouds:\n  lab: {url: '${url}'}\n` })
  t.match(await show({ HOME: unknown }), {
    code: 1,
    stderr:
      /cannot reach https:.*: its certificate is self-signed: name it as cacert in clouds\.yaml or in VNCTL_CACERT, if you trust it\n$/,
  })
})

const PROGRAM = fileURLToPath(new URL('../bin/vnctl', import.meta.url))

/** The output of `vnctl prompt`; PATH has no node. */
const prompt = (env: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(PROGRAM, ['prompt'], { env: { PATH: '/usr/bin:/bin', ...env } }, (error, stdout) => {
      if (error) reject(error)
      else resolve(stdout)
    })
  })

t.test('the prompt shows the cloud that is asked, at once and without a server', async (t) => {
  const HOME = home(t, {
    'clouds.yaml': `# mine\nclouds:\n  # the one\n  lab:\n    url: http://127.0.0.1:1\n    token: x\n`,
  })
  const both = home(t, { 'clouds.yaml': two })
  const cases: [Record<string, string>, string][] = [
    [{ HOME }, 'lab\n'],
    [{ HOME, VNCTL_CLOUD: 'far' }, 'far\n'],
    [{ HOME, VNET_WEBAPI: 'x:1' }, ''],
    [{ HOME, VNCTL_SERVER: 'x:1', VNCTL_CLOUD: 'far' }, ''],
    [{ HOME: both }, ''],
    [{ HOME: '/nowhere' }, ''],
  ]
  for (const [env, expected] of cases) {
    t.equal(await prompt(env), expected, JSON.stringify(env))
    const { stdout } = await runHere(['prompt'], { env })
    t.equal(stdout, expected, 'as the program itself would say')
  }
})
