/*
 * The choice of one cause (diagnoses, One cause; knowledge B1): lower layer before upper, a proof before a presumption,
 * what came first before what followed from it.
 */

import { isFailed } from '../registration/outcome.js';
import type { Outcome } from '../registration/registration.js';
import type { Finding } from './finding.js';

/** Fatal ids in the order in which they explain a failure: the first that fired is the cause. */
export const FATAL_ORDER: readonly string[] = [
	// Below everything: nothing leaves the link, so that names and connections fail with it.
	'gateway-unreachable',
	// B1 step 1 and 2: no SIP was sent.
	'dns-nxdomain',
	'dns-failure',
	'dns-timeout',
	'dns-record-missing',
	'dns-rewritten',
	// Where to send was known and wrong: the cause of what the network says of it, and of silence.
	'dns-split-horizon',
	'dns-private-address',
	'dns-port-suppresses-srv',
	'srv-not-used',
	'dns-dead-target',
	'tcp-fallback-refused',
	'tcp-refused',
	'tcp-connect-timeout',
	// The connection is up: size before what was said on it, an alert before the end of the connection that follows it.
	'mtu-blackhole',
	'tls-on-plain-port',
	'wrong-service',
	'tls-version-mismatch',
	'tls-expired-certificate',
	'tls-clock',
	'tls-name-mismatch',
	'tls-untrusted-certificate',
	'tls-client-certificate-required',
	'tls-handshake-failed',
	'ws-handshake-refused',
	'tcp-reset',
	// Step 3: the network says so.
	'admin-prohibited',
	'host-unreachable',
	'port-unreachable',
	// Step 5 and 6, the silence tree: a wrong destination port before a loss, a loss before silence.
	'fragment-lost',
	'sip-alg-redirects-response',
	'missing-rport',
	'response-lost',
	'banned-after-failures',
	// Two captures prove it; behind what explains why it is dropped.
	'request-lost',
	'server-silent',
	'credentials-unanswered',
	'server-went-silent',
	'no-final-response',
	'no-response',
	// Step 9 and 11, what the server says in plain words.
	'too-many-contacts',
	'domain-not-served',
	// Step 8, the 401 loop: no credentials, realm, nonce, and only then username and password.
	'algorithm-unsupported',
	'challenge-unanswered',
	'realm-case-mismatch',
	'realm-mismatch',
	'stale-nonce-reused',
	'auth-username-differs',
	'credentials-verified-but-rejected',
	'wrong-password',
	// Step 9 to 11: the status of the server.
	'forbidden-before-challenge',
	'forbidden-after-authentication',
	'unknown-user',
	'interval-too-brief',
	'redirect-not-followed',
	'not-a-registrar',
	'bad-request',
	'declined-globally',
	'upstream-timeout',
	'server-overloaded',
	'server-error',
];

/** Degraded ids in the order of step 0: what may be the cause of a registration that succeeded. */
export const DEGRADED_ORDER: readonly string[] = [
	'sip-alg',
	'private-contact',
	'dns-dead-target',
	'flow-closed',
	'intermittent-loss',
];

/** The one finding that explains the outcome, among those that fired on the decisive attempt. */
export function chooseCause(outcome: Outcome, findings: readonly Finding[]): Finding | undefined {
	if (isFailed(outcome)) {
		const fatal = inOrderOf(
			FATAL_ORDER,
			findings.filter(({ severity }) => severity === 'fatal'),
		);
		return fatal.find(({ confidence }) => confidence !== 'possible') ?? fatal[0];
	}
	if (outcome !== 'registered') return undefined;
	const degraded = findings.filter(
		({ severity, confidence }) =>
			severity === 'degraded' && (confidence === 'proven' || confidence === 'strong'),
	);
	return inOrderOf(DEGRADED_ORDER, degraded)[0];
}

function inOrderOf(order: readonly string[], findings: readonly Finding[]): readonly Finding[] {
	return findings
		.filter(({ id }) => order.includes(id))
		.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}
