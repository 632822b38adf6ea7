export { readOwnedFile, UnusableFile } from './access/owned_file.ts'
export { makeToken, ROLES, type Role, TOKEN } from './access/token.ts'
export {
  addToFile,
  formatEntry,
  NAME as TOKEN_NAME,
  readTokenFile,
  removeFromFile,
} from './access/token_file.ts'
export { watchFiles } from './access/watch.ts'
export { type Api, type ApiOptions, createApi } from './api.ts'
export type { Rate } from './http/rate.ts'
export type { TlsFiles } from './http/tls.ts'
export type { Stored } from './store/columns.ts'
export type { Equals, Page, Reader, Values, Writer } from './store/rows.ts'
export { openStore, type Store, type StoreOptions, type Written } from './store/store.ts'
export { StoreUnusable } from './store/unusable.ts'
export type { StoreView } from './store/view.ts'
