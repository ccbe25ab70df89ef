import type { Malformed } from '../bytes/malformed.js';
import { wireText } from '../sip/display-text.js';
import { addressOfRecord, parseUri } from '../sip/uri.js';
import { ProbeError } from './probe-error.js';
import { parseServerAddress } from './server-address.js';

/** RFC 3261 §19.1.2. */
const DEFAULT_PORT = 5060;

/** What a probe registers, and where it begins to look for the registrar. */
export interface ProbeTarget {
	/** Canonical address-of-record for the report. */
	readonly aor: string;
	/** As it is sent in To and From: parameters off, the rest as the user wrote it. Wire text. */
	readonly aorToSend: string;
	/** The user part as written; wire text. */
	readonly user: string;
	/** The user part as credentials name it: unescaped; wire text. */
	readonly userName: string;
	/** Request-URI: the domain, with the port only where the address-of-record has one (RFC 3261 §10.2). */
	readonly requestUri: string;
	/** Host of the Request-URI, IPv6 without brackets, lower case. */
	readonly domain: string;
	/** Name or address to resolve: of `--server`, else the domain. */
	readonly host: string;
	readonly port: number;
}

/** Reads AOR (`sip:` may be left out) and `--server`; throws `ProbeError` (`usage`) for what cannot be probed. */
export function readTarget(aor: string, server: string | undefined): ProbeTarget {
	const text = wireText(/^(sips?|tel):/i.test(aor) ? aor : `sip:${aor}`);
	const parsed = parseUri(text);
	// Never echoed: a password may stand in it.
	if (!parsed.ok)
		throw usage(`The address-of-record cannot be read: ${expected(parsed.malformed)}`);
	const uri = parsed.value;
	if (uri.scheme === 'sips') {
		throw usage('A sips: address-of-record needs TLS, which this probe does not speak');
	}
	if (uri.scheme !== 'sip' || uri.host === undefined || uri.user === undefined) {
		throw usage('An address-of-record has a user, @ and a domain');
	}
	if (uri.hasPassword) {
		throw usage('A password in the address-of-record would be sent in clear text to everybody');
	}
	const domain = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
	const hostport = uri.port === undefined ? domain : `${domain}:${uri.port}`;
	return {
		aor: addressOfRecord(uri),
		aorToSend: `sip:${uri.user}@${hostport}`,
		user: uri.user,
		userName: uri.userUnescaped ?? uri.user,
		requestUri: `sip:${hostport}`,
		domain: uri.host.toLowerCase(),
		...whereTo(server, uri.host, uri.port),
	};
}

function whereTo(
	server: string | undefined,
	domain: string,
	port: number | undefined,
): Pick<ProbeTarget, 'host' | 'port'> {
	if (server === undefined) return { host: domain, port: port ?? DEFAULT_PORT };
	const parsed = parseServerAddress(server);
	if (!parsed.ok) throw usage(`--server "${server}": ${expected(parsed.malformed)}`);
	return { host: parsed.value.host, port: parsed.value.port ?? DEFAULT_PORT };
}

function expected({ problem }: Malformed): string {
	return problem.kind === 'bad-field'
		? `${problem.field}: ${problem.expected} is expected`
		: `${problem.needed} bytes are needed`;
}

function usage(message: string): ProbeError {
	return new ProbeError(
		'usage',
		message,
		'Write it as 1001@example.com; --server HOST[:PORT] says where to send.',
	);
}
