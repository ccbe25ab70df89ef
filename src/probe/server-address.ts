import { isIP } from 'node:net';
import type { Parsed } from '../bytes/malformed.js';
import { canonicalAddress, lacksZone } from '../net/address.js';

/** Where a probe was told to send: a name or an address, and a port where one was given. */
export interface ServerAddress {
	/** A lower-case name, or an address in canonical text without brackets, a link-local one with its zone. */
	readonly host: string;
	readonly port: number | undefined;
}

/** The ports that nobody has in mind as the end of an address. */
const PORT_AT_THE_END = /:(?:5060|5061|3478|8088|8089)$/;

/** `HOST[:PORT]`; IPv6 in brackets (`[2001:db8::1]:5060`), or bare where no port follows; `fe80::1%eth0`. */
export function parseServerAddress(text: string): Parsed<ServerAddress> {
	const bare = isIP(text) === 6;
	if (bare && PORT_AT_THE_END.test(text)) {
		const port = text.lastIndexOf(':');
		const expected = `[${text}] or [${text.slice(0, port)}]${text.slice(port)} (brackets, as it can be read both ways)`;
		return bad('host', text, expected);
	}
	const match = bare
		? [text, text]
		: /^(?:\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(
				text,
			);
	const host = match?.[1] ?? match?.[2];
	if (host !== undefined && lacksZone(host)) {
		return bad(
			'host',
			text,
			`${host}%INTERFACE, such as ${host}%eth0 (a link-local address alone leads nowhere)`,
		);
	}
	if (host === undefined || (match?.[1] !== undefined && isIP(host) !== 6)) {
		return bad('host', text, 'HOST[:PORT], an IPv6 address in brackets');
	}
	const port = match?.[3] === undefined ? undefined : Number(match[3]);
	if (port !== undefined && (port < 1 || port > 65_535)) {
		return bad('port', String(port), 'a number from 1 to 65535');
	}
	return { ok: true, value: { host: canonicalAddress(host), port } };
}

function bad(field: string, value: string, expected: string): Parsed<never> {
	const problem = { kind: 'bad-field', field, value, expected } as const;
	return { ok: false, malformed: { layer: 'server', offset: 0, problem } };
}
