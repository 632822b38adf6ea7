/** What a parser of text gives for text that it cannot take: the part that is wrong, for the sentence to the user. */
export interface Wrong {
  readonly wrong: string
}

export const wrong = (part: string): Wrong => ({ wrong: part })

export const isWrong = (parsed: object): parsed is Wrong => 'wrong' in parsed
