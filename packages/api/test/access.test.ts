/** Who may ask and how: tokens, roles, TLS, over real sockets. */

import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectSecurely } from 'node:tls'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import {
  type ApiOptions,
  addToFile,
  createApi,
  makeToken,
  type Role,
  readTokenFile,
  removeFromFile,
} from '../src/index.ts'
import { startApi } from './support/api.ts'
import { createAuthority } from './support/certificates.ts'
import { openEvents } from './support/events.ts'
import { fetchRaw } from './support/socket.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const addToken = (file: string, name: string, role: Role = 'admin'): string => {
  const { token, entry } = makeToken(name, role)
  addToFile(file, entry)
  return token
}

const listening = async (t: Test, options: Partial<ApiOptions>) => {
  const api = await startApi(t, { file: `${t.testdirName}/store.db`, ...options })
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) }
}

const withTokens = async (t: Test, options: Partial<ApiOptions> = {}) => {
  const tokenFile = `${t.testdir()}/tokens`
  const admin = addToken(tokenFile, 'ops')
  const reader = addToken(tokenFile, 'dashboard', 'read-only')
  return { ...(await listening(t, { tokenFile, ...options })), tokenFile, admin, reader }
}

const until = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`never: ${what}`)
}

t.test('with tokens, everything that tells something needs one', async (t) => {
  const { url, admin } = await withTokens(t)
  for (const path of ['/healthz', '/readyz', '/docs', '/openapi.json', '/docs/static/swagger-ui-bundle.js'])
    t.equal((await fetchRaw(`${url}${path}`)).status, 200, path)
  const asked = [
    '/api/1.0/networks',
    '/api/networks.json',
    '/metrics',
    '/api/1.0/snapshot',
    '/nowhere',
    '/docsx',
  ]
  for (const path of [...asked, '//healthz/../metrics', '/docs/..%2fmetrics']) {
    const { status, headers, body } = await fetchRaw(`${url}${path}`)
    t.ok(status === 401 || (path.startsWith('/docs/') && status === 404), `${path}: ${status}`)
    if (status !== 401) continue
    t.match(body, { error: 'Unauthorized', code: '401', message: /send Authorization: Bearer TOKEN/ }, path)
    t.equal(headers['www-authenticate'], 'Bearer realm="openvnet"')
  }
  const wrong = [admin.slice(0, -1), `${admin}x`, admin.toUpperCase(), 'x', makeToken('x', 'admin').token]
  for (const token of wrong) {
    const { status, headers, body, text } = await fetchRaw(`${url}/api/networks`, { headers: bearer(token) })
    t.equal(status, 401)
    t.match(body.message, /this token is not known here/)
    t.match(headers['www-authenticate'], /error="invalid_token"/)
    if (token.length > 1) t.notMatch(text, token, 'no answer repeats it')
  }
  for (const authorization of [admin, `Basic ${admin}`, `Bearer ${admin} ${admin}`, 'Bearer', ''])
    t.equal(
      (await fetchRaw(`${url}/api/networks`, { headers: { authorization } })).status,
      401,
      'of another form',
    )
  t.equal(
    (await fetchRaw(`${url}/api/networks`, { headers: { authorization: `bearer  ${admin}` } })).status,
    200,
  )
  t.equal(
    (await fetchRaw(`${url}/api/networks?token=${admin}`)).status,
    401,
    'not in the URL, which is logged',
  )
})

