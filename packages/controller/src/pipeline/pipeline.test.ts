/** What the pipeline refuses, by the compiler and when it loads, and what words become on the wire. */
import { toCidr } from '@openvnet/schema'
import fc from 'fast-check'
import t from 'tap'
import { FEATURES } from '../features/index.ts'
import { setField, setSlice } from './actions.ts'
import { matchSubnet } from './addresses.ts'
import { decodeCookie, encodeCookie, OWNER_KINDS, type OwnerKind } from './cookie.ts'
import { FEATURE_NAMES } from './features.ts'
import { LAYOUT, tableName } from './layout.ts'
import { compileMatch } from './match.ts'
import { PRIORITY } from './priority.ts'
import { checkSlices, SLICES } from './slices.ts'
import { checkTables, defineTable } from './table.ts'

const table = defineTable('route', {
  match: ['router', 'ipv4_dst', 'udp_dst'],
  write: ['domain', 'eth_src'],
  goto: ['neighbour'],
  miss: { why: 'No route.' },
})

t.test('a flow outside of what its table declares does not compile', async (t) => {
  const priority = PRIORITY.ordinary
  const why = 'test'
  // @ts-expect-error the table does not match this field
  table.flow({ priority, match: { eth_dst: 1 }, why })
  // @ts-expect-error a MAC address is a number here, not text
  table.flow({ priority, match: { udp_dst: 'x' }, why })
  // @ts-expect-error the table may not go there
  table.flow({ priority, match: {}, goto: 'output', why })
  // @ts-expect-error the table may not write this field
  table.flow({ priority, match: {}, steps: [setField('eth_dst', 1)], why })
  // @ts-expect-error every flow says why
  table.flow({ priority, match: {} })
  // @ts-expect-error goto only goes down
  defineTable('route', { match: [], write: [], goto: ['router_address'], miss: { why } })
  // @ts-expect-error not a table of the layout
  t.throws(() => defineTable('elsewhere', { match: [], write: [], goto: [], miss: { why } }))
  // @ts-expect-error ip_proto has no mask
  compileMatch({ ip_proto: { value: 1, mask: 1 } })
  t.ok(table.flow({ priority, match: { router: 1 }, goto: 'neighbour', why }))
})

t.test('prerequisites are filled in and come first', async (t) => {
  const fields = compileMatch({ router: 5, udp_dst: 67, ipv4_dst: 1 }).map(({ field }) => field)
  t.strictSame(fields, ['eth_type', 'ip_proto', 'ipv4_dst', 'udp_dst', 'reg3'])
  t.throws(() => compileMatch({ arp_op: 1, ipv4_dst: 1 }), /arp_op needs|ipv4_dst needs/)
  t.throws(() => compileMatch({ router: 2 ** 32 }), /does not fit in 32 bits/)
})

t.test('writes to the metadata become one instruction', async (t) => {
  const flow = table.flow({
    priority: 1,
    match: {},
    steps: [setSlice('domain', 7), setField('eth_src', 2)],
    goto: 'neighbour',
    why: 'test',
  })
  t.strictSame(
    flow.instructions.map(({ type }) => type),
    ['apply_actions', 'write_metadata', 'goto_table'],
  )
  t.match(flow.instructions[1], { metadata: 7n, metadata_mask: 0xffff_ffffn })
})

t.test('a subnet becomes a masked address of its family', async (t) => {
  t.strictSame(matchSubnet('dst', toCidr('10.1.2.3', 8)), {
    ipv4_dst: { value: 0x0a00_0000, mask: 0xff00_0000 },
  })
  t.strictSame(matchSubnet('src', toCidr('10.1.2.3', 32)), { ipv4_src: 0x0a01_0203 })
  t.strictSame(matchSubnet('src', toCidr('0.0.0.0', 0)), { eth_type: 0x0800 })
  t.strictSame(matchSubnet('dst', toCidr('fd00::', 8)), {
    ipv6_dst: { value: 0xfdn << 120n, mask: 0xffn << 120n },
  })
})

t.test('slices that would overwrite each other are refused', async (t) => {
  checkSlices(SLICES)
  const life = ['classify', 'output'] as const
  const one = { field: 'reg5', bits: [0, 15], life, help: '' } as const
  t.throws(
    () => checkSlices({ one, other: { field: 'reg5', bits: [15, 20], life, help: '' } }),
    /one and other share bits of reg5/,
  )
  t.doesNotThrow(() => checkSlices({ one, other: { field: 'reg5', bits: [16, 31], life, help: '' } }))
  const early = { field: 'reg5', bits: [0, 15], life: ['classify', 'arp'], help: '' } as const
  t.doesNotThrow(() =>
    checkSlices({ early, late: { field: 'reg5', bits: [0, 15], life: ['route', 'output'], help: '' } }),
  )
})

t.test('every table of the layout is defined once, and numbers go up', async (t) => {
  const tables = FEATURES.flatMap((feature) => feature.tables)
  checkTables(tables)
  t.throws(() => checkTables(tables.slice(1)), /defined 0 times/)
  const ids = LAYOUT.map((row) => row.id)
  t.strictSame(
    ids,
    [...new Set(ids)].sort((a, b) => a - b),
  )
  t.equal(tableName(20), 'arp')
  t.equal(tableName(21), undefined)
})

t.test('a cookie leads back to its owner', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FEATURE_NAMES),
      fc.constantFrom(...(Object.keys(OWNER_KINDS) as OwnerKind[])),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      (feature, kind, id) => {
        const decoded = decodeCookie(encodeCookie({ feature, kind, id }))
        return decoded?.feature === feature && decoded.kind === kind && decoded.id === id
      },
    ),
  )
})

t.test('a cookie of somebody else has no owner', async (t) => {
  t.equal(decodeCookie(0n), undefined)
  t.equal(decodeCookie(0x0101_0000_0001_4f57n), undefined)
})
