/** Where a capture was taken: on the phone's side, the server's side, or between the two. */
export const VANTAGES = ['client', 'server', 'middle', 'unknown'] as const;
export type Vantage = (typeof VANTAGES)[number];

export interface VantageGuess {
	readonly vantage: Vantage;
	/** Why, in words that name the values. */
	readonly reason: string;
}
