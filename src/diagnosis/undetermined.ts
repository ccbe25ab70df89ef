/** When nothing fits: what was seen, and which capture or experiment would decide it. */
import {
	describeStatus,
	lastFinal,
	lastTransaction,
	serverWords,
} from '../registration/attempt-facts.js';
import type { Attempt } from '../registration/registration.js';
import type { SipResponse } from '../sip/message.js';
import { describeStatus as registered } from '../sip/status-codes.js';
import type { Observed } from '../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from './evidence.js';
import type { CannotTell, Evidence, Finding } from './finding.js';
import { causesOfStatus } from './status-causes.js';

const UNDETERMINED = 'undetermined';

/** A failed attempt without a cause. Undefined only where it has not a single message or event to point at. */
export function undetermined(
	attempt: Attempt,
	cannotTell: readonly CannotTell[],
): Finding | undefined {
	const final = lastFinal(attempt);
	return final !== undefined && isUnusual(final)
		? unusualStatus(attempt, final)
		: open(attempt, cannotTell);
}

/** No rule is about it. */
function isUnusual({ message: { statusCode } }: Observed<SipResponse>): boolean {
	return statusCode >= 400 && causesOfStatus(statusCode).length === 0;
}

/** What it means for a REGISTER, and what else the server says, is all there is to tell. */
function unusualStatus(attempt: Attempt, final: Observed<SipResponse>): Finding {
	const status = describeStatus(final);
	const words = serverWords(final.message).join('; ');
	const meaning = registered(final.message.statusCode)?.meaning;
	const request = lastTransaction(attempt)?.phone.request;
	return {
		...head(attempt),
		title: 'The server refuses in a way that is not usual for a registration',
		summary: `${final.src.address} answers ${status}${words === '' ? '' : ` (${words})`}. ${
			meaning ?? 'No standard says what that means; it is to be read as any refusal of its class.'
		}`,
		evidence: inOrder(
			evidenceOf(final, 'Status', status),
			...evidenceIf(request, 'REGISTER', `to ${final.src.address}`),
			...evidenceIf(words === '' ? undefined : final, "server's words", words),
		),
		fix: [
			{
				who: 'provider',
				what: `Ask why REGISTER gets ${status}, with the time and the Call-ID; its log names the reason.`,
			},
			{
				who: 'phone',
				what: 'Check registrar address and port: a device that is no registrar may answer so.',
			},
		],
	};
}

function head({ number }: Attempt) {
	return {
		id: UNDETERMINED,
		severity: 'fatal',
		confidence: 'possible',
		attempt: number,
		mended: false,
	} as const;
}

function open(attempt: Attempt, cannotTell: readonly CannotTell[]): Finding | undefined {
	const last = lastTransaction(attempt)?.phone;
	const seen =
		last?.final ?? last?.responses.at(-1) ?? last?.sends.at(-1) ?? attempt.failures.at(-1);
	if (seen === undefined) return undefined;
	const what =
		last?.final === undefined
			? `the attempt ended ${attempt.outcome}`
			: `the last answer is ${describeStatus(last.final)}`;
	const [first] = cannotTell;
	const evidence: Evidence = evidenceOf(seen, 'Outcome', what);
	return {
		...head(attempt),
		title: 'The evidence does not decide between several causes',
		summary:
			first === undefined
				? `Not registered, ${what}, and no rule explains it from this capture.`
				: `Not registered, ${what}; ${first.because}.`,
		evidence: inOrder(evidence),
		fix: [
			{
				who: 'capturer',
				what:
					first === undefined
						? 'Capture the phone and the server at the same time with full packets (tcpdump -s 0), and give the account with --accounts.'
						: `What would decide it: ${first.decidedBy}.`,
			},
		],
	};
}
