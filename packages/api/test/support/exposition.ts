/**
 * A strict reader of the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): HELP and
 * TYPE before the samples, each family once and in one piece, no series twice, buckets that add up.
 */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly help: string
  readonly type: string
  readonly samples: Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABELS = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABELS})(?:,${LABELS})*)\\})? (\\S+)$`)
const SUFFIX = /_(?:bucket|sum|count)$/

const numberOf = (text: string): number => {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === 'Nan' || text === 'NaN') return Number.NaN
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) throw new Error(`not a number: ${text}`)
  return Number(text)
}

const labelsOf = (text: string): Record<string, string> => {
  const pairs = [...text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)]
  const labels = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]))
  if (Object.keys(labels).length !== pairs.length) throw new Error(`a label twice: ${text}`)
  return labels
}

/** Cumulative, and the last one is all. */
const checkHistogram = (name: string, samples: readonly Sample[]): void => {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels))
  for (const [labels, of] of series) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map((sample) => numberOf(sample.labels['le'] ?? ''))
    const counts = buckets.map(({ value }) => value)
    const count = of.find((sample) => sample.name === `${name}_count`)?.value
    const isRising = (values: readonly number[]) =>
      values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0))
    if (
      !isRising(bounds) ||
      !isRising(counts) ||
      bounds.at(-1) !== Number.POSITIVE_INFINITY ||
      counts.at(-1) !== count
    )
      throw new Error(`${name}${labels}: buckets do not add up`)
  }
}

/** What was read so far. */
class Reading {
  readonly families = new Map<string, Family>()
  readonly #seen = new Set<string>()
  #help: readonly [name: string, text: string] | undefined
  #current = ''

  help([, name = '', text = '']: readonly string[]): void {
    this.#help = [name, text]
  }

  type([line, name = '', type = '']: readonly string[]): void {
    if (this.#help?.[0] !== name || this.families.has(name))
      throw new Error(`without HELP, or twice: ${line}`)
    this.families.set(name, { help: this.#help[1], type, samples: [] })
    this.#current = name
  }

  sample([line, name = '', labels = '', value = '']: readonly string[]): void {
    const family = this.families.get(this.#current)
    const hasParts = family?.type === 'histogram' || family?.type === 'summary'
    const of = hasParts ? name.replace(SUFFIX, '') : name
    if (family === undefined || ![name, of].includes(this.#current)) throw new Error(`out of place: ${line}`)
    if (this.#seen.has(`${name}{${labels}}`)) throw new Error(`twice: ${line}`)
    this.#seen.add(`${name}{${labels}}`)
    family.samples.push({ name, labels: labelsOf(labels), value: numberOf(value) })
  }

  line(line: string): void {
    const [help, type, sample] = [HELP.exec(line), TYPE.exec(line), SAMPLE.exec(line)]
    if (help !== null) this.help(help)
    else if (type !== null) this.type(type)
    else if (sample !== null) this.sample(sample)
    else throw new Error(`not of the format: ${line}`)
  }
}

/** @throws for anything that a scraper would refuse or misread */
export const parseExposition = (text: string): Map<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const reading = new Reading()
  for (const line of text.split('\n')) if (line !== '') reading.line(line)
  for (const [name, { type, samples }] of reading.families)
    if (type === 'histogram') checkHistogram(name, samples)
  return reading.families
}
