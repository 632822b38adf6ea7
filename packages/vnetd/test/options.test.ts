/** Options: what each origin gives, which is stronger, and what is said of a wrong one. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { definition, OPTION_KEYS } from '../src/options/definitions.ts'
import { type InvocationInput, readInvocation, type VnetdOptions } from '../src/options/options.ts'
import { UsageError } from '../src/options/usage-error.ts'

const directory = t.testdir({})
const file = (name: string, content: string): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

function options(argv: string[], env: InvocationInput['env'] = {}): VnetdOptions {
  const invocation = readInvocation({ argv, env, version: '1.2.3' })
  if (invocation.kind === 'print') throw new Error('nothing to run')
  return invocation.options
}

function refusal(argv: string[], env: InvocationInput['env'] = {}): string {
  try {
    options(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'accepted'
}

t.test('defaults listen on loopback only and keep everything in one process', async (t) => {
  t.same(options([]), {
    http: { host: '127.0.0.1', port: 9090 },
    tokenFile: null,
    insecure: false,
    hostNames: [],
    tlsCert: null,
    tlsKey: null,
    tlsClientCa: null,
    rateLimit: null,
    openflow: [
      { host: '127.0.0.1', port: 6633 },
      { host: '127.0.0.1', port: 6653 },
    ],
    db: './var/openvnet.db',
    places: './var/openvnet.db.places',
    redis: null,
    only: null,
    api: 'http://127.0.0.1:9090',
    apiTokenFile: null,
    apiToken: null,
    apiCa: null,
    adopt: 'auto',
    ovsdb: ['auto'],
    ovsdbTls: { ca: null, cert: null, key: null },
    logLevel: 'info',
    logFile: null,
  })
})

t.test('names of the API are as a URL has them', async (t) => {
  const args = ['--host-name', 'API.example', '--host-name', 'fd00::1', '--host-name', '192.0.2.1']
  t.same(options(args).hostNames, ['api.example', '[fd00::1]', '192.0.2.1'])
  for (const wrong of ['api:9090', 'a/b', 'u@api', '']) {
    t.match(refusal(['--host-name', wrong]), /is not a name or an address, without port/, wrong)
  }
})

t.test('a flag is stronger than the environment, that than the file, that than the default', async (t) => {
  const config = file(
    'all.yaml',
    'http: 0.0.0.0:1\ninsecure: true\nlog_level: debug\ndb: from-file\nopenflow: ["[::1]:1", b:2]\n',
  )
  const env = { VNETD_CONFIG: config, VNETD_DB: 'from-env', VNETD_LOG_LEVEL: 'warn', VNETD_REDIS: '' }
  t.match(options(['--log-level', 'error'], env), {
    adopt: 'auto',
    logLevel: 'error',
    db: 'from-env',
    http: { host: '0.0.0.0', port: 1 },
    insecure: true,
    hostNames: [],
    openflow: [
      { host: '::1', port: 1 },
      { host: 'b', port: 2 },
    ],
    redis: null,
  })
  t.same(options(['--openflow=c:3', '--openflow', 'd:4'], env).openflow, [
    { host: 'c', port: 3 },
    { host: 'd', port: 4 },
  ])
  t.same(options([], { VNETD_OPENFLOW: 'e:5, f:6' }).openflow, [
    { host: 'e', port: 5 },
    { host: 'f', port: 6 },
  ])
  const json = file(
    'all.json',
    '{"redis": "redis://h:1/2", "only": "api", "api": "https://h", "log-file": "l"}',
  )
  t.match(options(['--config', json]), {
    redis: 'redis://h:1/2',
    only: 'api',
    api: 'https://h',
    logFile: 'l',
  })
  t.match(options(['--config', file('empty.yaml', '')]), { logLevel: 'info' }, 'an empty file is fine')
})

t.test('databases are spelled as Open vSwitch does', async (t) => {
  t.same(options(['--ovsdb', 'tcp:h', '--ovsdb', 'unix:/s']).ovsdb, ['tcp:h:6640', 'unix:/s'])
  t.same(options([], { VNETD_OVSDB: 'auto,ssl:[::1]:6640' }).ovsdb, ['auto', 'ssl:[::1]:6640'])
  t.same(options(['--ovsdb', 'none']).ovsdb, [])
  t.same(options(['--ovsdb-ca', 'ca.pem']).ovsdbTls, { ca: 'ca.pem', cert: null, key: null })
  t.match(
    refusal(['--ovsdb', 'h:6640']),
    "--ovsdb: 'h:6640' is not unix:FILE, tcp:HOST:PORT, ssl:HOST:PORT, auto or none",
  )
  t.match(refusal(['--ovsdb', 'none', '--ovsdb', 'auto']), /none and auto contradict each other/)
})

t.test('the help names every option; the version is the version', async (t) => {
  const help = readInvocation({ argv: ['--help'], env: {}, version: '1.2.3' })
  t.equal(help.kind, 'print')
  const text = help.kind === 'print' ? help.text : ''
  for (const key of OPTION_KEYS) {
    const { name, isFlag } = definition(key)
    t.match(text, isFlag === true ? `--${name} ` : `--${name} <`, name)
  }
  t.same(readInvocation({ argv: ['--version'], env: {}, version: '1.2.3' }), { kind: 'print', text: '1.2.3' })
})

t.test('a wrong option is one line that names it as it was given, and what would be right', async (t) => {
  const wrong: [expected: string, argv: string[], env?: Record<string, string>][] = [
    ["unknown option '--htp' (Did you mean --http?)", ['--htp', 'x:1']],
    ["option '--db <FILE>' argument missing", ['--db']],
    ["--http: '9090' is not HOST:PORT, as in 127.0.0.1:9090", ['--http', '9090']],
    ["--http: '[::1:9090' is not HOST:PORT, as in 127.0.0.1:9090", ['--http', '[::1:9090']],
    ["--openflow: 'h:65536' is not HOST:PORT, as in 127.0.0.1:6633", ['--openflow', 'h:65536']],
    ["VNETD_OPENFLOW: 'b' is not HOST:PORT, as in 127.0.0.1:6633", [], { VNETD_OPENFLOW: 'a:1,b' }],
    ["--only: 'both' is not one of api, controller", ['--only', 'both']],
    ["--redis: 'localhost' is not a URL as in redis://127.0.0.1:6379", ['--redis', 'localhost']],
    ["--api: 'ftp://x' is not a URL as in http://127.0.0.1:9090", ['--api', 'ftp://x']],
    [
      "VNETD_LOG_LEVEL: 'loud' is not one of fatal, error, warn, info, debug, trace, silent",
      [],
      { VNETD_LOG_LEVEL: 'loud' },
    ],
    ["--db: '' is not a file name", ['--db', '']],
    ['/nowhere: there is no such file', ['--config', '/nowhere']],
  ]
  for (const [expected, argv, env] of wrong) t.equal(refusal(argv, env), expected)
  t.match(refusal(['serve']), /too many arguments/)
  t.match(refusal(['--only', 'api']), /--only api needs --redis URL/)
})

t.test('where others than this machine reach it, who may ask must be said', async (t) => {
  const others = [
    '0.0.0.0:9090',
    '[::]:9090',
    '192.0.2.1:9090',
    'myhost:9090',
    '127.0.0.1.example:1',
    '[::2]:1',
  ]
  for (const http of others) {
    const said = refusal(['--http', http])
    t.match(
      said,
      /^--http \S+: whoever reaches this address could do everything\. Say who may with --token-file FILE/,
    )
    t.match(said, /vnetd token add NAME --token-file FILE.*--insecure/, 'and what to do')
    t.equal(refusal(['--http', http, '--token-file', 'tokens']), 'accepted')
    t.equal(refusal(['--http', http, '--insecure']), 'accepted')
    t.equal(refusal(['--http', http], { VNETD_INSECURE: '1' }), 'accepted')
    t.match(refusal(['--http', http], { VNETD_INSECURE: 'no' }), /whoever reaches/)
    t.equal(
      refusal(['--only', 'controller', '--redis', 'redis://h', '--http', http]),
      'accepted',
      'not listened on',
    )
  }
  for (const http of ['localhost:1', 'vnet.localhost:1', '127.9.9.9:1', '[::1]:1'])
    t.equal(refusal(['--http', http]), 'accepted', http)
  t.match(refusal(['--token-file', 'f', '--insecure']), /contradict each other/)
  t.not(refusal(['--insecure=yes']), 'accepted', 'a flag is said or not')
})

t.test('options that need each other say so, and no message repeats a password', async (t) => {
  t.match(refusal(['--tls-cert', 'c']), /--tls-cert needs --tls-key FILE/)
  t.match(refusal(['--tls-key', 'k']), /--tls-key needs --tls-cert FILE/)
  t.match(refusal(['--tls-client-ca', 'a']), /--tls-client-ca needs --tls-cert and --tls-key/)
  const split = ['--only', 'controller', '--redis', 'redis://h']
  t.match(refusal([...split, '--api-token-file', 'f'], { VNETD_API_TOKEN: 'x' }), /both given/)
  t.equal(options(split, { VNETD_API_TOKEN: 'vnet_x' }).apiToken, 'vnet_x')
  t.match(refusal(['--api-token', 'vnet_x']), /unknown option/, 'a token is not typed, where others see it')
  t.equal(options(['--rate-limit', '20']).rateLimit, 20)
  t.equal(options(['--rate-limit', 'off']).rateLimit, 'off')
  for (const rate of ['0', '-1', '1.5', 'x'])
    t.match(refusal([`--rate-limit=${rate}`]), /is not a number of requests per second, or off/)
  const secrets = [
    ['--api', 'http://me:geheim@h:9090'],
    ['--redis', 'redis//:geheim@h'],
    ['--redis', ':geheim@h:6379'],
  ]
  for (const argv of secrets) {
    t.match(refusal(argv), /is not a URL as in/)
    t.notMatch(refusal(argv), /geheim/)
  }
})

t.test('a wrong configuration file is named with what is wrong in it', async (t) => {
  const of = (name: string, content: string): string => refusal(['--config', file(name, content)])
  t.match(of('a', 'htp: x:1'), /a: unknown key 'htp' \(there are: http, token-file, .*openflow, db, /)
  t.match(of('b', 'http: x'), /b: http: 'x' is not HOST:PORT/)
  t.match(of('c', 'http: {a: 1}'), /c: http: {"a":1} is not a text/)
  t.match(of('d', '- http'), /d: not a map of option names to values/)
  t.match(of('e', '{"http": '), /e: .* at line 1/)
  t.match(refusal(['--config', directory]), /EISDIR/)
})
