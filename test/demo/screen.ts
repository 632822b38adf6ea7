/** What the demonstration prints: short lines, aligned, coloured on a terminal only. */
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const style = (format: Style, text: string): string =>
  styleText(format, text, { stream: process.stdout, validateStream: true })

const NAME_WIDTH = 28

export class Screen {
  #step = 0
  #failures = 0
  readonly #begin = performance.now()

  get failures(): number {
    return this.#failures
  }

  get seconds(): string {
    return ((performance.now() - this.#begin) / 1000).toFixed(0)
  }

  title(text: string, more: string): void {
    this.#print(style('bold', text), more)
  }

  step(text: string): void {
    this.#step += 1
    this.#print('', style('bold', `${this.#step}  ${text}`))
  }

  say(...lines: readonly string[]): void {
    this.#print(...lines.map((line) => `   ${line}`))
  }

  command(line: string): void {
    this.#print(`   ${style('cyan', `$ ${line}`)}`)
  }

  /** A fact that must hold, and how it turned out. */
  check(good: boolean, name: string, result: string): void {
    if (!good) this.#failures += 1
    const mark = good ? style('green', '✓') : style('red', '✗')
    this.#print(`   ${mark} ${name.padEnd(NAME_WIDTH)}  ${good ? result : style('red', result)}`)
  }

  /** The output of a program. */
  output(text: string): void {
    this.#print(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => `     ${line}`),
    )
  }

  end(...lines: readonly string[]): void {
    this.#print('', ...lines)
  }

  #print(...lines: readonly string[]): void {
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}
