import type { Reply } from './reply.js';

/** A reply with less in it, for where the whole of it has no room, and what was left out, in words. */
export interface ShorterReply {
	readonly reply: Reply;
	readonly without: string | undefined;
}

/** The whole first; each further one is shorter. */
export function shorterReplies(whole: Reply): readonly ShorterReply[] {
	const { copies = 1 } = whole;
	const once: Reply = { ...whole, copies: 1 };
	const challenges = whole.headers.filter(([name]) => name === CHALLENGE);
	const [first] = challenges;
	return [
		{ reply: whole, without: undefined },
		...(copies > 1 ? [{ reply: once, without: `sent once instead of ${copies} times` }] : []),
		...(first !== undefined && challenges.length > 1
			? [{ reply: withOnly(first, once), without: 'with the first challenge alone' }]
			: []),
	];
}

const CHALLENGE = 'WWW-Authenticate';

/** RFC 8760 §2.4: the first is the one that is wanted most. */
function withOnly(challenge: Reply['headers'][number], reply: Reply): Reply {
	const headers = reply.headers.filter(([name]) => name !== CHALLENGE);
	return { ...reply, headers: [...headers, challenge] };
}
