/**
 * Which interface of a database is on which bridge: Bridge → Port → Interface turned around, kept up to date with what
 * changed. Rows may come and go in any order, a reference before what it refers to.
 */
import type { RowChange } from '@openvnet/ovsdb'
import type { OvsTables } from './columns.ts'

type Change = RowChange<OvsTables>

/** Members that are in one and not in the other. */
const difference = (before: readonly string[], after: readonly string[]) => {
  const [old, now] = [new Set(before), new Set(after)]
  return { gone: before.filter((one) => !now.has(one)), come: after.filter((one) => !old.has(one)) }
}

/** Who refers to a row; each is referred to by one at a time. */
class Referrers {
  readonly #of = new Map<string, string>()

  of(row: string): string | undefined {
    return this.#of.get(row)
  }

  /** @returns the rows whose referrer is another one now */
  follow(referrer: string, before: readonly string[], after: readonly string[]): readonly string[] {
    const { gone, come } = difference(before, after)
    // What has moved to another row by now is that one's.
    for (const row of gone) if (this.#of.get(row) === referrer) this.#of.delete(row)
    for (const row of come) this.#of.set(row, referrer)
    return [...gone, ...come]
  }
}

export class Placement {
  readonly #bridgeOf = new Referrers()
  readonly #portOf = new Referrers()
  /** Interfaces by port, as last told. */
  readonly #interfacesOf = new Map<string, readonly string[]>()
  readonly #portsOf = new Map<string, readonly string[]>()

  /** UUID of the bridge of an interface. */
  bridgeOf(interfaceUuid: string): string | undefined {
    const port = this.#portOf.of(interfaceUuid)
    return port === undefined ? undefined : this.#bridgeOf.of(port)
  }

  /** UUIDs of the interfaces of a bridge. */
  interfacesOn(bridge: string): readonly string[] {
    return (this.#portsOf.get(bridge) ?? []).flatMap((port) => this.#interfacesOf.get(port) ?? [])
  }

  /** @returns UUIDs of interfaces that may be elsewhere now */
  follow(change: Change): readonly string[] {
    if (change.table === 'Bridge') return this.#followBridge(change)
    if (change.table !== 'Port') return []
    const { uuid, before, after } = change
    if (after === null) this.#interfacesOf.delete(uuid)
    else this.#interfacesOf.set(uuid, after.interfaces)
    return this.#portOf.follow(uuid, before?.interfaces ?? [], after?.interfaces ?? [])
  }

  #followBridge({ uuid, before, after }: Change & { readonly table: 'Bridge' }): readonly string[] {
    if (after === null) this.#portsOf.delete(uuid)
    else this.#portsOf.set(uuid, after.ports)
    const ports = this.#bridgeOf.follow(uuid, before?.ports ?? [], after?.ports ?? [])
    return ports.flatMap((port) => this.#interfacesOf.get(port) ?? [])
  }
}
