/** Which causes a status code of a REGISTER's response can have, in the order in which to think of them. */
const CAUSES: readonly (readonly [codes: readonly number[], ids: readonly string[]])[] = [
	[[200], ['sip-alg', 'private-contact', 'intermittent-loss']],
	[[300, 301, 302, 305, 380], ['redirect-not-followed']],
	[[400], ['bad-request']],
	[
		[401, 407],
		[
			'challenge-unanswered',
			'algorithm-unsupported',
			'realm-mismatch',
			'realm-case-mismatch',
			'stale-nonce-reused',
			'auth-username-differs',
			'wrong-password',
			'credentials-verified-but-rejected',
		],
	],
	[
		[403],
		[
			'domain-not-served',
			'too-many-contacts',
			'forbidden-before-challenge',
			'forbidden-after-authentication',
			'auth-username-differs',
			'wrong-password',
		],
	],
	[[404], ['domain-not-served', 'unknown-user']],
	[[405, 501], ['not-a-registrar']],
	[[410, 604], ['unknown-user']],
	[
		[408, 504],
		['upstream-timeout', 'no-response'],
	],
	[[423], ['interval-too-brief']],
	[[500, 502, 505, 580], ['server-error']],
	[[503], ['too-many-contacts', 'server-overloaded']],
	[[600, 603, 606, 607, 608], ['declined-globally']],
	[[100], ['no-final-response']],
];

export function causesOfStatus(code: number): readonly string[] {
	return CAUSES.find(([codes]) => codes.includes(code))?.[1] ?? [];
}
