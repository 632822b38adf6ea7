/** `encap(nsh(md_type=1))`, `decap(packet_type(ns=1,type=0x894f))`: the reverse of `encap.ts`. */
import type { Action } from '../types/action.ts'
import type { EncapProperty } from '../types/open-vswitch-action.ts'
import { ENCAP_HEADERS, NEXT_PROTOCOL, NSH_PROPERTY, paddedTlv } from './encap.ts'
import { named, positional } from './parse-arguments.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { hexBytes, number } from './parse-value.ts'
import { cutAt, type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

const HEADERS: ReadonlyMap<string, number> = new Map([...ENCAP_HEADERS].map(([type, name]) => [name, type]))

/** Without an argument the type of what is within, which the header says. */
export function parseDecap({ value }: Item): Action {
  const [item] = scan(value)
  if (item === undefined) return { type: 'decap', new_pkt_type: NEXT_PROTOCOL }
  if (item.name.text !== 'packet_type') throw new FlowSyntaxError(item.name, 'packet_type(ns=…,type=…)')
  return { type: 'decap', new_pkt_type: packetType(item.value) }
}

function packetType(value: Word): number {
  const given = named(value, ['ns', 'type'])
  const [space, type] = [given.get('ns'), given.get('type')]
  if (space === undefined || type === undefined) throw new FlowSyntaxError(value, 'ns= and type=')
  return number(space, 16) * 0x10000 + number(type, 16)
}

/** A header by its name, its properties within parentheses behind it. */
export function parseEncap({ value }: Item): Action {
  const [item] = scan(value)
  if (item === undefined) throw new FlowSyntaxError(value, [...HEADERS.keys()].join(', '))
  const end = { type: 'encap', hdr_size: 0 } as const
  if (item.name.text === 'packet_type')
    return { ...end, new_pkt_type: packetType(item.value), properties: readProperties(behind(item)) }
  const new_pkt_type = HEADERS.get(item.name.text)
  if (new_pkt_type === undefined)
    throw new FlowSyntaxError(
      item.name,
      [...HEADERS.keys()].join(', '),
      suggestion(item.name.text, HEADERS.keys()),
    )
  return { ...end, new_pkt_type, properties: readProperties(item.value) }
}

/** What stands in parentheses behind `packet_type(…)`. */
const behind = ({ tail }: Item): Word =>
  tail.text.startsWith('(') ? part(tail, 1, tail.text.length - 1) : tail

const readProperties = (value: Word): EncapProperty[] => [...scan(value)].map(readProperty)

function readProperty({ name, value }: Item): EncapProperty {
  switch (name.text) {
    case 'md_type':
      return {
        class: NSH_PROPERTY.CLASS,
        type: NSH_PROPERTY.MD_TYPE,
        data: Uint8Array.of(number(value, 8)),
      }
    case 'tlv':
      return { class: NSH_PROPERTY.CLASS, type: NSH_PROPERTY.TLV, data: option(value) }
    case 'property':
      return unknownProperty(value)
    default:
      throw new FlowSyntaxError(name, 'md_type= or tlv(class,type,value)')
  }
}

/** The most that fits into a property, whose length has 8 bits and is padded to 8 bytes. */
const MAX_OPTION_BYTES = 240

/** Class, type, length, value: `0x1000,10,0x12345678`. */
function option(value: Word): Uint8Array {
  const at = positional(value)
  const [optionClass, type] = [number(at(0), 16), number(at(1), 8)]
  const data = hexBytes(at(2))
  if (data.length < 1 || data.length > MAX_OPTION_BYTES)
    throw new FlowSyntaxError(at(2), `1 to ${MAX_OPTION_BYTES} bytes in hexadecimal`)
  const padded = new Uint8Array(paddedTlv(data.length))
  padded.set([optionClass >>> 8, optionClass & 0xff, type, data.length, ...data])
  return padded
}

/** `property(0x0004,1,0102)`: as `formatActions` prints what is none of NSH's. */
function unknownProperty(value: Word): EncapProperty {
  const at = positional(value)
  const [, rest] = cutAt(value, ',')
  const [, data] = rest === null ? [null, null] : cutAt(rest, ',')
  return {
    class: number(at(0), 16),
    type: number(at(1), 8),
    data: hexBytes(data ?? part(value, value.text.length)),
  }
}
