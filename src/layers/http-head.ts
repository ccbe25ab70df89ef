/* The head of an HTTP/1.1 request or response (RFC 9112), as far as the upgrade to WebSocket needs it. */

export interface HttpHead {
	/** `GET /ws HTTP/1.1`, `HTTP/1.1 101 Switching Protocols`. */
	readonly startLine: string;
	/** Names in lower case; values of one name joined with a comma. */
	readonly fields: ReadonlyMap<string, string>;
	/** Bytes of the head, its empty line included. */
	readonly length: number;
}

const MAX_HEAD = 16_384;

/** `incomplete` while the empty line is missing; undefined where the head is longer than any upgrade's. */
export function readHttpHead(bytes: Uint8Array): HttpHead | 'incomplete' | undefined {
	const text = Buffer.from(bytes.subarray(0, MAX_HEAD)).toString('latin1');
	const end = text.indexOf('\r\n\r\n');
	if (end === -1) return bytes.length < MAX_HEAD ? 'incomplete' : undefined;
	const [startLine = '', ...lines] = text.slice(0, end).split('\r\n');
	const fields = new Map<string, string>();
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (colon <= 0) continue;
		const name = line.slice(0, colon).trim().toLowerCase();
		const value = line.slice(colon + 1).trim();
		const known = fields.get(name);
		fields.set(name, known === undefined ? value : `${known}, ${value}`);
	}
	return { startLine, fields, length: end + 4 };
}
