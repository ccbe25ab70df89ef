/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the lab to src/ */

/* As much of SIP as the lab's own servers need: one message a datagram, one header field a line. */

export const header = (message, name) =>
	new RegExp(`^${name}\\s*:\\s*(.*?)\\r?$`, 'im').exec(message)?.[1];

export const statusOf = (message) => Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);

export const methodOf = (message) => /^(\w+) \S+ SIP\/2\.0/.exec(message)?.[1];

/** An answer by RFC 3261 §8.2.6 and RFC 3581 §4, to where the request came from. */
export function answerTo(request, from, status, lines = []) {
	const via = header(request, 'Via').replace(/;rport(?=;|$)/i, `;rport=${from.port}`);
	return [
		`SIP/2.0 ${status}`,
		`Via: ${via};received=${from.address}`,
		`From: ${header(request, 'From')}`,
		`To: ${header(request, 'To')};tag=lab`,
		`Call-ID: ${header(request, 'Call-ID')}`,
		`CSeq: ${header(request, 'CSeq')}`,
		...lines,
		'Content-Length: 0',
		'',
		'',
	].join('\r\n');
}
