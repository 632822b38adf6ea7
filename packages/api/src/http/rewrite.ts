/**
 * One spelling inside: `/api/networks.json` is `/api/1.0/networks`. The original served the same application under
 * both base paths and took the format of the answer from a suffix: `.json` or `.yml`, JSON without one.
 */
const SUFFIX = /\.(?:json|ya?ml)$/
const YAML = /\.ya?ml$/
const BASE = /^\/api(?:\/1\.0)?(?=\/|$)/

const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

/** A path of the API without the suffix that names the format. */
export const withoutSuffix = (path: string): string => path.replace(SUFFIX, '')

export const rewriteUrl = (url: string): string => {
  const path = pathOf(url)
  if (!BASE.test(path)) return url
  return `${withoutSuffix(path).replace(BASE, '/api/1.0')}${url.slice(path.length)}`
}

/** Whether the client asks for YAML. @param url as it came */
export const asksForYaml = (url: string): boolean => {
  const path = pathOf(url)
  return BASE.test(path) && YAML.test(path)
}
