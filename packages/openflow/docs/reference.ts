/**
 * The API reference, made from the sources that the entry points export: declarations with the comments before them. It
 * reads the text as the formatter leaves it (a declaration begins in the first column, a member in the third), because
 * the compiler that this repository uses has no JavaScript API.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SOURCE = join(import.meta.dirname, '../src')

/** What a file contributes: these names, or all of its exports. */
interface Export {
  readonly file: string
  readonly names: ReadonlySet<string> | null
}

interface Declaration {
  readonly name: string
  readonly comment: string
  readonly code: string
}

const HEADER = `# API of @openvnet/openflow

Written by \`npm run docs\` from the comments in the source: edit those. What is in \`src/testing/\` is
imported from \`@openvnet/openflow/testing\`.
`

/** The whole document: of both entry points, what the second has of the first is not said twice. */
export function renderApiReference(): string {
  const modules = new Map<string, string>()
  for (const { file, names } of [...exportsOf('index.ts'), ...exportsOf('testing/index.ts')]) {
    const sections = declarationsOf(file)
      .filter((one) => names === null || names.has(one.name))
      .map(render)
    const before = modules.get(file) ?? `\n## \`src/${file}\`\n\n${moduleComment(file)}`
    modules.set(file, before + sections.join(''))
  }
  return `${HEADER}${[...modules.values()].join('')}`
}

const linesOf = (file: string): string[] => readFileSync(join(SOURCE, file), 'utf8').split('\n')

/** What a file exports from others, and what those do in turn. */
function exportsOf(file: string): Export[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  const found = text.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from '(\.[^']+)'/gm)
  return [...found].flatMap(([, what = '', from = '']) => {
    const target = join(dirname(file), from)
    const own: Export = { file: target, names: what === '*' ? null : namesIn(what) }
    const passedOn = exportsOf(target).filter(
      (one) => own.names === null || [...(one.names ?? [])].some((name) => own.names?.has(name)),
    )
    return [own, ...passedOn]
  })
}

const namesIn = (list: string): ReadonlySet<string> =>
  new Set([...list.matchAll(/\b(?!type\b)([A-Za-z_$][\w$]*)/g)].map(([, name]) => name ?? ''))

/** The comment that a module opens with, if it is not the one of its first declaration. */
function moduleComment(file: string): string {
  const lines = linesOf(file)
  if (!lines[0]?.startsWith('/**')) return ''
  const end = lines.findIndex((line) => line.endsWith('*/'))
  return lines[end + 1]?.startsWith('export') ? '' : `${plain(lines.slice(0, end + 1))}\n`
}

/** A comment without its marks. */
function plain(lines: readonly string[]): string {
  return lines
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, '').replace(/ ?\*\/$/, ''))
    .map((line) => line.replace(/^@(param|returns|throws)/, '- **$1**'))
    .join('\n')
    .replace(/\n(- \*\*)/, '\n\n$1')
    .trim()
}

const DECLARATION =
  /^export (?:declare |abstract |async )*(?:const|function\*?|class|interface|type) ([\w$]+)/

function declarationsOf(file: string): Declaration[] {
  const lines = linesOf(file)
  return lines.flatMap((line, start) => {
    const name = DECLARATION.exec(line)?.[1]
    if (name === undefined) return []
    return [{ name, comment: plain(commentBefore(lines, start)), code: codeFrom(lines, start) }]
  })
}

function commentBefore(lines: readonly string[], declaration: number): readonly string[] {
  if (!lines[declaration - 1]?.trimEnd().endsWith('*/')) return []
  let start = declaration - 1
  while (start > 0 && !lines[start]?.trimStart().startsWith('/*')) start--
  return lines.slice(start, declaration)
}

/** A declaration without bodies and without what is private. */
function codeFrom(lines: readonly string[], start: number): string {
  const first = lines[start] ?? ''
  if (/^export (async )?function/.test(first)) return signature(lines, start)
  const block = lines.slice(start, endOf(lines, start) + 1)
  if (/^export (abstract )?class/.test(first)) return [first, ...members(block), '}'].join('\n')
  if (/^export const/.test(first)) return constant(block)
  return block.join('\n')
}

/** To the line before the next blank one in the first column, or the closing brace. */
function endOf(lines: readonly string[], start: number): number {
  if (!/[{([]$/.test(lines[start] ?? '')) {
    let end = start
    while (/^\s+\S/.test(lines[end + 1] ?? '') || /^[})\]]/.test(lines[end + 1] ?? '')) end++
    return end
  }
  const close = lines.findIndex((line, index) => index > start && /^[})\]]/.test(line))
  return close < 0 ? start : close
}

/** A function's or method's head. */
function signature(lines: readonly string[], start: number): string {
  const end = lines.findIndex((line, index) => index >= start && line.endsWith('{'))
  const head = lines.slice(start, end + 1).join('\n')
  return head.replace(/ \{$/, '')
}

const LONGEST_CONSTANT = 40

/** A table of names is shown; what computes is cut to its name and type. */
function constant(block: readonly string[]): string {
  const first = block[0] ?? ''
  const isTable = / = (\{|-?\d|0x)/.test(first) && block.length <= LONGEST_CONSTANT
  return isTable ? block.join('\n') : first.replace(/ = (?!.*=>).*$/, '').replace(/ =>.*$/, '')
}

/** The public members of a class with their comments. */
function members(block: readonly string[]): string[] {
  return block.flatMap((line, index) => {
    const isMember = /^ {2}(?!(?:readonly )?#)(?![}/* ])\S/.test(line) && !line.startsWith('  )')
    if (!isMember) return []
    const isMethod = /^ {2}(?:static |override |async |get |set )*[\w$]+(?:<.*>)?\(/.test(line)
    const code = isMethod ? signature(block, index) : line.replace(/ = .*$/, '')
    return [...commentBefore(block, index), code]
  })
}

function render({ name, comment, code }: Declaration): string {
  const text = comment === '' ? '' : `${comment}\n\n`
  return `\n### ${name}\n\n${text}\`\`\`ts\n${code}\n\`\`\`\n`
}
