/** What people ask of a command line: lists that follow, questions before losses, dry runs, colours, completion. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { run } from '../src/index.ts'
import { wantsColor } from '../src/output/paint.ts'
import { runHere } from './program.ts'
import { serve } from './server.ts'

const NET = `networks add nw-a --ipv4-network=10.0.0.0/24
interfaces add if-a --network=nw-a --ipv4-address=10.0.0.1 --mac-address=52:54:00:00:00:01
interfaces add if-b --network=nw-a --ipv4-address=10.0.0.20 --mac-address=52:54:00:00:00:02
`

/** Runs a line with a person at the terminal, or until something was said. */
const alive = (env: Record<string, string>, argv: readonly string[], answer?: string) => {
  const said = { stdout: '', stderr: '', asked: '' }
  const stop = new AbortController()
  const done = run(argv, {
    stdout: (text) => {
      said.stdout += text
    },
    stderr: (text) => {
      said.stderr += text
    },
    stdin: (async function* () {})(),
    env,
    width: null,
    signal: stop.signal,
    ...(answer === undefined
      ? {}
      : {
          ask: async (question: string) => {
            said.asked += question
            return answer
          },
        }),
  })
  return { said, stop, done }
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !condition(); tries++) await sleep(20)
}

t.test('a deletion that takes rows along lists them and asks', async (t) => {
  const { here, json, env } = await serve(t)
  await here('batch', NET)
  const no = alive(env, ['networks', 'del', 'nw-a'], 'n')
  t.equal(await no.done, 1)
  t.match(no.said, { stdout: '', asked: /^Delete nw-a, and with it these 2\? \[y\/N\] $/ })
  t.match(
    no.said.stderr,
    /^ {2}ip lease il-\w+\n {2}ip lease il-\w+\n( {2}changed: interface if-\w: network_uuid: nw-a → \(none\)\n){2}vnctl: networks del: nothing was deleted\n$/,
  )
  t.match(await json('networks show'), { total_count: 1 })

  t.equal(await alive(env, ['interfaces', 'del', 'if-a', '--yes'], 'n').done, 0, '--yes does not ask')
  const yes = alive(env, ['networks', 'del', 'nw-a'], 'yes')
  t.equal(await yes.done, 0)
  t.match(yes.said, { stdout: 'deleted nw-a\n', asked: /these 1\?/ })
  const harmless = alive(env, ['interfaces', 'show'], 'n')
  await harmless.done
  t.equal(harmless.said.asked, '')
  await here('networks add nw-b --ipv4-network=10.0.0.0')
  const alone = alive(env, ['networks', 'del', 'nw-b'], 'n')
  t.equal(await alone.done, 0, 'what takes nothing along is not asked for')
  t.equal(alone.said.asked, '')
})

t.test('a dry run says what would be and changes nothing', async (t) => {
  const { here, api } = await serve(t)
  await here('batch', NET)
  const before = api.store.revision()
  t.match(
    (await here('networks add nw-b --ipv4-network=10.1.0.0/16 --dry-run')).stdout,
    /^\+ network nw-b\n[\s\S]* {4}ipv4_network: 10\.1\.0\.0\n {4}ipv4_prefix: 16\n[\s\S]*1 to add; nothing was done\n$/,
  )
  t.match(
    (await here('networks del nw-a --dry-run')).stdout,
    /^- network nw-a\n(~ interface if-\w+\n {4}network_uuid: nw-a → \(none\)\n)*- ip lease il-\w+ \(goes along\)\n- ip lease /,
  )
  t.match((await here('batch --dry-run', 'networks del nw-a')).stdout, /^- network nw-a/)
  t.match(
    (await here('networks modify nw-a --display-name=x --dry-run')).stdout,
    '~ network nw-a\n    display_name: nw-a → x\n1 to change; nothing was done\n',
  )
  t.equal(api.store.revision(), before)
})

t.test('columns are chosen and rows are sorted', async (t) => {
  const { here } = await serve(t)
  await here('batch', NET)
  await here('interfaces add if-c --network=nw-a --ipv4-address=10.0.0.3 --mac-address=52:54:00:00:00:03')
  const lines = async (line: string) => (await here(line)).stdout.split('\n').map((text) => text.trim())
  t.same(await lines('interfaces show --columns=ipv4-address,uuid --sort=ipv4_address'), [
    'IPV4_ADDRESS  UUID',
    '10.0.0.1      if-a',
    '10.0.0.3      if-c',
    '10.0.0.20     if-b',
    '',
  ])
  t.same(await lines('interfaces show --columns UUID --sort -ipv4-address'), [
    'UUID',
    'if-b',
    'if-c',
    'if-a',
    '',
  ])
  t.same(await lines('interfaces show -o name --sort=-uuid'), ['if-c', 'if-b', 'if-a', ''])
  t.match(await here('interfaces show --columns=ipv4_adress'), {
    code: 2,
    stderr: /there is no column ipv4_adress; did you mean ipv4_address\?/,
  })
  t.match(await here('interfaces show --columns=uuid -o json'), {
    code: 2,
    stderr: /--columns is for tables/,
  })
  t.match(await here('interfaces show --sort=uuid -o yaml'), { code: 2, stderr: /--sort is not for -o yaml/ })
})

