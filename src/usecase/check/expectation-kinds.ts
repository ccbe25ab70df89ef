/* What a suite can expect, one line of the table each; order is the order in which they are told. */
import { PROBE_TRANSPORTS } from '../../probe/transport.js';
import { OUTCOMES } from '../../registration/registration.js';
import type { Judgement, Seen } from './suite.js';
import type { SuiteFields } from './suite-fields.js';

type Judge = (seen: Seen) => Judgement;

export interface ExpectationKind {
	readonly key: string;
	/** Makes no sense of an entry that is not to register: not inherited from the defaults there. */
	readonly ofRegistered: boolean;
	/** Says what the end of the registration has to be, so that `registered` is not implied. */
	readonly saysEnd: boolean;
	/** Undefined where the value is wrong (told to `fields`), or expects nothing (`no-alg: false`). */
	readonly read: (fields: SuiteFields) => Judge | undefined;
}

const MAX_MS = 300_000;
const MAX_SECONDS = 86_400;
const MAX_DAYS = 3650;

export const EXPECTATION_KINDS: readonly ExpectationKind[] = [
	kind('outcome', 'end', (fields) => {
		const wanted = fields.texts('outcome');
		const known: readonly string[] = OUTCOMES;
		if (wanted?.every((one) => known.includes(one)) === false) {
			fields.problem('outcome', `one of ${OUTCOMES.join(', ')} is expected`);
			return undefined;
		}
		return wanted && ((seen) => judge(wanted.includes(seen.outcome), outcomeWords(seen), wanted));
	}),
	kind('status', 'end', (fields) => {
		const wanted = fields.texts('status');
		if (wanted?.every((one) => /^[1-6]\d\d$/.test(one)) === false) {
			fields.problem('status', 'a status code from 100 to 699 is expected, or a list of them');
			return undefined;
		}
		return (
			wanted &&
			((seen) => judge(wanted.includes(String(seen.finalStatus)), outcomeWords(seen), wanted))
		);
	}),
	kind('cause', 'end', (fields) => {
		const wanted = fields.texts('cause');
		if (wanted?.every((one) => /^[a-z][a-z0-9-]*$/.test(one)) === false) {
			fields.problem('cause', 'the id of a diagnosis is expected (see sipdoctor explain), or none');
			return undefined;
		}
		return (
			wanted &&
			((seen) => {
				const id = seen.cause?.id ?? 'none';
				const words = seen.cause === undefined ? 'no cause was found' : `the cause is ${id}`;
				return judge(wanted.includes(id), words, wanted);
			})
		);
	}),
	kind('answered', 'any', (fields) =>
		fields.flag('answered') === true ? judgeAnswered : undefined,
	),
	kind('registered-within', 'registered', (fields) => {
		const most = fields.integer('registered-within', 1, MAX_MS);
		return most === undefined
			? undefined
			: ({ registeredMs }) => judgeTime('registered', registeredMs, most);
	}),
	kind('answered-within', 'any', (fields) => {
		const most = fields.integer('answered-within', 1, MAX_MS);
		return most === undefined
			? undefined
			: ({ answeredMs }) => judgeTime('answered', answeredMs, most);
	}),
	kind('expires-at-least', 'registered', (fields) => {
		const least = fields.integer('expires-at-least', 1, MAX_SECONDS);
		return least === undefined
			? undefined
			: ({ grantedExpires }) => judgeExpires(grantedExpires, least);
	}),
	kind('transport', 'any', (fields) => {
		const wanted = fields.oneOf('transport', PROBE_TRANSPORTS);
		return (
			wanted &&
			(({ target, wentOver = target.transport }) =>
				judge(wentOver === wanted, `it went over ${wentOver}`, [wanted]))
		);
	}),
	kind('tls-days-left-at-least', 'any', (fields) => {
		const least = fields.integer('tls-days-left-at-least', 0, MAX_DAYS);
		return least === undefined ? undefined : ({ tlsDaysLeft }) => judgeDays(tlsDaysLeft, least);
	}),
	kind('no-alg', 'any', (fields) => (fields.flag('no-alg') === true ? judgeAlg : undefined)),
];

/** An account that says nothing of its end has to register. */
export const REGISTERED: Judge = (seen) =>
	judge(seen.outcome === 'registered', outcomeWords(seen), ['registered']);

/** An endpoint that says nothing has to answer. */
export const judgeAnswered: Judge = (seen) => {
	const { finalStatus } = seen;
	if (finalStatus === undefined) return { state: 'failed', text: outcomeWords(seen) };
	const text = `it answered with ${finalStatus}`;
	return { state: finalStatus < 500 ? 'held' : 'failed', text };
};

function kind(
	key: string,
	about: 'end' | 'registered' | 'any',
	read: ExpectationKind['read'],
): ExpectationKind {
	return { key, ofRegistered: about === 'registered', saysEnd: about === 'end', read };
}

function judge(holds: boolean, words: string, wanted: readonly string[]): Judgement {
	if (holds) return { state: 'held', text: words };
	return { state: 'failed', text: `${words}; ${wanted.join(' or ')} was expected` };
}

function outcomeWords({ outcome, finalStatus }: Seen): string {
	return finalStatus === undefined ? `it is ${outcome}` : `it is ${outcome} (${finalStatus})`;
}

function judgeTime(what: string, ms: number | undefined, most: number): Judgement {
	if (ms === undefined) return { state: 'failed', text: `it was not ${what} at all` };
	const took = `${what} after ${Math.ceil(ms)} ms`;
	return ms <= most
		? { state: 'held', text: took }
		: { state: 'failed', text: `${took}; ${most} ms were allowed` };
}

function judgeExpires(granted: number | undefined, least: number): Judgement {
	if (granted === undefined) {
		return { state: 'cannot-tell', text: 'no answer says for how long it is registered' };
	}
	return granted >= least
		? { state: 'held', text: `granted for ${granted} s` }
		: { state: 'failed', text: `granted for ${granted} s; at least ${least} s were expected` };
}

function judgeDays(days: number | undefined, least: number): Judgement {
	if (days === undefined) {
		return { state: 'cannot-tell', text: 'no certificate of the server was seen' };
	}
	const left = days < 0 ? 'the certificate has expired' : `the certificate has ${days} days left`;
	return days >= least
		? { state: 'held', text: left }
		: { state: 'failed', text: `${left}; at least ${least} were expected` };
}

const judgeAlg: Judge = ({ cause, findings, alg }) => {
	const found = [...(cause === undefined ? [] : [cause.id]), ...findings].filter(isAlg);
	if (found.length > 0)
		return {
			state: 'failed',
			text: `something on the way edits SIP (${[...new Set(found)].join(', ')})`,
		};
	if (alg === undefined) return { state: 'held', text: 'no ALG showed itself' };
	if (alg.verdict === 'alg-proven') return { state: 'failed', text: alg.text };
	return { state: alg.verdict === 'no-alg' ? 'held' : 'cannot-tell', text: alg.text };
};

function isAlg(id: string): boolean {
	return id.startsWith('sip-alg') || id === 'sip-intercepted';
}
