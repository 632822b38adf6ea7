/** Standard input as one text. */
export const readAll = async (stdin: AsyncIterable<string | Uint8Array>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
