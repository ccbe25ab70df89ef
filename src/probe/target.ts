import type { Malformed } from '../bytes/malformed.js';
import { isIpAddress } from '../net/address.js';
import { wireText } from '../sip/display-text.js';
import { addressOfRecord, parseUri } from '../sip/uri.js';
import { ProbeError } from './probe-error.js';
import { parseServerAddress } from './server-address.js';
import type { ServerIdentity } from './transport.js';

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
	/** A sips: address-of-record, which goes only over TLS (RFC 3261 §26.2.2). */
	readonly secure: boolean;
	/** Name or address to resolve: of `--server`, else the domain. */
	readonly host: string;
	/** Only where one was written: without it the DNS may name another (RFC 3263 §4.2). */
	readonly port: number | undefined;
	/** Whom certificates and WebSocket requests are about. */
	readonly identity: ServerIdentity;
}

/** Reads AOR (`sip:` may be left out) and `--server`; throws `ProbeError` (`usage`) for what cannot be probed. */
export function readTarget(aor: string, server: string | undefined): ProbeTarget {
	const text = wireText(/^(sips?|tel):/i.test(aor) ? aor : `sip:${aor}`);
	const parsed = parseUri(text);
	// Never echoed: a password may stand in it.
	if (!parsed.ok)
		throw usage(`The address-of-record cannot be read: ${expected(parsed.malformed)}`);
	const uri = parsed.value;
	const { scheme } = uri;
	if ((scheme !== 'sip' && scheme !== 'sips') || uri.host === undefined || uri.user === undefined) {
		throw usage('An address-of-record has a user, @ and a domain');
	}
	if (uri.hasPassword) {
		throw usage('A password in the address-of-record would be sent in clear text to everybody');
	}
	const domain = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
	const hostport = uri.port === undefined ? domain : `${domain}:${uri.port}`;
	const where = whereTo(server, uri.host, uri.port);
	return {
		aor: addressOfRecord(uri),
		aorToSend: `${scheme}:${uri.user}@${hostport}`,
		user: uri.user,
		userName: uri.userUnescaped ?? uri.user,
		requestUri: `${scheme}:${hostport}`,
		domain: uri.host.toLowerCase(),
		secure: scheme === 'sips',
		...where,
		identity: identityOf(where.host.toLowerCase(), uri.host.toLowerCase()),
	};
}

/**
 * RFC 5922 §7.3: the certificate is for the domain that the user means, the SIP domain or an outbound proxy that was
 * named, and never for what the DNS led to. An outbound proxy given by its address has no name of its own.
 */
function identityOf(host: string, domain: string): ServerIdentity {
	if (isIpAddress(host) || host === domain) return { name: domain, accepted: [domain] };
	return { name: host, accepted: [host, domain] };
}

function whereTo(
	server: string | undefined,
	domain: string,
	port: number | undefined,
): Pick<ProbeTarget, 'host' | 'port'> {
	if (server === undefined) return { host: domain, port };
	const parsed = parseServerAddress(server);
	if (!parsed.ok) throw usage(`--server "${server}": ${expected(parsed.malformed)}`);
	return { host: parsed.value.host, port: parsed.value.port };
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
