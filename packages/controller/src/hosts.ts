/**
 * Hosts of bridges: whether there is more than one, so that networks may need tunnels between them, and which bridges seem to
 * be on the same. A bridge is where its row says (`ipv4_address`, `ipv6_address`), else where it connected from; all
 * addresses of this machine are one host. They are remembered, as a host that is away for a while is still one. A
 * bridge that comes, and a row that changes, cost the same however many there are.
 */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Change, Snapshot } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import { getOrCreate } from './model/get_or_create.ts'
import { isLoopback, plainAddress } from './model/peers.ts'

const THIS_MACHINE = 'this machine'

interface Said {
  readonly dpid: string
  readonly address: string | null
}

const isOwnAddress = (address: string): boolean =>
  Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address) === true)

export class Hosts {
  /** By row id. */
  readonly #rows = new Map<number, Said>()
  /** By datapath id: what its row says, from where it connected, and which host follows. */
  readonly #said = new Map<string, string>()
  readonly #peers = new Map<string, string>()
  readonly #hostOf = new Map<string, string>()
  readonly #at = new Map<string, Set<string>>()
  readonly #isOwn: (address: string) => boolean
  #areSeveral = false

  /** @param isOwn whether an address is one of this machine */
  constructor(isOwn = isOwnAddress) {
    this.#isOwn = isOwn
  }

  load({ rows }: Snapshot): void {
    for (const id of [...this.#rows.keys()]) this.#follow(id, null)
    for (const row of rows.datapath) this.#follow(row.id, row)
  }

  apply({ operations }: Change): void {
    for (const { resource, id, row } of operations)
      if (resource === 'datapath') this.#follow(id, row as Row<'datapath'> | null)
  }

  /** @param peer address and port of a bridge's end of its connection @returns whether it is somewhere else than before */
  note(dpid: string, peer: string | null): boolean {
    return peer !== null && this.noteAddress(dpid, peer.slice(0, peer.lastIndexOf(':')))
  }

  /** @param address of a bridge's host as text @returns whether it is somewhere else than before */
  noteAddress(dpid: string, address: string): boolean {
    const plain = plainAddress(address)
    if (isIP(plain) === 0) return false
    this.#peers.set(dpid, plain)
    return this.#place(dpid)
  }

  /** Whether there are, or were, more than one. */
  get areSeveral(): boolean {
    return this.#areSeveral
  }

  /** Datapath ids of other bridges that seem to be on the same host; not of this machine's own. */
  *besides(dpid: string): Generator<string> {
    const host = this.#hostOf.get(dpid) ?? THIS_MACHINE
    if (host === THIS_MACHINE) return
    for (const other of this.#at.get(host) ?? []) if (other !== dpid) yield other
  }

  #follow(id: number, row: Row<'datapath'> | null): void {
    const before = this.#rows.get(id)
    if (before !== undefined) {
      this.#rows.delete(id)
      this.#said.delete(before.dpid)
    }
    const address = row?.ipv4_address ?? row?.ipv6_address ?? null
    if (row !== null) this.#rows.set(id, { dpid: row.dpid, address })
    if (row !== null && address !== null) this.#said.set(row.dpid, address)
    for (const dpid of new Set([before?.dpid, row?.dpid])) if (dpid !== undefined) this.#place(dpid)
  }

  #place(dpid: string): boolean {
    const peer = this.#peers.get(dpid)
    // Who never connected is none yet.
    if (peer === undefined) return false
    const host = this.#hostAt(this.#said.get(dpid) ?? peer)
    const before = this.#hostOf.get(dpid)
    if (host === before) return false
    this.#hostOf.set(dpid, host)
    getOrCreate(this.#at, host, () => new Set()).add(dpid)
    const left = before === undefined ? undefined : this.#at.get(before)
    left?.delete(dpid)
    if (before !== undefined && left?.size === 0) this.#at.delete(before)
    this.#areSeveral ||= this.#at.size > 1
    return true
  }

  #hostAt(address: string): string {
    return isLoopback(address) || this.#isOwn(address) ? THIS_MACHINE : address
  }
}
