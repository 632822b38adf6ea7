/** The bands of priorities. Within a table a flow is chosen by these and by nothing else. */
export const PRIORITY = {
  /** The flow of a table that matches everything. */
  miss: 0,
  /** A fallback below another. */
  lowest: 50,
  /** A fallback for an object, below its ordinary flows. */
  low: 100,
  ordinary: 200,
  /** An exception to ordinary flows. */
  high: 300,
  /** An exception to that. */
  higher: 400,
  /** And to that. */
  highest: 500,
  /** What nobody may, whatever rows say. */
  forbidden: 600,
  /** Above all of these. */
  top: 700,
  /** Longest prefix first: 1000 for /0 to 1128 for /128. */
  prefix: (length: number): number => 1000 + length,
} as const
