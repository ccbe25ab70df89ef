/* Why it is not known what became of a registration: what the source has not got of the attempt that decides. */
import { describeStatus } from '../registration/attempt-facts.js';
import { howCut } from '../registration/how-cut.js';
import type { Registration } from '../registration/registration.js';
import { isChallenge } from '../sip/status-codes.js';

export interface OpenReason {
	readonly kind:
		| 'source-ended'
		| 'request-not-captured'
		| 'answer-not-captured'
		| 'server-not-captured'
		| 'bytes-not-captured'
		| 'protected'
		| 'cut-by-snaplen'
		| 'fragments-not-captured';
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
			const { message, frame, packet } = missed.message;
			const isResponse = message.kind === 'response';
			const cut = isResponse
				? `the response in #${frame}`
				: `the REGISTER in #${frame} that was answered ${finalStatus}`;
			const asked = isChallenge(finalStatus) ? 'whether it had credentials' : 'what it asked for';
			const untold = isResponse ? 'which REGISTER it answers' : asked;
			const isBeginning = packet.isBeginning === true;
			return {
				kind: isBeginning ? 'fragments-not-captured' : 'cut-by-snaplen',
				text: `${howCut(missed.message, cut)}, ${isBeginning ? 'and not' : 'and with it'} ${untold}`,
			};
		}
		case 'protected': {
			const { protection, challenge } = missed;
			const text = `the phone and the server agree on ${protection} (Security-Server in #${challenge.frame}), and what they say within it cannot be read here`;
			return { kind: 'protected', text };
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
