/*
 * The words of a probe's checklist. They name the values; nothing here prints a credential: challenges are named by
 * scheme, algorithm, realm and qop, credentials by their username alone.
 */
import { firstHeader } from '../sip/header-fields.js';
import type { Challenge } from '../sip/headers/authenticate.js';
import { readRetryAfter } from '../sip/headers/retry-after.js';
import type { SipResponse } from '../sip/message.js';
import type { ChallengeSeen } from './authentication.js';
import { clipped, quoted } from './checklist.js';
import type { ProbeStep } from './probe-step.js';
import type { ProbeTransportName, TransportFailure } from './transport.js';

/** `403 Forbidden`, with Retry-After and Warning where the server sent them. */
export function statusWords(response: SipResponse): string {
	const words = [`${response.statusCode} ${clipped(response.reasonPhrase)}`.trim()];
	const retry = readRetryAfter(response);
	if (retry?.ok === true) words.push(`Retry-After ${retry.value.seconds} s`);
	const warning = firstHeader(response, 'warning');
	if (warning !== undefined) words.push(`Warning ${clipped(warning.value)}`);
	const contact = isRedirect(response) ? firstHeader(response, 'contact') : undefined;
	if (contact !== undefined) words.push(`it points to ${clipped(contact.value)}`);
	return words.join(', ');
}

function isRedirect({ statusCode }: SipResponse): boolean {
	return statusCode >= 300 && statusCode < 400;
}

/** What the socket was told, in words that claim no more. */
export function failureWords(failure: TransportFailure): string {
	if (failure.kind === 'tls' || failure.kind === 'websocket') return failure.why;
	if (failure.kind === 'connection') {
		const errno = failure.errno === undefined ? '' : ` (${failure.errno})`;
		switch (failure.outcome) {
			case 'refused':
				return `the connection was refused${errno}: nothing listens there, or a firewall says so`;
			case 'timed-out':
				return `the connection did not come up in time${errno}`;
			case 'reset':
				return failure.errno === undefined
					? 'the server closed the connection without an answer'
					: `the connection was cut${errno}`;
		}
	}
	const told = `(${failure.errno}; who sent it, a socket is not told)`;
	if (failure.errno === 'EPERM') return "this machine's own packet filter prohibits it (EPERM)";
	switch (failure.reason) {
		case 'port':
			return `ICMP says that the port is unreachable ${told}: nothing listens there, or a firewall says so`;
		case 'admin-prohibited':
			return `a firewall or router prohibits it ${told}`;
		case 'host':
			return `the host is unreachable, or a firewall says so ${told}`;
		case 'network':
			return `the network is unreachable, or a firewall says so ${told}`;
		case 'other':
			return `the socket failed (${failure.errno})`;
	}
}

/** `no answer in 32 s, sent 11 times`. */
export function silenceWords(name: ProbeTransportName, timeoutMs: number, sends: number): string {
	const times = sends === 1 ? 'sent once' : `sent ${sends} times`;
	const why =
		name === 'udp'
			? ': a filter on the way, a dead host and a server that ignores it look the same from here'
			: ': the connection stands, the server says nothing';
	return `no answer in ${timeoutMs / 1000} s, ${times}${why}`;
}

/** The `challenge` step, every offer named. */
export function challengeStep(
	{ offered, chosen }: ChallengeSeen,
	forcedAlgorithm: string | undefined,
): Pick<ProbeStep, 'state' | 'text'> {
	if (offered.length === 0) {
		return { state: 'failed', text: 'the challenge has no header field that can be read' };
	}
	const offers = offered.slice(0, MAX_OFFERS).map(offerWords).join('; ');
	if (chosen === undefined) {
		const wanted =
			forcedAlgorithm === undefined
				? 'none of them can be answered'
				: `${clipped(forcedAlgorithm)} is not among them`;
		return { state: 'failed', text: `offered: ${offers}; ${wanted}` };
	}
	return { state: 'ok', text: `offered: ${offers}; ${algorithmOf(chosen.algorithm)} is taken` };
}

const MAX_OFFERS = 10;

function offerWords({ scheme, digest, parameters }: Challenge): string {
	const realm = `realm ${quoted(parameters.get('realm') ?? '')}`;
	if (digest === undefined) return `${clipped(scheme)} (${realm})`;
	const qop = digest.qop.length === 0 ? 'no qop' : `qop ${clipped(digest.qop.join(','))}`;
	return `${algorithmOf(digest.algorithm)} (${realm}, ${qop})`;
}

function algorithmOf(algorithm: string | undefined): string {
	return algorithm === undefined ? 'MD5' : clipped(algorithm);
}