t.test('a list that is watched is shown again when something changes', async (t) => {
  const { here, env } = await serve(t)
  await here('batch', NET)
  const watching = alive(env, ['networks', 'show', '-o', 'name', '--watch'])
  await until(() => watching.said.stdout === 'nw-a\n')
  t.equal(watching.said.stdout, 'nw-a\n', 'what is there is shown at once')
  await here('networks add nw-b --ipv4-network=10.0.0.0')
  await until(() => watching.said.stdout.endsWith('nw-b\n'))
  t.equal(watching.said.stdout, 'nw-a\n\nnw-a\nnw-b\n')
  await here('route-links add rl-a')
  await here('networks del nw-b')
  await until(() => watching.said.stdout.endsWith('nw-b\n\nnw-a\n'))
  t.equal(watching.said.stdout, 'nw-a\n\nnw-a\nnw-b\n\nnw-a\n', 'what concerns other rows is not shown again')
  watching.stop.abort()
  t.equal(await watching.done, 0)

  const changes = alive(env, ['changes', '--watch', '--since=0', '-o', 'name'])
  await until(() => changes.said.stdout.split('\n').length > 6)
  t.equal(changes.said.stdout, '1\n2\n3\n4\n5\n6\n')
  await here('route-links add rl-b')
  await until(() => changes.said.stdout.endsWith('7\n'))
  t.match(changes.said.stdout, /\n7\n$/)
  changes.stop.abort()
  t.equal(await changes.done, 0)
  t.match(await alive({ VNCTL_SERVER: 'http://127.0.0.1:1' }, ['networks', 'show', '-w']).done, 1)
})

t.test(
  'what is watched goes on when the server comes back, and each form of output is one answer after the other',
  async (t) => {
    const { here, env, port, api } = await serve(t)
    await here('batch', NET)
    const status = alive(env, ['status', '--watch', '-o', 'json'])
    await until(() => status.said.stdout.endsWith('}\n'))
    await here('route-links add rl-a')
    await until(() => status.said.stdout.includes('"revision": 4'))
    const answers = status.said.stdout.split(/\n(?=\{)/).map((text) => JSON.parse(text).revision)
    t.same([answers[0], answers.at(-1)], [3, 4])
    status.stop.abort()
    t.equal(await status.done, 0)

    // A server that drops each stream: what is missed meanwhile is asked for with the next.
    const asked: (string | null)[] = []
    const dropping = createServer((request, response) => {
      const since = new URL(request.url ?? '/', 'http://x').searchParams.get('since')
      asked.push(since)
      const next = Number(since ?? 4) + 1
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`event: change\ndata: ${JSON.stringify({ revision: next, operations: [] })}\n\n`)
    })
    await new Promise<void>((resolve) => dropping.listen(0, '127.0.0.1', resolve))
    t.teardown(() => dropping.close())
    const { port: dropped } = dropping.address() as AddressInfo
    const changes = alive({ VNCTL_SERVER: `http://127.0.0.1:${dropped}` }, [
      'changes',
      '--watch',
      '-o',
      'name',
    ])
    await until(() => asked.length > 1)
    changes.stop.abort()
    t.equal(await changes.done, 0)
    t.same(asked.slice(0, 2), [null, '5'], 'it goes on after what it has seen')
    t.ok(port > 0 && api.store.revision() === 4)
  },
)

t.test('NO_COLOR and FORCE_COLOR are heard', async (t) => {
  t.equal(wantsColor({}, true), true)
  t.equal(wantsColor({}, false), false)
  t.equal(wantsColor({ NO_COLOR: '1' }, true), false)
  t.equal(wantsColor({ NO_COLOR: '' }, true), true, 'empty is not said (no-color.org)')
  t.equal(wantsColor({ TERM: 'dumb' }, true), false)
  t.equal(wantsColor({ FORCE_COLOR: '1', NO_COLOR: '1' }, false), true)
  t.equal(wantsColor({ FORCE_COLOR: '0' }, true), false)
})

