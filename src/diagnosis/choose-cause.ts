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
	'sip-alg-corrupts',
	'credentials-altered-in-transit',
	'sip-alg-redirects-response',
	'nat-hairpin',
	'response-from-other-address',
	'asymmetric-port',
	'response-ignored',
	'missing-rport',
	'response-lost',
	'banned-after-failures',
	// Two captures prove it; behind what explains why it is dropped.
	'request-lost',
	// It arrives where, or with a Via by which, nobody answers over this transport: why the server is silent.
	'wrong-transport',
	'server-silent',
	'credentials-unanswered',
	'server-went-silent',
	'no-final-response',
	'sip-alg-drops',
	'no-response',
	// Step 9 and 11, what the server says in plain words.
	'too-many-contacts',
	'message-too-large',
	'domain-not-served',
	// Whatever the phone is told, it was said of another account.
	'sbc-account-refused',
	// Step 8, the 401 loop (B3). 1: no credentials that can be used, for want of a challenge or of an answer.
	'challenge-missing',
	'challenge-malformed',
	'bearer-token-missing',
	'bearer-token-refused',
	// What a SIM says, or a phone that has none: no algorithm, password or realm would help.
	'aka-not-supported',
	'aka-mac-failure',
	'aka-sync-failure',
	'algorithm-unsupported',
	'credentials-malformed',
	'challenge-unanswered',
	// 2: the wrong header field or realm; what varies or wants two answers shows a mismatch as its consequence.
	'credentials-in-wrong-header',
	'second-challenge-unanswered',
	// 3 to 5: where the nonce came from, who gave it and to whom. Another server often has another realm as well.
	'nonce-from-other-server',
	'realm-varies',
	'realm-case-mismatch',
	'realm-mismatch',
	'stale-nonce-reused',
	'source-address-changed',
	'call-id-changed',
	// 6: the age of the nonce; a count that went wrong is refused in the same way, and can be seen.
	'nonce-expired',
	'nonce-count-reused',
	'stale-flag-missing',
	'stale-loop',
	// 7: the structure of the answer, proofs first. Each is a mere possibility where the digest is proved wrong.
	'response-length-wrong',
	'qop-malformed',
	'opaque-missing',
	// 8 and 9: only then realm as part of HA1, username and password.
	'realm-changed',
	'password-altered',
	'auth-username-with-domain',
	'auth-username-differs',
	'digest-uri-mismatch',
	'response-miscomputed',
	'aka-res-wrong',
	'credentials-verified-but-rejected',
	'wrong-password',
	// Step 9 to 11: the status of the server.
	'third-party-registration',
	'ims-initial-authorization',
	'ims-forbidden',
	'forbidden-before-challenge',
	'forbidden-after-authentication',
	'user-format',
	'unknown-user',
	'interval-too-brief',
	'redirect-not-followed',
	'security-agreement-required',
	'extension-required',
	'not-a-registrar',
	'routing-loop',
	'body-not-acceptable',
	'cseq-not-increasing',
	'bad-request',
	'declined-globally',
	'flow-failed',
	'upstream-timeout',
	'server-overloaded',
	'server-error',
	'binding-not-listed',
	// A presumption only: what the server said comes first. Where two captures prove it: `isForgery`.
	'sip-intercepted',
];

/** Fatal although the server said 200: nothing else keeps a phone from being bound that was told so. */
const NOT_BOUND = 'binding-not-listed';

/** Degraded ids in the order of step 0: what may be the cause of a registration that succeeded. */
export const DEGRADED_ORDER: readonly string[] = [
	// The registrar has bound a phone that does not know it.
	'response-lost',
	'sip-alg',
	'sip-alg-port-collision',
	'private-contact',
	'unusable-contact',
	'wrong-external-address',
	'symmetric-nat',
	'double-nat',
	'dns-dead-target',
	'nonce-expired',
	'stale-flag-missing',
	'nonce-count-reused',
	'flow-closed',
	'wildcard-unregister',
	'cseq-not-increasing',
	'granted-expiry-ignored',
	'refresh-too-late',
	'nat-binding-expired',
	'keepalive-unanswered',
	'binding-replaced',
	'registration-flapping',
	'intermittent-loss',
	'server-slow',
];

/**
 * Degraded ids that are worth saying and never the cause: what they show is past, or may harm calls and has left no
 * mark on the registration.
 */
export const FINDINGS_ONLY: readonly string[] = [
	'nat-mapping-changed',
	'public-address-changed',
	'stale-bindings',
	'call-id-shared',
	'path-missing',
	'outbound-incomplete',
	'service-route-ignored',
];

/** The one finding that explains the outcome, among those that fired on the decisive attempt. */
export function chooseCause(outcome: Outcome, findings: readonly Finding[]): Finding | undefined {
	if (isFailed(outcome)) {
		const fatal = inOrderOf(
			FATAL_ORDER,
			findings.filter(({ severity }) => severity === 'fatal'),
		);
		return (
			fatal.find(isForgery) ?? fatal.find(({ confidence }) => confidence !== 'possible') ?? fatal[0]
		);
	}
	if (outcome === 'unregistered') return findings.find(({ id }) => id === NOT_BOUND);
	if (outcome !== 'registered') return undefined;
	const degraded = findings.filter(
		({ severity, confidence }) =>
			severity === 'degraded' && (confidence === 'proven' || confidence === 'strong'),
	);
	return inOrderOf(DEGRADED_ORDER, degraded)[0];
}

/** Whatever the answer says, the registrar did not say it. */
function isForgery({ id, confidence }: Finding): boolean {
	return id === 'sip-intercepted' && confidence === 'proven';
}

function inOrderOf(order: readonly string[], findings: readonly Finding[]): readonly Finding[] {
	return findings
		.filter(({ id }) => order.includes(id))
		.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}
