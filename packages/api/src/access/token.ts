/**
 * Tokens: 256 bits from the system's random source behind a prefix by which they are known in logs and by scanners.
 * Only their SHA-256 is kept: there is nothing to guess that a slow hash would protect, and each request pays for it
 * (docs/decisions/0022-who-may-ask.md). RFC 6750 for how they travel.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const ROLES = ['admin', 'read-only'] as const
/** `admin` may do everything, `read-only` asks and changes nothing. */
export type Role = (typeof ROLES)[number]

/** A line of the token file. */
export interface TokenEntry {
  readonly name: string
  readonly role: Role
  /** SHA-256 of the token, 32 octets. */
  readonly digest: Buffer
}

const PREFIX = 'vnet_'
/** What a token looks like, wherever it stands in a text. */
export const TOKEN = /vnet_[\w-]{43}/g

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface MadeToken {
  /** To be shown once and kept nowhere. */
  readonly token: string
  readonly entry: TokenEntry
}

export const makeToken = (name: string, role: Role): MadeToken => {
  const token = `${PREFIX}${randomBytes(32).toString('base64url')}`
  return { token, entry: { name, role, digest: digestOf(token) } }
}

/** The token of `Authorization: Bearer TOKEN`, or `null`. */
export const bearerToken = (authorization: string | undefined): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1] ?? null

/** All entries are looked at, whichever it is: how long this takes says nothing of them. */
export const findEntry = (token: string, entries: readonly TokenEntry[]): TokenEntry | undefined => {
  const digest = digestOf(token)
  let found: TokenEntry | undefined
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry
  return found
}