t.test('colours are for terminals', async (t) => {
  const { env, here } = await serve(t)
  await here('batch', NET)
  const shown = async (color: boolean) => {
    const texts: string[] = []
    const io = { stderr: () => undefined, stdin: (async function* () {})(), env, width: 80, color }
    await run(['networks', 'show'], { ...io, stdout: (text) => void texts.push(text) })
    return texts.join('')
  }
  const [colourful, plain] = [await shown(true), await shown(false)]
  t.ok(colourful.startsWith('\u001b[1mUUID'))
  t.notOk(plain.includes('\u001b'))
  t.equal(colourful.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', ''), plain)
})

t.test('help fits the terminal', async (t) => {
  const { run } = await import('../src/index.ts')
  for (const argv of [['--help'], ['network', '--help'], ['networks', 'add', '--help']]) {
    const texts: string[] = []
    const io = { stderr: () => undefined, stdin: (async function* () {})(), env: {}, width: 100 }
    t.equal(await run(argv, { ...io, stdout: (text) => void texts.push(text) }), 0)
    const lines = texts.join('').split('\n')
    t.same(
      lines.filter((line) => line.length > 100 && !line.startsWith('`')),
      [],
    )
    t.ok(
      lines.some((line) => line.startsWith('          ')),
      'what is long goes on below itself',
    )
  }
})

t.test('a misspelt uuid finds the one that was meant', async (t) => {
  const { here } = await serve(t)
  await here('batch', 'networks add nw-office --ipv4-network=10.0.0.0')
  t.match(await here('networks show nw-ofice'), {
    code: 3,
    stderr: /there is no network nw-ofice; did you mean nw-office\?\n$/,
  })
  t.match(await here('interfaces add if-a --network=nw-offce'), {
    code: 3,
    stderr: /there is no network nw-offce; did you mean nw-office\?/,
  })
  t.match(await here('networks show nw-zzzzzzzz'), {
    code: 3,
    stderr: /`vnctl networks show` lists what there is/,
  })
  t.match(await here('networks show OFFICE'), {
    code: 4,
    stderr: /UUID 'OFFICE': not nw- and .*; did you mean nw-office\?/,
  })
  t.match(await here('changes --since=99'), {
    code: 4,
    stderr: /revision 99 is not made yet; the newest is 1/,
  })
})

t.test('words are completed, uuids by the server', async (t) => {
  const { env, here } = await serve(t)
  await here(
    'batch',
    `${NET}ip-range-groups add iprg-a\nip-range-groups ip-ranges add iprg-a --uuid=ipr-a --begin-ipv4-address=10.0.0.1 --end-ipv4-address=10.0.0.9`,
  )
  const completed = async (...words: string[]) =>
    (await runHere(['__complete', ...words], { env })).stdout.split('\n').filter((word) => word !== '')
  t.same(await completed('netw'), ['networks', 'network-services'])
  t.same(await completed('interfaces', 're'), ['rename'])
  t.same(await completed('interfaces', 'show', 'if-'), ['if-a', 'if-b'])
  t.same(await completed('interfaces', 'add', '--network', 'nw'), ['nw-a'])
  t.same(await completed('interfaces', 'add', '--network=nw'), ['--network=nw-a'])
  t.same(await completed('interfaces', 'add', '--network', '=', 'nw'), ['nw-a'], 'as bash splits it')
  t.same(await completed('networks', 'add', '--mode', 'p'), ['physical'])
  t.same(await completed('networks', 'add', '--ipv4_p'), ['--ipv4-prefix'])
  t.same(await completed('-o', 'y'), ['yaml'])
  t.same(await completed('ip-range-groups', 'ip-ranges', 'del', 'iprg-a', ''), ['ipr-a'])
  t.same(await completed('completion', ''), ['bash', 'zsh', 'fish'])
  const nowhere = { env: { VNCTL_SERVER: 'http://127.0.0.1:1' } }
  t.match(await runHere(['__complete', 'networks', 'show', 'nw-'], nowhere), {
    code: 0,
    stdout: '',
    stderr: '',
  })
  for (const shell of ['bash', 'zsh', 'fish']) {
    t.match(await runHere(['completion', shell], nowhere), { code: 0, stdout: /vnctl __complete/ })
  }
})

t.test('what the original and its users typed still works', async (t) => {
  const { here, json } = await serve(t)
  await here('batch', NET)
  t.match(await here('--version'), { code: 0, stdout: /^vnctl \d+\.\d+\.\d+\n$/ })
  t.match(await json('interfaces rename if-a --new_uuid if-z'), { uuid: 'if-z' })
  const [lease = ''] = (await here('ip-leases show -o name')).stdout.split('\n')
  t.equal((await here(`ip-leases release ${lease}`)).code, 0)
  t.equal((await here(`ip-leases attach ${lease} --interface=if-z`)).code, 0)
  t.equal((await here('ip-lease-containers add ilc-a')).code, 0)
  t.match(await here('ip_lease_containers ip_leases ilc-a'), { code: 0, stderr: 'there are no ip-leases\n' })
  await here('networks add nw-b --ipv4-network=10.0.1.0')
  const both = await here('routers add rt-two --network nw-a=10.0.0.250 --network nw-b')
  t.equal(both.code, 0, both.stderr)
  t.match(await json('routers networks show rt-two'), { total_count: 2 })
  t.match(both.stdout, /nw-a=10\.0\.0\.250,nw-b=10\.0\.1\.1$/m)
  t.match(
    await json('datapath add --dpid "00000a0000000001"'),
    { dpid: '0x00000a0000000001' },
    'as ovs-vsctl prints it',
  )
  t.match(await json('router show two'), { uuid: 'rt-two' }, 'the prefix need not be typed')
  t.match(await here('interface add z9 --network b'), { code: 0, stdout: /^if-z9 .* nw-b/m })
})
