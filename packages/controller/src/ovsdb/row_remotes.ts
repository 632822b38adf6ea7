/** Databases that rows of datapaths name (`datapath.ovsdb`), as the rows come and go. Files of this host are none. */
import type { Change, Snapshot } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'

interface Named {
  readonly dpid: string
  readonly remote: string
}

const namedBy = ({ dpid, ovsdb }: Row<'datapath'>): Named | null =>
  ovsdb === null || !/^(tcp|ssl):/.test(ovsdb) ? null : { dpid, remote: ovsdb }

export class RowRemotes {
  /** By row id. */
  #named = new Map<number, Named>()
  #byDpid: ReadonlyMap<string, string> = new Map()
  readonly #onChange: (remotes: ReadonlySet<string>) => void

  /** @param onChange is given all that are named */
  constructor(onChange: (remotes: ReadonlySet<string>) => void) {
    this.#onChange = onChange
  }

  /** The database that the row of a bridge names. */
  of(dpid: string): string | undefined {
    return this.#byDpid.get(dpid)
  }

  load({ rows }: Snapshot): void {
    this.#named = new Map(
      rows.datapath.flatMap((row) => {
        const named = namedBy(row)
        return named === null ? [] : [[row.id, named] as const]
      }),
    )
    this.#tell()
  }

  apply({ operations }: Change): void {
    const ofDatapaths = operations.filter(({ resource }) => resource === 'datapath')
    for (const { id, row } of ofDatapaths) {
      const named = row === null ? null : namedBy(row as Row<'datapath'>)
      if (named === null) this.#named.delete(id)
      else this.#named.set(id, named)
    }
    if (ofDatapaths.length > 0) this.#tell()
  }

  #tell(): void {
    this.#byDpid = new Map([...this.#named.values()].map(({ dpid, remote }) => [dpid, remote]))
    this.#onChange(new Set(this.#byDpid.values()))
  }
}
