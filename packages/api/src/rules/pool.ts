/**
 * Choosing a free address: pure, for addresses of any kind as numbers. A pool is a list of spans in ascending order
 * that do not meet; an address has a position in it, from 0 on. A few candidates are tried one by one; where these are
 * all in use, all that are in use are asked for, once. So an address is cheap in a pool with room, and a pool that has
 * one free address gives it.
 */
import { randomBytes } from 'node:crypto'

/** Addresses from one to another, both included. */
export interface Span {
  readonly first: bigint
  readonly last: bigint
}

export type AllocationType = 'incremental' | 'decremental' | 'random'

export interface Choice {
  readonly spans: readonly Span[]
  readonly type: AllocationType
  /** The address that was given last, from which the next follows; the beginning of the pool when absent. */
  readonly previous: bigint | undefined
  isUsed(address: bigint): boolean
  /** All addresses in use, also ones that are not in the pool. */
  used(): Iterable<bigint>
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** The same addresses as a pool: sorted, and joined where they meet. */
export const toPool = (spans: readonly Span[]): Span[] => {
  const pool: Span[] = []
  for (const span of spans.toSorted((a, b) => compare(a.first, b.first))) {
    const before = pool.at(-1)
    if (before === undefined || span.first > before.last + 1n) pool.push(span)
    else if (span.last > before.last) pool[pool.length - 1] = { first: before.first, last: span.last }
  }
  return pool
}

/** What of the spans is within another. */
export const clip = (spans: readonly Span[], { first, last }: Span): Span[] =>
  spans
    .map((span) => ({
      first: span.first > first ? span.first : first,
      last: span.last < last ? span.last : last,
    }))
    .filter((span) => span.first <= span.last)

export const sizeOf = (spans: readonly Span[]): bigint =>
  spans.reduce((sum, { first, last }) => sum + last - first + 1n, 0n)

const addressAt = (spans: readonly Span[], position: bigint): bigint => {
  let rest = position
  for (const { first, last } of spans) {
    const size = last - first + 1n
    if (rest < size) return first + rest
    rest -= size
  }
  throw new RangeError(`the pool has no position ${position}`)
}

/** Position of an address, `undefined` outside of the pool. */
export const positionOf = (spans: readonly Span[], address: bigint): bigint | undefined => {
  let before = 0n
  for (const { first, last } of spans) {
    if (address >= first && address <= last) return before + address - first
    before += last - first + 1n
  }
  return undefined
}

const PROBES = 64n

const randomBelow = (size: bigint): bigint => BigInt(`0x${randomBytes(24).toString('hex')}`) % size

/** The candidates in their order: the n-th position to be tried. */
const orderOf = ({ spans, type, previous }: Choice, size: bigint): ((n: bigint) => bigint) => {
  if (type === 'random') return () => randomBelow(size)
  const last = previous === undefined ? undefined : positionOf(spans, previous)
  if (type === 'incremental') return (n) => ((last ?? -1n) + 1n + n) % size
  return (n) => ((((last ?? size) - 1n - n) % size) + size) % size
}

const usedPositions = ({ spans, used }: Choice): Set<bigint> => {
  const positions = new Set<bigint>()
  for (const address of used()) {
    const position = positionOf(spans, address)
    if (position !== undefined) positions.add(position)
  }
  return positions
}

/** One of the free positions, each as likely as the others. */
const anyFree = (used: ReadonlySet<bigint>, size: bigint): bigint => {
  let position = randomBelow(size - BigInt(used.size))
  for (const taken of [...used].sort(compare)) {
    if (taken > position) break
    position += 1n
  }
  return position
}

/** A free address of the pool, `undefined` when there is none. */
export const choose = (choice: Choice): bigint | undefined => {
  const { spans, type, isUsed } = choice
  const size = sizeOf(spans)
  if (size === 0n) return undefined
  const order = orderOf(choice, size)
  for (let n = 0n; n < PROBES; n += 1n) {
    const address = addressAt(spans, order(n))
    if (!isUsed(address)) return address
  }
  const used = usedPositions(choice)
  if (BigInt(used.size) >= size) return undefined
  if (type === 'random') return addressAt(spans, anyFree(used, size))
  let n = 0n
  while (used.has(order(n))) n += 1n
  return addressAt(spans, order(n))
}
