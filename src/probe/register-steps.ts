/*
 * The steps from `register` to `binding`, each from how an exchange ended. Words only: nothing here sends.
 */
import { formatEndpoint } from '../net/endpoint.js';
import type { SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';
import type { Authentication, ServerProof } from './authentication.js';
import { bindingsIn, type ListedBinding, nameBindings } from './bindings.js';
import { type Checklist, quoted } from './checklist.js';
import { type Exchange, endWords, isSuccess } from './exchange.js';
import type { ProbeStep } from './probe-step.js';
import { macWords, refusalStep } from './refusal-words.js';
import type { RegisterSession } from './register-session.js';
import { routeWords } from './route-words.js';
import { challengeStep, silenceWords, statusWords } from './step-words.js';
import type { ProbeTransportName } from './transport.js';

/** What the steps are told from. */
export interface StepDeps {
	readonly session: RegisterSession;
	readonly authentication: Authentication;
	readonly checklist: Checklist;
	readonly transport: ProbeTransportName;
	/** Digest username; wire text. */
	readonly username: string;
	readonly algorithm: string | undefined;
	/** Credentials were given. */
	readonly hasSecret?: boolean;
	/** Seconds asked for. */
	readonly expires: number;
	readonly timeoutMs: number;
}

/** The `register` step: what the first REGISTER came to. */
export function tellFirstAnswer(
	{ session, checklist, transport, timeoutMs }: StepDeps,
	queried: Exchange,
): void {
	const first = session.firstFinal;
	if (first !== undefined) {
		const { response, ms } = first;
		const refused = response.statusCode >= 300 && !isChallenge(response.statusCode);
		const elsewhere = elsewhereWords(session, response);
		const large = session.largeWords === undefined ? '' : `; ${session.largeWords}`;
		const text = `the first REGISTER was answered with ${statusWords(response)}${elsewhere}${large}`;
		const state = elsewhere === '' ? 'ok' : 'warning';
		checklist.say('register', refused ? 'failed' : state, text, ms);
		return;
	}
	switch (queried.kind) {
		case 'unanswered':
			checklist.say('register', 'failed', silenceWords(transport, timeoutMs, session.sends));
			return;
		case 'aborted':
			checklist.say('register', 'cannot-tell', 'interrupted before an answer came');
			return;
		case 'failed':
		case 'no-way':
			checklist.say('register', 'failed', endWords(queried));
			return;
		case 'answered':
		case 'not-authenticated':
			return;
	}
}

/** RFC 3261 §18.2.2: an answer leaves from where the request came to; a NAT lets no other in. */
function elsewhereWords({ received }: RegisterSession, response: SipResponse): string {
	const one = received.find((each) => each.response === response);
	if (one === undefined) return '';
	const [from, remote] = [formatEndpoint(one.from), formatEndpoint(one.remote)];
	return from === remote
		? ''
		: `, from ${from}, not from ${remote} where it was sent: a NAT or firewall would drop that`;
}

/** The `challenge` and `credentials` steps, once there was a challenge. */
export function tellAuthentication(deps: StepDeps, exchange: Exchange): void {
	const { authentication, checklist } = deps;
	const seen = authentication.challenge;
	if (seen === undefined) return;
	const { state, text } = challengeStep(seen, deps.algorithm);
	checklist.say('challenge', state, text);
	const credentials = credentialsStep(deps, exchange);
	if (credentials !== undefined)
		checklist.say('credentials', ...credentials, answeredIn(deps, exchange));
}

/** How long the answer that ended the exchange took, milliseconds. */
function answeredIn({ session }: StepDeps, exchange: Exchange): number | undefined {
	if (!('response' in exchange)) return undefined;
	return session.received.find(({ response }) => response === exchange.response)?.ms;
}

function credentialsStep(
	deps: StepDeps,
	exchange: Exchange,
): [ProbeStep['state'], string] | undefined {
	const { authentication, username } = deps;
	const isToken = authentication.challenge?.chosen?.scheme.toLowerCase() === 'bearer';
	const what = isToken ? 'the bearer token' : `the credentials of user ${quoted(username)}`;
	const were = isToken ? 'was' : 'were';
	if (exchange.kind === 'answered') {
		if (!authentication.answered) return undefined;
		if (authentication.refusedMac && !isSuccess(exchange.response))
			return ['failed', macWords(statusWords(exchange.response))];
		return isSuccess(exchange.response)
			? acceptedWords(`${what} ${were} accepted`, authentication.serverProof)
			: ['failed', `${statusWords(exchange.response)} to the REGISTER with ${what}`];
	}
	if (exchange.kind !== 'not-authenticated') {
		return ['cannot-tell', `the REGISTER with ${what} got no answer`];
	}
	const { failures } = authentication;
	const status = statusWords(exchange.response);
	return refusalStep(exchange.refusal, status, { what: `${what} ${were}`, failures });
}

/** Digest proves the server, too, where it wants to be proved (RFC 7616 §3.5). */
function acceptedWords(
	accepted: string,
	proof: ServerProof | undefined,
): [ProbeStep['state'], string] {
	switch (proof) {
		case undefined:
			return ['ok', accepted];
		case 'verifies':
			return ['ok', `${accepted}, and the server proved that it knows the password (rspauth)`];
		case 'wrong':
			return [
				'warning',
				`${accepted}, but the server did NOT prove that it knows the password: its rspauth does not verify; something else may answer in its place`,
			];
	}
}

/** The `challenge` and `credentials` steps of a server that let the probe in without asking. */
export function tellTrust({ authentication, checklist, hasSecret }: StepDeps): void {
	if (authentication.challenge !== undefined) return;
	if (authentication.answered) {
		const taken = 'no new challenge: the credentials for the nonce of the server before were taken';
		checklist.say('challenge', 'skipped', taken);
		checklist.say('credentials', 'skipped', taken);
		return;
	}
	const why = 'the server asked for no credentials: it trusts this address, or lets everybody in';
	checklist.say('challenge', 'ok', `${why} (200 without a challenge)`);
	const untested = hasSecret === true ? ', so that those given were not tested' : '';
	checklist.say('credentials', 'skipped', `no credentials were asked for${untested}`);
}

/** The `binding` step: granted expiry, every binding listed, and those that are gone. */
export function tellBinding(
	deps: StepDeps,
	bound: Exchange,
	others: readonly ListedBinding[],
): void {
	const { checklist, session } = deps;
	const ms = answeredIn(deps, bound);
	if (bound.kind !== 'answered' || !isSuccess(bound.response)) {
		const state = bound.kind === 'aborted' ? 'cannot-tell' : 'failed';
		checklist.say('binding', state, `not registered: ${endWords(bound)}`, ms);
		return;
	}
	const listed = bindingsIn(bound.response, session);
	const own = listed.find((binding) => binding.own);
	const gone = others.filter((other) => !listed.some(({ uri }) => uri === other.uri));
	const more = routeWords(bound.response, own);
	if (listed.length === 0) {
		checklist.say('binding', 'ok', `registered; the answer lists no bindings at all${more}`, ms);
	} else if (own === undefined) {
		checklist.say(
			'binding',
			'failed',
			`2xx, but the own Contact is not among the bindings: ${nameBindings(listed)}`,
			ms,
		);
	} else if (gone.length > 0) {
		checklist.say(
			'binding',
			'warning',
			`registered, and with it these bindings of other devices are gone: ${nameBindings(gone)}`,
			ms,
		);
	} else {
		checklist.say(
			'binding',
			'ok',
			`registered${grantedWords(own, deps.expires)}; bindings: ${nameBindings(listed)}${more}`,
			ms,
		);
	}
}

function grantedWords({ expires }: ListedBinding, asked: number): string {
	if (expires === undefined) return '';
	return expires === asked
		? ` for ${expires} s as asked`
		: ` for ${expires} s (${asked} s were asked for)`;
}
