/*
 * Which registrar answered, by the form of its nonce and its Server header: the same status code means different things
 * to different registrars. The nonce passes an SBC unchanged, the Server header does not, so the nonce is asked first.
 */
import { firstHeader } from '../sip/header-fields.js';
import type { AuthenticationStep } from './authentication.js';

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

const DAY_SECONDS = 86_400;

/** The registrar behind an attempt's challenges; undefined where nothing is recognised. */
export function registrarFingerprint(
	steps: readonly AuthenticationStep[],
): Fingerprint | undefined {
	for (const step of steps) {
		for (const { digest, response } of step.challenges) {
			const found = ofNonce(digest.nonce ?? '', digest.realm, response.at / 1_000_000);
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

function ofNonce(nonce: string, realm: string | undefined, now: number): Fingerprint | undefined {
	if (/^\d{9,11}\/[0-9a-f]{32}$/.test(nonce)) {
		return { kind: 'asterisk-pjsip', by: 'a nonce of the form epoch/32 hex digits' };
	}
	if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(nonce)) {
		return { kind: 'freeswitch', by: 'a nonce that is a UUID' };
	}
	if (/^[0-9a-f]{8}$/.test(nonce))
		return { kind: 'asterisk-chan-sip', by: 'a nonce of 8 hex digits' };
	if (/^[0-9A-F]{16}$/.test(nonce) && realm === 'fritz.box') {
		return { kind: 'fritzbox', by: 'the realm "fritz.box" with a nonce of 16 hex digits' };
	}
	return ofBase64Nonce(nonce, now);
}

/** Kamailio's nonce starts with two big-endian epochs, expiry and issue (its auth module); OpenSIPS 3 encrypts 33 bytes. */
function ofBase64Nonce(nonce: string, now: number): Fingerprint | undefined {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(nonce)) return undefined;
	const raw = Buffer.from(nonce, 'base64');
	if ([24, 29, 40, 45].includes(raw.length)) {
		const lifetime = raw.readUInt32BE(0) - raw.readUInt32BE(4);
		const age = Math.abs(raw.readUInt32BE(4) - now);
		if (lifetime > 0 && lifetime <= DAY_SECONDS && age < DAY_SECONDS) {
			return {
				kind: 'kamailio',
				by: `a nonce that holds its time of issue and a lifetime of ${lifetime} s`,
			};
		}
	}
	if (nonce.length === 44 && raw.length === 33 && raw[32] === 0) {
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
