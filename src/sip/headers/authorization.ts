import type { Malformed } from '../../bytes/malformed.js';
import type { DigestCredentials } from '../../digest/digest.js';
import { eitherField } from '../header-fields.js';
import { knownOf } from '../known-of.js';
import type { SipMessage } from '../message.js';
import { type AuthValue, readAuthValues } from './auth-parameters.js';

/** Credentials in a request (RFC 3261 §20.7, §20.28). */
export interface Credentials {
	readonly header: 'Authorization' | 'Proxy-Authorization';
	/** As written: `Digest`, `Basic`, `Bearer`. */
	readonly scheme: string;
	/** Present where the scheme is Digest, even where something in it is malformed. */
	readonly digest: DigestCredentials | undefined;
	/** Holds `response`, or a password or token of another scheme: never print it. */
	readonly raw: string;
	readonly malformed?: Malformed;
}

/** Reads an Authorization or Proxy-Authorization value: one set of credentials, several where a stack joins lines. */
export function parseAuthorization(
	value: string,
	header: Credentials['header'],
): readonly Credentials[] {
	return readAuthValues(value, header.toLowerCase()).map((auth) => {
		const { scheme, raw, malformed } = auth;
		const digest = scheme.toLowerCase() === 'digest' ? digestCredentials(auth) : undefined;
		const credentials = { header, scheme, digest, raw };
		return malformed === undefined ? credentials : { ...credentials, malformed };
	});
}

/** All credentials of a message, in the order of the lines. */
export function readCredentials(message: SipMessage): readonly Credentials[] {
	return knownOf(message, credentialsIn);
}

function credentialsIn(message: SipMessage): readonly Credentials[] {
	return eitherField(message, 'authorization', 'proxy-authorization').flatMap(({ id, value }) =>
		parseAuthorization(value, id === 'authorization' ? 'Authorization' : 'Proxy-Authorization'),
	);
}

function digestCredentials({ parameters }: AuthValue): DigestCredentials {
	return {
		username: parameters.get('username'),
		usernameExtended: extendedValue(parameters.get('username*')),
		realm: parameters.get('realm'),
		nonce: parameters.get('nonce'),
		uri: parameters.get('uri'),
		response: parameters.get('response'),
		algorithm: parameters.get('algorithm'),
		cnonce: parameters.get('cnonce'),
		opaque: parameters.get('opaque'),
		qop: parameters.get('qop'),
		nc: parameters.get('nc'),
		userhash: parameters.get('userhash')?.toLowerCase() === 'true',
		parameters,
	};
}

/** `UTF-8''J%C3%A4s` → its bytes (RFC 5987 §3.2.1); undefined for another charset, which RFC 7616 does not allow. */
function extendedValue(value: string | undefined): string | undefined {
	const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1];
	return encoded?.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}
