import type { Malformed } from '../../bytes/malformed.js';
import { firstHeader } from '../header-fields.js';
import type { SipMessage } from '../message.js';
import { TextCursor } from '../text-cursor.js';
import { readAuthParameters } from './auth-parameters.js';

/** Authentication-Info of a 2xx (RFC 3261 §20.6, RFC 7616 §3.5): the server proves itself, or gives the next nonce. */
export interface AuthenticationInfo {
	readonly rspauth: string | undefined;
	readonly nextnonce: string | undefined;
	readonly qop: string | undefined;
	readonly cnonce: string | undefined;
	readonly nc: string | undefined;
	readonly malformed?: Malformed;
}

/** Reads an Authentication-Info value. */
export function parseAuthenticationInfo(value: string): AuthenticationInfo {
	const cursor = new TextCursor(value, 'authentication-info');
	const { parameters, malformed } = readAuthParameters(cursor);
	const info = {
		rspauth: parameters.get('rspauth'),
		nextnonce: parameters.get('nextnonce'),
		qop: parameters.get('qop'),
		cnonce: parameters.get('cnonce'),
		nc: parameters.get('nc'),
	};
	return malformed === undefined ? info : { ...info, malformed };
}

/** The Authentication-Info of a response; undefined where it has none. */
export function readAuthenticationInfo(message: SipMessage): AuthenticationInfo | undefined {
	const field = firstHeader(message, 'authentication-info');
	return field === undefined ? undefined : parseAuthenticationInfo(field.value);
}
