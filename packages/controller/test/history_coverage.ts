/** Which rules and tables histories have reached: which ever made a flow or a group that was wanted. */
import type { Compiled, Feature } from '../src/engine/rule.ts'
import { FEATURES } from '../src/features/index.ts'
import { tableName } from '../src/pipeline/layout.ts'

/** Rules that keep results of queries at hand for programs, and make nothing. */
const WITHOUT_FLOWS = ['rule dhcp/service']

export class Coverage {
  readonly #counts = new Map<string, number>()

  constructor() {
    for (const { name, rules, tables, standing = [] } of FEATURES) {
      for (const rule of rules) this.#counts.set(`rule ${name}/${rule.name}`, 0)
      // A table whose flows depend on no row is always reached.
      for (const { name: table, id } of tables)
        this.#counts.set(`table ${table}`, standing.filter(({ table_id }) => table_id === id).length)
    }
  }

  /** The usual features, watched. */
  readonly features = (): readonly Feature[] =>
    FEATURES.map((feature) => ({
      ...feature,
      rules: feature.rules.map((rule) => ({
        ...rule,
        compile: (row, view, dpid) => {
          const compiled = rule.compile(row, view, dpid)
          this.#count(`rule ${feature.name}/${rule.name}`, compiled)
          return compiled
        },
      })),
    }))

  get unreached(): string[] {
    return [...this.#counts]
      .filter(([what, count]) => count === 0 && !WITHOUT_FLOWS.includes(what))
      .map(([what]) => what)
  }

  /** How often each made something. */
  get text(): string {
    return [...this.#counts].map(([what, count]) => `${count} × ${what}`).join('\n')
  }

  #count(rule: string, { flows = [], groups = [] }: Compiled): void {
    if (flows.length + groups.length > 0) this.#add(rule)
    for (const { table_id } of flows) this.#add(`table ${tableName(table_id)}`)
  }

  #add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}
