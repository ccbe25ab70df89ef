import type { Malformed } from '../../bytes/malformed.js';
import { remembered } from '../../bytes/remembered.js';
import type { DigestChallenge } from '../../digest/digest.js';
import { eitherField } from '../header-fields.js';
import { knownOf } from '../known-of.js';
import type { SipMessage } from '../message.js';
import { type AuthValue, readAuthValues } from './auth-parameters.js';

/** One challenge of a 401 or 407 (RFC 3261 §20.44, §20.27). */
export interface Challenge {
	readonly header: 'WWW-Authenticate' | 'Proxy-Authenticate';
	/** As written: `Digest`, `Basic`, `NTLM`. */
	readonly scheme: string;
	/** Unquoted, names in lower case. */
	readonly parameters: ReadonlyMap<string, string>;
	/** Present where the scheme is Digest, even where something in it is malformed. */
	readonly digest: DigestChallenge | undefined;
	readonly raw: string;
	readonly malformed?: Malformed;
}

/** Reads a WWW-Authenticate or Proxy-Authenticate value, which may hold several challenges. */
export function parseAuthenticate(
	value: string,
	header: Challenge['header'],
): readonly Challenge[] {
	return readAuthValues(value, header.toLowerCase()).map((auth) => {
		const { scheme, parameters, raw, malformed } = auth;
		const digest = scheme.toLowerCase() === 'digest' ? digestChallenge(auth) : undefined;
		const challenge = { header, scheme, parameters, digest, raw };
		return malformed === undefined ? challenge : { ...challenge, malformed };
	});
}

const readWwwAuthenticate = remembered((value) => parseAuthenticate(value, 'WWW-Authenticate'));
const readProxyAuthenticate = remembered((value) => parseAuthenticate(value, 'Proxy-Authenticate'));

/** Every challenge of a message, in the order of the lines. */
export function readChallenges(message: SipMessage): readonly Challenge[] {
	return knownOf(message, challengesIn);
}

function challengesIn(message: SipMessage): readonly Challenge[] {
	return eitherField(message, 'www-authenticate', 'proxy-authenticate').flatMap(({ id, value }) =>
		id === 'www-authenticate' ? readWwwAuthenticate(value) : readProxyAuthenticate(value),
	);
}

function digestChallenge({ parameters }: AuthValue): DigestChallenge {
	return {
		realm: parameters.get('realm'),
		nonce: parameters.get('nonce'),
		algorithm: parameters.get('algorithm'),
		qop: (parameters.get('qop') ?? '')
			.toLowerCase()
			.split(/[, \t]+/)
			.filter((option) => option !== ''),
		opaque: parameters.get('opaque'),
		stale: parameters.get('stale')?.toLowerCase() === 'true',
		domain: parameters.get('domain'),
		charset: parameters.get('charset'),
		userhash: parameters.get('userhash')?.toLowerCase() === 'true',
		parameters,
	};
}
