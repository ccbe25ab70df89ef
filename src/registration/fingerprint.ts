/*
 * Which registrar answered, by the form of its nonce and its Server header: the same status code means different things
 * to different registrars. The nonce passes an SBC unchanged, the Server header does not, so the nonce is asked first.
 */
import { firstHeader } from '../sip/header-fields.js';
import type { Instant } from '../time/instant.js';
import type { AuthenticationStep } from './authentication.js';
import { isFreeswitchNonce, isOpensipsNonce, isPjsipNonce, kamailioNonce } from './nonce-clock.js';

export type RegistrarKind =
	| 'kamailio'
	| 'opensips'
	| 'asterisk-pjsip'
	| 'asterisk-chan-sip'
	| 'freeswitch'
	| 'fritzbox';

export interface Fingerprint {
	readonly kind: RegistrarKind;
	/** What it was recognised by, for the report. */
	readonly by: string;
}

/** They say 403 to a wrong password. */
const FORBID_PASSWORDS: readonly RegistrarKind[] = ['freeswitch', 'asterisk-chan-sip'];

/** They say 401 to it: Asterisk PJSIP always, Kamailio and OpenSIPS unless a script does otherwise. */
const CHALLENGE_ANEW: readonly RegistrarKind[] = ['kamailio', 'opensips', 'asterisk-pjsip'];

/** Whether a 403 of this registrar may well be about the password. */
export function forbidsPasswords(kind: RegistrarKind | undefined): boolean {
	return kind !== undefined && FORBID_PASSWORDS.includes(kind);
}

/** Whether a 403 of this registrar is about something else than the credentials. */
export function challengesAnew(kind: RegistrarKind | undefined): boolean {
	return kind !== undefined && CHALLENGE_ANEW.includes(kind);
}

/** The registrar behind an attempt's challenges; undefined where nothing is recognised. */
export function registrarFingerprint(
	steps: readonly AuthenticationStep[],
): Fingerprint | undefined {
	for (const step of steps) {
		for (const { digest, response } of step.challenges) {
			const found = ofNonce(digest.nonce ?? '', digest.realm, response.at);
			if (found !== undefined) return found;
		}
	}
	for (const { transaction } of steps) {
		const server = transaction.phone.responses
			.map(({ message }) => firstHeader(message, 'server')?.value ?? '')
			.find((value) => value !== '');
		const found = server === undefined ? undefined : ofServerHeader(server);
		if (found !== undefined) return found;
	}
	return undefined;
}

function ofNonce(nonce: string, realm: string | undefined, now: Instant): Fingerprint | undefined {
	if (isPjsipNonce(nonce)) {
		return { kind: 'asterisk-pjsip', by: 'a nonce of the form epoch/32 hex digits' };
	}
	if (isFreeswitchNonce(nonce)) return { kind: 'freeswitch', by: 'a nonce that is a UUID' };
	if (/^[0-9a-f]{8}$/.test(nonce))
		return { kind: 'asterisk-chan-sip', by: 'a nonce of 8 hex digits' };
	if (/^[0-9A-F]{16}$/.test(nonce) && realm === 'fritz.box') {
		return { kind: 'fritzbox', by: 'the realm "fritz.box" with a nonce of 16 hex digits' };
	}
	const kamailio = kamailioNonce(nonce, now);
	if (kamailio !== undefined) {
		const lifetime = kamailio.lifetimeMs / 1000;
		return {
			kind: 'kamailio',
			by: `a nonce that holds its time of issue and a lifetime of ${lifetime} s`,
		};
	}
	if (isOpensipsNonce(nonce)) {
		return { kind: 'opensips', by: 'a nonce of 33 bytes ending in zero' };
	}
	return undefined;
}

function ofServerHeader(server: string): Fingerprint | undefined {
	const text = server.toLowerCase();
	const by = `the header Server: ${server}`;
	if (text.includes('kamailio')) return { kind: 'kamailio', by };
	if (text.includes('opensips')) return { kind: 'opensips', by };
	if (text.includes('freeswitch')) return { kind: 'freeswitch', by };
	if (text.includes('fritz!os')) return { kind: 'fritzbox', by };
	return undefined;
}
