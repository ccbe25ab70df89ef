/** Every rule, in the groups of the diagnoses list. Adding one: docs in CONTRIBUTING, Adding a rule. */

import type { Rule } from './rule.js';
import adminProhibited from './rules/admin-prohibited.js';
import algorithmUnsupported from './rules/algorithm-unsupported.js';
import authUsernameDiffers from './rules/auth-username-differs.js';
import badRequest from './rules/bad-request.js';
import bannedAfterFailures from './rules/banned-after-failures.js';
import challengeUnanswered from './rules/challenge-unanswered.js';
import credentialsUnanswered from './rules/credentials-unanswered.js';
import credentialsVerifiedButRejected from './rules/credentials-verified-but-rejected.js';
import declinedGlobally from './rules/declined-globally.js';
import dnsDeadTarget from './rules/dns-dead-target.js';
import dnsFailure from './rules/dns-failure.js';
import dnsNxdomain from './rules/dns-nxdomain.js';
import dnsPortSuppressesSrv from './rules/dns-port-suppresses-srv.js';
import dnsPrivateAddress from './rules/dns-private-address.js';
import dnsRecordMissing from './rules/dns-record-missing.js';
import dnsRewritten from './rules/dns-rewritten.js';
import dnsSplitHorizon from './rules/dns-split-horizon.js';
import dnsTimeout from './rules/dns-timeout.js';
import domainNotServed from './rules/domain-not-served.js';
import flowClosed from './rules/flow-closed.js';
import forbiddenAfterAuthentication from './rules/forbidden-after-authentication.js';
import forbiddenBeforeChallenge from './rules/forbidden-before-challenge.js';
import fragmentLost from './rules/fragment-lost.js';
import gatewayUnreachable from './rules/gateway-unreachable.js';
import hostUnreachable from './rules/host-unreachable.js';
import intermittentLoss from './rules/intermittent-loss.js';
import intervalTooBrief from './rules/interval-too-brief.js';
import missingRport from './rules/missing-rport.js';
import mtuBlackhole from './rules/mtu-blackhole.js';
import noFinalResponse from './rules/no-final-response.js';
import noResponse from './rules/no-response.js';
import notARegistrar from './rules/not-a-registrar.js';
import portUnreachable from './rules/port-unreachable.js';
import privateContact from './rules/private-contact.js';
import realmCaseMismatch from './rules/realm-case-mismatch.js';
import realmMismatch from './rules/realm-mismatch.js';
import redirectNotFollowed from './rules/redirect-not-followed.js';
import requestLost from './rules/request-lost.js';
import responseLost from './rules/response-lost.js';
import serverError from './rules/server-error.js';
import serverOverloaded from './rules/server-overloaded.js';
import serverSilent from './rules/server-silent.js';
import serverWentSilent from './rules/server-went-silent.js';
import sipAlg from './rules/sip-alg.js';
import sipAlgRedirectsResponse from './rules/sip-alg-redirects-response.js';
import srvNotUsed from './rules/srv-not-used.js';
import staleNonceReused from './rules/stale-nonce-reused.js';
import tcpConnectTimeout from './rules/tcp-connect-timeout.js';
import tcpFallbackRefused from './rules/tcp-fallback-refused.js';
import tcpRefused from './rules/tcp-refused.js';
import tcpReset from './rules/tcp-reset.js';
import tlsClientCertificateRequired from './rules/tls-client-certificate-required.js';
import tlsClock from './rules/tls-clock.js';
import tlsExpiredCertificate from './rules/tls-expired-certificate.js';
import tlsHandshakeFailed from './rules/tls-handshake-failed.js';
import tlsNameMismatch from './rules/tls-name-mismatch.js';
import tlsOnPlainPort from './rules/tls-on-plain-port.js';
import tlsUntrustedCertificate from './rules/tls-untrusted-certificate.js';
import tlsVersionMismatch from './rules/tls-version-mismatch.js';
import tooManyContacts from './rules/too-many-contacts.js';
import unknownUser from './rules/unknown-user.js';
import upstreamTimeout from './rules/upstream-timeout.js';
import wrongPassword from './rules/wrong-password.js';
import wrongService from './rules/wrong-service.js';
import wsHandshakeRefused from './rules/ws-handshake-refused.js';

export const CATALOGUE: readonly Rule[] = [
	realmMismatch,
	realmCaseMismatch,
	wrongPassword,
	credentialsVerifiedButRejected,
	challengeUnanswered,
	authUsernameDiffers,
	algorithmUnsupported,
	staleNonceReused,
	forbiddenBeforeChallenge,
	forbiddenAfterAuthentication,
	unknownUser,
	domainNotServed,
	redirectNotFollowed,
	badRequest,
	notARegistrar,
	upstreamTimeout,
	noFinalResponse,
	intervalTooBrief,
	serverError,
	serverOverloaded,
	tooManyContacts,
	declinedGlobally,
	privateContact,
	missingRport,
	sipAlg,
	sipAlgRedirectsResponse,
	noResponse,
	requestLost,
	responseLost,
	serverSilent,
	serverWentSilent,
	bannedAfterFailures,
	credentialsUnanswered,
	portUnreachable,
	hostUnreachable,
	adminProhibited,
	tcpRefused,
	tcpConnectTimeout,
	tcpReset,
	tcpFallbackRefused,
	mtuBlackhole,
	fragmentLost,
	gatewayUnreachable,
	wrongService,
	tlsOnPlainPort,
	tlsUntrustedCertificate,
	tlsNameMismatch,
	tlsExpiredCertificate,
	tlsVersionMismatch,
	tlsClientCertificateRequired,
	tlsClock,
	tlsHandshakeFailed,
	wsHandshakeRefused,
	dnsNxdomain,
	dnsFailure,
	dnsTimeout,
	dnsRecordMissing,
	dnsRewritten,
	dnsSplitHorizon,
	dnsPrivateAddress,
	dnsPortSuppressesSrv,
	srvNotUsed,
	dnsDeadTarget,
	intermittentLoss,
	flowClosed,
];

/** The rule of an id; undefined where there is none. */
export function findRule(id: string): Rule | undefined {
	return CATALOGUE.find((rule) => rule.id === id);
}