t.test('read-only reads everything and writes nothing; what it tried is not even parsed', async (t) => {
  const { url, admin, reader, store } = await withTokens(t)
  const payload = 'uuid=nw-1&ipv4_network=10.0.0.0'
  const post = { method: 'POST', payload }
  t.equal(
    (await fetchRaw(`${url}/api/networks`, { ...post, headers: { ...FORM, ...bearer(admin) } })).status,
    200,
  )
  const headers = bearer(reader)
  for (const path of ['networks/nw-1', 'status', 'changes', 'snapshot', 'wait?timeout=0'])
    t.equal((await fetchRaw(`${url}/api/1.0/${path}`, { headers })).status, 200, path)
  t.equal((await fetchRaw(`${url}/metrics`, { headers })).status, 200)
  t.equal((await fetchRaw(`${url}/api/networks`, { method: 'HEAD', headers })).status, 200)
  const stream = await openEvents(`${url}/api/1.0/changes?since=0`, headers)
  t.match(await stream.reach(2), { event: 'change' })
  stream.leave()
  const revision = store.revision()
  const refused = {
    status: 403,
    body: {
      error: 'Forbidden',
      code: '403',
      message: /the token dashboard is read-only and .*: use one of the role admin/,
    },
  }
  const tries: [string, string][] = [
    ['POST', 'networks'],
    ['PUT', 'networks/nw-1'],
    ['DELETE', 'networks/nw-1'],
    ['PATCH', 'networks/nw-1'],
    ['POST', 'batch'],
    ['POST', 'nowhere'],
  ]
  for (const [method, path] of tries) {
    const broken = { method, payload: '{{', headers: { ...headers, 'content-type': 'application/json' } }
    t.match(await fetchRaw(`${url}/api/1.0/${path}`, broken), refused, `${method} ${path}`)
  }
  const path = `${url}/api/1.0/networks?dry_run=true`
  const json = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
  const network = { uuid: 'nw-2', ipv4_network: '10.0.0.0' }
  const tried = await fetchRaw(path, { ...json, payload: JSON.stringify(network) })
  t.match(tried, { status: 200, body: { dry_run: true } }, 'a dry run is a question')
  const operations = [{ method: 'POST', path: 'networks', body: network }]
  const batch = (query: string) =>
    fetchRaw(`${url}/api/1.0/batch?${query}`, { ...json, payload: JSON.stringify({ operations }) })
  t.match(await batch('dry_run=true'), { status: 200, body: { dry_run: true } })
  t.match(await batch('dry_run=false'), refused)
  for (const dry_run of [false, 'false', '0', 'no'])
    t.match(
      await fetchRaw(path, { ...json, payload: JSON.stringify({ ...network, dry_run }) }),
      { status: /4../ },
      'the body says otherwise',
    )
  for (const query of ['dry_run=false', 'dry_run=', 'dry_run', 'dry_run=true&dry_run=false', 'DRY_RUN=true'])
    t.match(
      await fetchRaw(`${url}/api/1.0/networks?${query}`, { ...json, payload: JSON.stringify(network) }),
      { status: /4../ },
      query,
    )
  const override = { ...headers, ...FORM, 'x-http-method-override': 'DELETE' }
  t.equal((await fetchRaw(`${url}/api/networks/nw-1?_method=DELETE`, { headers: override })).status, 400)
  t.equal(store.revision(), revision)
})

t.test('no GET of the API writes: the roles rest on it', async (t) => {
  const { app, reader, url, store } = await withTokens(t)
  const { paths } = (app as unknown as { swagger(): { paths: Record<string, object> } }).swagger()
  const reads = Object.entries(paths).filter(([, methods]) => 'get' in methods)
  t.ok(reads.length > 50)
  for (const [path] of reads) {
    const named = path.replaceAll(/\{[^}]*\}/g, 'x-1')
    await fetchRaw(`${url}${named}?timeout=0`, { headers: bearer(reader) })
    await fetchRaw(`${url}${named}`, {
      headers: { ...bearer(reader), ...FORM },
      payload: 'uuid=nw-9&ipv4_network=10.9.0.0',
    })
  }
  t.equal(store.revision(), 0)
})

