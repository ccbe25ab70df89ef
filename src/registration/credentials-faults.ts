/* What is wrong with the credentials of a REGISTER by themselves, whatever the challenge was (RFC 3261 §22.4, RFC 7616 §3.4). */
import { readChallenges } from '../sip/headers/authenticate.js';
import { type Credentials, readCredentials } from '../sip/headers/authorization.js';
import type { AuthenticationStep } from './authentication.js';

export interface CredentialsFault {
	readonly credentials: Credentials;
	/** In words, without a value that may be a secret. */
	readonly fault: string;
	/** A server cannot compute with them at all. */
	readonly isUnusable: boolean;
}

/**
 * The faults of the answer to a challenge, one for each set of credentials; empty where they are in order. The challenge
 * is the one right before, as an initial IMS REGISTER has an Authorization with empty nonce and response, and is right.
 */
export function credentialsFaults(
	challenged: AuthenticationStep,
	{ request }: AuthenticationStep,
): readonly CredentialsFault[] {
	if (request.cut || isAka(challenged) || isChallengeCut(challenged)) return [];
	const all = readCredentials(request.message);
	return [
		...all
			.filter(({ scheme }) => !isAskedFor(scheme, challenged))
			.flatMap((one) => faultOf(one) ?? mangledNonce(one, challenged) ?? []),
		...twiceForOneRealm(all),
	];
}

/** A token where tokens are asked for (RFC 8898): nothing in it is of Digest. */
function isAskedFor(scheme: string, { final }: AuthenticationStep): boolean {
	const name = scheme.toLowerCase();
	if (name === 'digest' || final === undefined) return false;
	return readChallenges(final.message).some((one) => one.scheme.toLowerCase() === name);
}

/** Shorter ones may begin alike by chance. */
const SHORTEST_NONCE = 6;

/** The nonce is opaque to the phone, which has to give it back as it is (RFC 7616 §3.3). */
function mangledNonce(
	credentials: Credentials,
	{ challenges }: AuthenticationStep,
): CredentialsFault | undefined {
	const { nonce = '', realm } = credentials.digest ?? {};
	const issued = challenges.flatMap(({ digest }) =>
		digest.realm === realm && digest.nonce !== undefined ? [digest.nonce] : [],
	);
	if (nonce.length < SHORTEST_NONCE || issued.includes(nonce)) return undefined;
	const whole = issued.find((one) => one.startsWith(nonce));
	if (whole !== undefined) {
		const fault = `nonce is cut off after ${nonce.length} of its ${whole.length} characters`;
		return { credentials, fault, isUnusable: true };
	}
	if (!issued.some((one) => folded(one) === folded(nonce))) return undefined;
	return {
		credentials,
		fault: 'nonce is not written as the challenge has it',
		isUnusable: true,
	};
}

function folded(nonce: string): string {
	return nonce.replace(/[^0-9a-z]/gi, '').toLowerCase();
}

/** What was asked for is not known. */
function isChallengeCut({ final, challenges }: AuthenticationStep): boolean {
	return final?.cut === true && challenges.length === 0;
}

/** A SIM that refuses the network answers without a response, on purpose (RFC 3310 §3.4). */
function isAka({ challenges }: AuthenticationStep): boolean {
	return challenges.some(({ digest }) => /^aka/i.test(digest.algorithm ?? ''));
}

function faultOf(credentials: Credentials): CredentialsFault | undefined {
	const { scheme, digest, malformed } = credentials;
	if (digest === undefined) {
		return { credentials, fault: schemeFault(scheme), isUnusable: true };
	}
	// The very first REGISTER of an IMS phone, sent again.
	if (digest.response === '' && digest.nonce === '') return undefined;
	const missing = missingParameters(credentials);
	if (missing.length > 0) {
		const fault = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
		return { credentials, fault, isUnusable: true };
	}
	if (!/^[0-9a-f]+$/i.test(digest.response ?? '')) {
		return { credentials, fault: 'response is no number in hexadecimal', isUnusable: true };
	}
	if (malformed === undefined) return undefined;
	const { problem } = malformed;
	const fault =
		problem.kind === 'bad-field'
			? `${parameterName(problem.field)} at fault: ${problem.expected} expected`
			: 'they end too soon';
	return { credentials, fault, isUnusable: false };
}

/** A password where the scheme or the name of a parameter should be must not be shown: only what is known is. */
function schemeFault(scheme: string): string {
	const known = ['Basic', 'Bearer', 'NTLM', 'Negotiate', 'Kerberos'].find(
		(name) => name.toLowerCase() === scheme.toLowerCase(),
	);
	return known === undefined ? 'the scheme is not Digest' : `the scheme is ${known}, not Digest`;
}

function parameterName(name: string): string {
	return PARAMETERS.includes(name) ? name : 'a parameter';
}

/** RFC 7616 §3.4, and what the parser calls what is none. */
const PARAMETERS = [
	...['username', 'username*', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'cnonce'],
	...['opaque', 'qop', 'nc', 'userhash', 'auts', 'scheme', 'parameter'],
];

function missingParameters({ digest }: Credentials): readonly string[] {
	const names = ['realm', 'nonce', 'uri', 'response'] as const;
	const hasUser = (digest?.username ?? '') !== '' || digest?.parameters.has('username*') === true;
	// An empty realm is a realm; nothing else may be empty.
	const missing = names.filter((name) => (digest?.[name] ?? '') === '' && name !== 'realm');
	const realm = digest?.realm === undefined ? ['realm'] : [];
	return [...(hasUser ? [] : ['username']), ...realm, ...missing];
}

/** RFC 3261 §22.3: one set a realm. Answers to two algorithms of one realm are told apart by the server. */
function twiceForOneRealm(all: readonly Credentials[]): readonly CredentialsFault[] {
	const seen = new Set<string>();
	return all.flatMap((credentials) => {
		const { header, digest } = credentials;
		const key = `${header} ${digest?.algorithm?.toUpperCase() ?? 'MD5'} ${digest?.realm ?? ''}`;
		if (digest === undefined || !seen.has(key)) {
			seen.add(key);
			return [];
		}
		const fault = `two ${header} for the realm "${digest.realm ?? ''}"`;
		return [{ credentials, fault, isUnusable: false }];
	});
}

/** True where the answer to a challenge is there and cannot be used: that is not a challenge left unanswered. */
export function hasUnusableAnswer(steps: readonly AuthenticationStep[]): boolean {
	return steps.some((answered, index) => {
		const challenged = steps[index - 1];
		if (challenged === undefined || !isChallenged(challenged)) return false;
		return credentialsFaults(challenged, answered).some(({ isUnusable }) => isUnusable);
	});
}

function isChallenged({ final }: AuthenticationStep): boolean {
	return final !== undefined && readChallenges(final.message).length > 0;
}
