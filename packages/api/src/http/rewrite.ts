/**
 * One spelling inside: `/api/networks.json` is `/api/1.0/networks`. The original served the same application under
 * both base paths and took the format from a suffix.
 */
const SUFFIX = /\.json$/
const BASE = /^\/api(?:\/1\.0)?(?=\/|$)/

export const rewriteUrl = (url: string): string => {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  if (!BASE.test(path)) return url
  const query = end === -1 ? '' : url.slice(end)
  return `${path.replace(SUFFIX, '').replace(BASE, '/api/1.0')}${query}`
}