t.test('tokens are added and taken away while it runs; what a token had opened ends with it', async (t) => {
  const { url, tokenFile, admin, reader, ...api } = await withTokens(t)
  const status = async (token: string) =>
    (await fetchRaw(`${url}/api/networks`, { headers: bearer(token) })).status
  const [stream, other] = [
    await openEvents(`${url}/api/1.0/changes?since=0`, bearer(reader)),
    await openEvents(`${url}/api/1.0/changes?since=0`, bearer(admin)),
  ]
  removeFromFile(tokenFile, 'dashboard')
  const late = addToken(tokenFile, 'late')
  await until('the file is read again', async () => (await status(late)) === 200)
  t.equal(await status(reader), 401)
  await stream.ended
  t.equal(await status(admin), 200)

  const good = readFileSync(tokenFile, 'utf8')
  const bad: [string, string, RegExp][] = [
    ['a line that is none', `${good}ops2 admin\n`, /tokens:3: not of the form NAME ROLE sha256:HEX/],
    [
      'a role that is none',
      good.replace('admin', 'root'),
      /tokens:1: 'root' is not a role: admin or read-only/,
    ],
    ['a name twice', `${good}${good}`, /tokens:3: there is a token ops already/],
  ]
  for (const [what, text, reason] of bad) {
    writeFileSync(`${tokenFile}.new`, text, { mode: 0o600 })
    renameSync(`${tokenFile}.new`, tokenFile)
    api.reload()
    t.equal(await status(admin), 200, `${what}: those read before still count`)
    const [line = ''] = api.errors.splice(0)
    t.match(line, /the tokens cannot be read again/)
    t.match(JSON.parse(line).err.message, reason)
    t.notMatch(line, /ops2 admin/, 'a line that may be a token is not logged')
  }
  writeFileSync(tokenFile, good)
  chmodSync(tokenFile, 0o620)
  api.reload()
  t.match(api.errors.splice(0), [/can be written by others; run `chmod 600/])
  chmodSync(tokenFile, 0o600)
  other.leave()
  // What the watch may have seen in between.
  api.errors.splice(0)
})

t.test('a token that is taken away while a body comes is not good for what follows', async (t) => {
  const { url, tokenFile, reader, admin, store, ...api } = await withTokens(t)
  const begin = async (method: string, path: string, token: string) => {
    const more = { 'content-length': 31, expect: '100-continue', accept: 'text/event-stream' }
    const headers = { ...bearer(token), ...FORM, ...more }
    const request = httpRequest(`${url}/api/1.0/${path}`, { method, headers })
    request.flushHeaders()
    // The head has been read.
    await once(request, 'continue')
    return async () => {
      request.end('uuid=nw-9&ipv4_network=10.9.0.0')
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.destroy()
      return response.statusCode
    }
  }
  const begun = [await begin('POST', 'networks', admin), await begin('GET', 'changes', reader)]
  for (const name of ['ops', 'dashboard']) removeFromFile(tokenFile, name)
  api.reload()
  for (const go of begun) t.equal(await go(), 401)
  t.equal(store.revision(), 0)
})

t.test('the token file: private, whole, and nothing else than a file', async (t) => {
  const directory = t.testdir({ dir: {} })
  const file = `${directory}/tokens`
  const start = () =>
    createApi({
      file: `${directory}/db`,
      tokenFile: file,
      bus: createLocalBus(),
      log: pino({ level: 'silent' }),
    })
  await t.rejects(start(), { name: 'UnusableFile', message: /tokens: there is no such file/ })
  const token = addToken(file, 'ops')
  t.equal(statSync(file).mode & 0o777, 0o600)
  const text = readFileSync(file, 'utf8')
  t.match(text, /^ops admin sha256:[0-9a-f]{64}\n$/)
  t.notMatch(text, token)
  t.match(token, /^vnet_[\w-]{43}$/)
  t.throws(() => addToken(file, 'ops'), { message: /there is a token ops already; remove it first/ })
  t.throws(() => removeFromFile(file, 'opps'), { message: /there is no token opps; there are: ops/ })
  chmodSync(file, 0o602)
  await t.rejects(start(), { message: /tokens can be written by others; run `chmod 600 .*tokens`/ })
  chmodSync(file, 0o644)
  t.equal(readTokenFile(file).isReadable, true)
  writeFileSync(file, `# comment\n\n${text}`)
  addToken(file, 'more', 'read-only')
  t.match(readFileSync(file, 'utf8'), /^# comment\n\nops admin .*\nmore read-only .*\n$/)
  t.equal(statSync(file).mode & 0o777, 0o600, 'private from then on')
  symlinkSync(file, `${directory}/link`)
  if (process.getuid?.() === 0) {
    chownSync(file, 12_345, 12_345)
    t.throws(() => readTokenFile(file), {
      message: /belongs to user 12345, who could change it; run `chown 0 /,
    })
    removeFromFile(`${directory}/link`, 'more')
    t.equal(statSync(file).uid, 12_345, 'root edits for others, and it stays theirs')
    chownSync(file, 0, 0)
  }
  addToken(`${directory}/link`, 'linked')
  t.ok(lstatSync(`${directory}/link`).isSymbolicLink(), 'a link stays one')
  t.match(readFileSync(file, 'utf8'), /^linked admin /m)
  t.throws(() => readTokenFile(`${directory}/dir`), { message: /dir: (not a file|EISDIR)/ })
  t.throws(() => readTokenFile('/dev/zero'), { message: /not a file/ })
})

t.test('without tokens an API that was told its names answers to no other', async (t) => {
  const { url } = await listening(t, { hostNames: ['api.example', '192.0.2.1'] })
  const ask = (host: string) => fetchRaw(`${url}/api/networks`, { headers: { host } })
  for (const host of [
    'api.example',
    'API.example:9090',
    '192.0.2.1:80',
    'localhost:1',
    '127.0.0.1',
    '[::1]:9090',
  ])
    t.equal((await ask(host)).status, 200, host)
  for (const host of ['evil.example', 'api.example.evil', '192.0.2.2', '[fd00::1]:9090']) {
    const body = {
      error: 'CrossSiteRequest',
      message: /answers to localhost, 127.0.0.1, api.example, 192.0.2.1 only/,
    }
    t.match(await ask(host), { status: 403, body }, host)
  }
})

t.test(
  'what asks for tokens needs no check of Host; pages of other sites are refused all the same',
  async (t) => {
    const { url, admin } = await withTokens(t)
    const ask = (headers: Record<string, string>, method = 'GET') =>
      fetchRaw(`${url}/api/networks`, { method, headers: { ...bearer(admin), ...headers } })
    t.equal((await ask({ host: 'vnet.example' })).status, 200, 'behind a proxy with a name')
    const refused = { status: 403, body: { error: 'CrossSiteRequest' } }
    t.match(await ask({ origin: 'https://evil.example' }, 'DELETE'), refused)
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      t.match(await ask({ 'sec-fetch-site': site }, 'POST'), refused, site)
      t.match(await ask({ 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }), refused, `${site}, a read`)
      t.match(await ask({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }, 'POST'), refused, 'a form')
      t.equal((await ask({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).status, 200, 'a link')
    }
    for (const site of ['same-origin', 'none']) t.equal((await ask({ 'sec-fetch-site': site })).status, 200)
    const page = await fetchRaw(`${url}/docs`)
    t.match(page.headers, {
      'content-security-policy': /frame-ancestors 'none'/,
      'x-content-type-options': 'nosniff',
    })
    t.notMatch(page.headers, { 'access-control-allow-origin': /./ })
    t.match(await (await fetch(`${url}/docs`)).text(), /<title>OpenVNet REST API<\/title>/)
    const { components } = (await fetchRaw(`${url}/openapi.json`)).body
    t.match(
      components.securitySchemes,
      { token: { type: 'http', scheme: 'bearer' } },
      'the page can send a token',
    )
  },
)

t.test(
  'TLS: 1.2 or newer, read again when it changes, and with certificates of clients where asked for',
  async (t) => {
    const directory = t.testdir()
    const authority = createAuthority(directory)
    const [first, second] = [authority.issue('first'), authority.issue('second')]
    const tls = { certificate: `${directory}/used.pem`, key: `${directory}/used.key` }
    const use = ({ certificate, key }: typeof tls): void => {
      copyFileSync(key, tls.key)
      copyFileSync(certificate, tls.certificate)
    }
    use(first)
    const tokenFile = `${directory}/tokens`
    const token = addToken(tokenFile, 'ops')
    const { url, reload, errors } = await listening(t, { tls, tokenFile })
    const ca = readFileSync(authority.certificate)
    const ask = { ca, headers: bearer(token) }
    t.match(url, /^https:/)
    t.equal((await fetchRaw(`${url}/api/networks`, ask)).status, 200)
    await t.rejects(fetchRaw(`${url}/api/networks`), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
    const { port } = new URL(url)
    const common = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectSecurely({ host: '127.0.0.1', port: Number(port), ca }, () => {
          resolve(String(socket.getPeerCertificate().subject['CN']))
          socket.destroy()
        }).on('error', reject)
      })
    t.equal(await common(), 'first')
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await t.rejects(fetchRaw(`${url}/healthz`, { ca, ...old }), {
      code: /ALERT_PROTOCOL_VERSION|EPROTO|ECONNRESET/,
    })
    use(second)
    await until('the new certificate is shown', async () => (await common()) === 'second')
    errors.splice(0)
    copyFileSync(first.key, tls.key)
    reload()
    t.match(
      errors.splice(0)[0],
      /the certificate cannot be read again.*not the key of the certificate|not the key of the certificate/,
    )
    t.equal(await common(), 'second', 'the one before still counts')
    use(second)
    // What the watch may have seen in between.
    errors.splice(0)
  },
)

t.test('clients without a certificate of the authority are not heard', async (t) => {
  const directory = t.testdir()
  const [authority, stranger] = [createAuthority(directory), createAuthority(directory, 'stranger')]
  const server = authority.issue('server')
  const { url } = await listening(t, { tls: { ...server, clientAuthority: authority.certificate } })
  const ca = readFileSync(authority.certificate)
  const shown = ({ certificate, key }: typeof server) => ({
    cert: readFileSync(certificate),
    key: readFileSync(key),
  })
  t.equal((await fetchRaw(`${url}/healthz`, { ca, ...shown(authority.issue('client')) })).status, 200)
  await t.rejects(fetchRaw(`${url}/healthz`, { ca }))
  await t.rejects(fetchRaw(`${url}/healthz`, { ca, ...shown(stranger.issue('foreign')) }))
})

t.test('a certificate that cannot be used is said with its file and what to do', async (t) => {
  const directory = t.testdir({ text: 'no pem\n' })
  const authority = createAuthority(directory)
  const [one, other] = [authority.issue('one'), authority.issue('other')]
  const text = `${directory}/text`
  const cases: [object, RegExp][] = [
    [{ certificate: `${directory}/none.pem`, key: one.key }, /none\.pem: there is no such file/],
    [{ certificate: text, key: one.key }, /text: not a certificate in PEM/],
    [{ certificate: one.certificate, key: text }, /text: not a private key in PEM/],
    [{ certificate: one.certificate, key: other.key }, /other\.key: not the key of the certificate/],
    [{ ...one, clientAuthority: text }, /text: not a certificate in PEM/],
  ]
  for (const [tls, message] of cases)
    await t.rejects(
      createApi({
        file: `${directory}/db`,
        bus: createLocalBus(),
        log: pino({ level: 'silent' }),
        tls: tls as never,
      }),
      { name: 'UnusableFile', message },
    )
})
