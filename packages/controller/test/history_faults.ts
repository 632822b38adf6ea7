/** Features with mistakes that the histories must find. */
import type { Feature } from '../src/engine/rule.ts'
import type { Query, View } from '../src/engine/view.ts'
import { FEATURES } from '../src/features/index.ts'

type Compile = Feature['rules'][number]['compile']

const replaceRules = (feature: string, replace: (compile: Compile) => Compile): readonly Feature[] =>
  FEATURES.map((original) =>
    original.name === feature
      ? { ...original, rules: original.rules.map((rule) => ({ ...rule, compile: replace(rule.compile) })) }
      : original,
  )

/** Keeps the answers of queries to itself: who asks later has read nothing, and is not asked again. */
const remembering = (view: View, answers: Map<unknown, Map<number, unknown>>): View => {
  const query = <T>(asked: Query<T>, id: number): T => {
    const known = answers.get(asked) ?? new Map<number, unknown>()
    answers.set(asked, known)
    if (!known.has(id)) known.set(id, view.query(asked, id))
    return known.get(id) as T
  }
  return new Proxy(view, {
    get: (target, name: keyof View) => {
      const member = name === 'query' ? query : target[name]
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** Rules that read data that nobody tracks. */
export const forgetful = (): readonly Feature[] => {
  const answers = new Map<unknown, Map<number, unknown>>()
  return replaceRules(
    'switching',
    (compile) => (row, view, dpid) => compile(row, remembering(view, answers), dpid),
  )
}

/** A rule whose flows depend on which row came first. */
export const inOrderOfSight = (): readonly Feature[] => {
  const numbers = new Map<number, number>()
  return replaceRules('port', (compile) => (row, view, dpid) => {
    const compiled = compile(row, view, dpid)
    const number = numbers.get(row.id) ?? numbers.size
    numbers.set(row.id, number)
    const flows = compiled.flows?.map((flow) => ({ ...flow, priority: flow.priority + number }))
    return flows === undefined ? compiled : { ...compiled, flows }
  })
}

/** Port security that does not look at the source MAC. */
export const credulous = (): readonly Feature[] =>
  replaceRules('port', (compile) => (row, view, dpid) => {
    const compiled = compile(row, view, dpid)
    const flows = compiled.flows?.map((flow) => ({
      ...flow,
      match: flow.match.filter(({ field }) => field !== 'eth_src'),
    }))
    return flows === undefined ? compiled : { ...compiled, flows }
  })
