import { type Reply, reply } from './reply.js';

/** A digest challenge to write (RFC 7616 §3.3); absent parts are left out. */
export interface ChallengeParts {
	readonly realm: string | undefined;
	readonly nonce: string | undefined;
	/** `MD5` goes without saying, and so takes no room. */
	readonly algorithm: string;
	readonly qop: string | undefined;
	readonly stale: boolean;
}

/** A 401 with these challenges, the most wanted first (RFC 8760 §2.4). */
export function challengeReply(challenges: readonly ChallengeParts[]): Reply {
	return reply(
		401,
		challenges.map((challenge) => ['WWW-Authenticate', challengeText(challenge)]),
	);
}

function challengeText({ realm, nonce, algorithm, qop, stale }: ChallengeParts): string {
	const parts = [
		...(realm === undefined ? [] : [`realm=${quoted(realm)}`]),
		...(nonce === undefined ? [] : [`nonce=${quoted(nonce)}`]),
		...(algorithm === 'MD5' ? [] : [`algorithm=${algorithm}`]),
		...(qop === undefined ? [] : [`qop=${quoted(qop)}`]),
		...(stale ? ['stale=true'] : []),
	];
	return `Digest ${parts.join(',')}`;
}

function quoted(text: string): string {
	return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
