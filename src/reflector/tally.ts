/** What was counted while a reflector ran; what it refused, by reason. */
export interface Tally {
	requests: number;
	/** Responses sent. */
	answers: number;
	/** Requests that a fault left without an answer. */
	swallowed: number;
	readonly refused: {
		/** More than a source, or all together, may send. */
		rate: number;
		notSip: number;
		/** A response or an ACK, which nobody answers. */
		unasked: number;
		/** No Via, From, To, Call-ID or CSeq, without which there is no answer. */
		incomplete: number;
		/** The answer would have been larger than the request. */
		noRoom: number;
		/** Delayed answers beyond the bound. */
		delays: number;
		/** TCP connections beyond the bound. */
		connections: number;
		/** TCP connections that sent nothing for long, or too much. */
		closed: number;
	};
}

export function newTally(): Tally {
	return {
		...{ requests: 0, answers: 0, swallowed: 0 },
		refused: {
			...{ rate: 0, notSip: 0, unasked: 0, incomplete: 0 },
			...{ noRoom: 0, delays: 0, connections: 0, closed: 0 },
		},
	};
}
