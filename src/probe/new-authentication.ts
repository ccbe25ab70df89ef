import type { DigestSecret } from '../digest/digest.js';
import { isSecure, type Transport } from '../net/transport.js';
import { wireText } from '../sip/display-text.js';
import { Authentication } from './authentication.js';
import type { RegisteringOptions } from './registering-options.js';

export interface AuthenticationInputs {
	/** Of the address-of-record. */
	readonly userName: string;
	/** As the user gave it; absent: the user of the address-of-record. */
	readonly authUser: string | undefined;
	readonly secret: DigestSecret | undefined;
	readonly algorithm: string | undefined;
	readonly registering: RegisteringOptions | undefined;
	readonly newCnonce: () => string;
	/** The transport in use, for a token that may only go over TLS (RFC 8898 §2.1). */
	readonly spoken: () => Transport | undefined;
}

/** Digest username, wire text. */
export function digestUsername({
	authUser,
	userName,
}: Pick<AuthenticationInputs, 'authUser' | 'userName'>): string {
	return authUser === undefined ? userName : wireText(authUser);
}

/** The credentials of whoever registers, with everything that the user gave. */
export function newAuthentication(inputs: AuthenticationInputs): Authentication {
	const { secret, algorithm, registering, newCnonce, spoken } = inputs;
	const bearer = registering?.bearer;
	return new Authentication({
		username: digestUsername(inputs),
		...{ secret, algorithm, newCnonce },
		sim: registering?.sim,
		bearer: bearer && {
			token: bearer.token,
			mayBeSent: () => bearer.overCleartext || isSecure(spoken()),
		},
	});
}
