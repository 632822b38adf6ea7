export { type Api, type ApiOptions, createApi } from './api.ts'
export type { Stored } from './store/columns.ts'
export type { Equals, Page, Reader, Values, Writer } from './store/rows.ts'
export { openStore, type Store, type StoreOptions, type Written } from './store/store.ts'
