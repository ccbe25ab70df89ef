/*
 * Signs that a REGISTER is for a mobile or fixed network of the IMS, and the answers of a SIM to its challenge (3GPP TS
 * 24.229, RFC 3310).
 */
import { findAkaAlgorithm } from '../digest/aka/aka.js';
import type { DigestCredentials } from '../digest/digest.js';
import { firstHeader, headerValues } from '../sip/header-fields.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipRequest } from '../sip/message.js';
import type { AuthenticationStep, OfferedChallenge } from './authentication.js';
import { requestUriOf } from './register-request.js';

/** Home domains as 3GPP TS 23.003 §13.2 derives them from the network's number. */
const HOME_DOMAIN = /(?:^|\.)ims\.mnc\d{2,3}\.mcc\d{3}\.3gppnetwork\.org$/i;

/** What says that this is the IMS, in words; undefined where nothing does. */
export function imsSign(message: SipRequest): string | undefined {
	const host = requestUriOf(message)?.host ?? '';
	if (HOME_DOMAIN.test(host)) return `the domain "${host}"`;
	if (firstHeader(message, 'p-access-network-info') !== undefined) return 'P-Access-Network-Info';
	const agreement = headerValues(message, 'security-client').join(', ');
	if (/\bipsec-3gpp\b/i.test(agreement)) return 'Security-Client: ipsec-3gpp';
	const contact = headerValues(message, 'contact').join(', ');
	if (/\+g\.3gpp\./i.test(contact)) return 'a feature tag of 3GPP in Contact';
	return isInitialAuthorization(message)
		? 'an Authorization with empty nonce and response'
		: undefined;
}

/** The first REGISTER of an IMS phone names its private identity, and nothing else yet (TS 24.229 §5.1.1.2). */
function isInitialAuthorization(message: SipRequest): boolean {
	return readCredentials(message).some(
		({ digest }) => digest?.response === '' && (digest.nonce ?? '') === '',
	);
}

export function hasAuthorization(message: SipRequest): boolean {
	return readCredentials(message).length > 0;
}

export function isAkaChallenge({ digest }: OfferedChallenge): boolean {
	return findAkaAlgorithm(digest.algorithm) !== undefined;
}

/** A challenge of AKA and the REGISTER right after it. */
export interface AkaRound {
	readonly challenge: OfferedChallenge;
	readonly challenged: AuthenticationStep;
	readonly next: AuthenticationStep;
	/** The credentials for that nonce; undefined where there are none. */
	readonly answer: DigestCredentials | undefined;
}

/** Every challenge that offers AKA alone, with what came next. */
export function akaRounds(steps: readonly AuthenticationStep[]): readonly AkaRound[] {
	return steps.slice(1).flatMap((next, index) => {
		const challenged = steps[index];
		const [challenge] = challenged?.challenges ?? [];
		if (challenged === undefined || challenge === undefined || next.request.cut) return [];
		if (!challenged.challenges.every(isAkaChallenge)) return [];
		const nonces = new Set(challenged.challenges.map(({ digest }) => digest.nonce));
		const answer = readCredentials(next.request.message)
			.flatMap(({ digest }) => digest ?? [])
			.find(({ nonce }) => nonces.has(nonce));
		return [{ challenge, challenged, next, answer }];
	});
}

/** What the SIM says of the sequence number; undefined where it accepts it, or says nothing. */
export function autsOf({ parameters }: DigestCredentials): string | undefined {
	const auts = parameters.get('auts');
	return auts === undefined || auts === '' ? undefined : auts;
}
