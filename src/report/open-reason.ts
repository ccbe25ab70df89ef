/* Why it is not known what became of a registration: what the source has not got of the attempt that decides. */
import { describeStatus } from '../registration/attempt-facts.js';
import type { Registration } from '../registration/registration.js';
import { isChallenge } from '../sip/status-codes.js';

export interface OpenReason {
	readonly kind:
		| 'source-ended'
		| 'request-not-captured'
		| 'answer-not-captured'
		| 'server-not-captured'
		| 'bytes-not-captured'
		| 'cut-by-snaplen';
	/** Without a full stop. May hold text of the wire. */
	readonly text: string;
}

/** Of a registration whose outcome is `open`. */
export function openReason({ decisive, finalStatus }: Registration): OpenReason {
	const missed = decisive?.missed;
	switch (missed?.kind) {
		case undefined:
			return { kind: 'source-ended', text: 'the capture ends before the answer' };
		case 'request': {
			const text = `the capture misses the REGISTER that was answered ${describeStatus(missed.answer)}`;
			return { kind: 'request-not-captured', text };
		}
		case 'answer': {
			const text = 'no final answer was captured, and the phone did not ask again';
			return { kind: 'answer-not-captured', text };
		}
		case 'server': {
			const text = `the capture has no message of the server, yet the phone answers its challenge (#${missed.request.frame})`;
			return { kind: 'server-not-captured', text };
		}
		case 'cut': {
			const { message, frame } = missed.message;
			const text =
				message.kind === 'response'
					? `the snaplen cut the response in #${frame}, and with it which REGISTER it answers`
					: `the snaplen cut the REGISTER in #${frame} that was answered ${finalStatus}, and with it ${isChallenge(finalStatus) ? 'whether it had credentials' : 'what it asked for'}`;
			return { kind: 'cut-by-snaplen', text };
		}
		case 'bytes': {
			const { length, frame } = missed.event;
			const isAnswer = decisive?.transactions.at(-1)?.phone.final === undefined;
			const what = isAnswer ? 'server sent meanwhile' : 'phone sent after that';
			const text = `the capture misses ${length} bytes that the ${what}, as #${frame} shows`;
			return { kind: 'bytes-not-captured', text };
		}
	}
}
