/**
 * Our own programs as a user runs them. As built (`npm run build`), or with `VNET_SOURCE=1` from source, for those
 * who change them.
 */
import { fileURLToPath } from 'node:url'

const fromSource = process.env['VNET_SOURCE'] === '1'

const program = (name: 'vnetd' | 'vnctl'): readonly string[] => {
  const path = (file: string): string =>
    fileURLToPath(new URL(`../../packages/${name}/${file}`, import.meta.url))
  return fromSource
    ? [process.execPath, '--conditions=vnet-source', path('src/main.ts')]
    : [process.execPath, path('dist/main.js')]
}

export const VNETD = program('vnetd')
export const VNCTL = program('vnctl')
