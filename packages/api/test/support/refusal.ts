/** The answer to a parameter that is not accepted. */
export const refusal = (parameter: string, value: unknown, reason: RegExp | string) => ({
  status: 400,
  body: {
    error: 'ArgumentError',
    code: '110',
    message: { error: 'parameter validation failed', parameter, value, reason },
  },
})
