/** Every rule, in the groups of the diagnoses list. Adding one: docs in CONTRIBUTING, Adding a rule. */

import type { CaptureRule, Rule, RuleText } from './rule.js';
import adminProhibited from './rules/admin-prohibited.js';
import akaMacFailure from './rules/aka-mac-failure.js';
import akaNotSupported from './rules/aka-not-supported.js';
import akaResWrong from './rules/aka-res-wrong.js';
import akaSyncFailure from './rules/aka-sync-failure.js';
import algorithmUnsupported from './rules/algorithm-unsupported.js';
import asymmetricPort from './rules/asymmetric-port.js';
import authUsernameDiffers from './rules/auth-username-differs.js';
import authUsernameWithDomain from './rules/auth-username-with-domain.js';
import badRequest from './rules/bad-request.js';
import bannedAfterFailures from './rules/banned-after-failures.js';
import basicAuth from './rules/basic-auth.js';
import bearerTokenMissing from './rules/bearer-token-missing.js';
import bearerTokenRefused from './rules/bearer-token-refused.js';
import bindingNotListed from './rules/binding-not-listed.js';
import bindingReplaced from './rules/binding-replaced.js';
import bodyNotAcceptable from './rules/body-not-acceptable.js';
import callIdChanged from './rules/call-id-changed.js';
import callIdShared from './rules/call-id-shared.js';
import challengeMalformed from './rules/challenge-malformed.js';
import challengeMissing from './rules/challenge-missing.js';
import challengeUnanswered from './rules/challenge-unanswered.js';
import cleartextBearer from './rules/cleartext-bearer.js';
import cleartextSignalling from './rules/cleartext-signalling.js';
import clockSkew from './rules/clock-skew.js';
import contactRewrittenByServer from './rules/contact-rewritten-by-server.js';
import credentialsAlteredInTransit from './rules/credentials-altered-in-transit.js';
import credentialsInWrongHeader from './rules/credentials-in-wrong-header.js';
import credentialsMalformed from './rules/credentials-malformed.js';
import credentialsUnanswered from './rules/credentials-unanswered.js';
import credentialsVerifiedButRejected from './rules/credentials-verified-but-rejected.js';
import cseqNotIncreasing from './rules/cseq-not-increasing.js';
import declinedGlobally from './rules/declined-globally.js';
import defaultRealm from './rules/default-realm.js';
import delayedInTransit from './rules/delayed-in-transit.js';
import digestUriMismatch from './rules/digest-uri-mismatch.js';
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
import doubleNat from './rules/double-nat.js';
import duplicatedInTransit from './rules/duplicated-in-transit.js';
import extensionRequired from './rules/extension-required.js';
import flowClosed from './rules/flow-closed.js';
import flowFailed from './rules/flow-failed.js';
import forbiddenAfterAuthentication from './rules/forbidden-after-authentication.js';
import forbiddenBeforeChallenge from './rules/forbidden-before-challenge.js';
import fragmentLost from './rules/fragment-lost.js';
import gatewayUnreachable from './rules/gateway-unreachable.js';
import grantedExpiryIgnored from './rules/granted-expiry-ignored.js';
import hostUnreachable from './rules/host-unreachable.js';
import imsForbidden from './rules/ims-forbidden.js';
import imsInitialAuthorization from './rules/ims-initial-authorization.js';
import intermittentLoss from './rules/intermittent-loss.js';
import intervalTooBrief from './rules/interval-too-brief.js';
import ipAsDomain from './rules/ip-as-domain.js';
import keepaliveMissing from './rules/keepalive-missing.js';
import keepaliveUnanswered from './rules/keepalive-unanswered.js';
import messageTooLarge from './rules/message-too-large.js';
import missingRport from './rules/missing-rport.js';
import mtuBlackhole from './rules/mtu-blackhole.js';
import natBindingExpired from './rules/nat-binding-expired.js';
import natHairpin from './rules/nat-hairpin.js';
import natMappingChanged from './rules/nat-mapping-changed.js';
import noFinalResponse from './rules/no-final-response.js';
import noQop from './rules/no-qop.js';
import noResponse from './rules/no-response.js';
import nonceCountReused from './rules/nonce-count-reused.js';
import nonceExpired from './rules/nonce-expired.js';
import nonceFromOtherServer from './rules/nonce-from-other-server.js';
import notARegistrar from './rules/not-a-registrar.js';
import opaqueMissing from './rules/opaque-missing.js';
import outboundIncomplete from './rules/outbound-incomplete.js';
import overlappingRegister from './rules/overlapping-register.js';
import passwordAltered from './rules/password-altered.js';
import passwordInUri from './rules/password-in-uri.js';
import pathMissing from './rules/path-missing.js';
import portUnreachable from './rules/port-unreachable.js';
import privateContact from './rules/private-contact.js';
import publicAddressChanged from './rules/public-address-changed.js';
import qopMalformed from './rules/qop-malformed.js';
import realmCaseMismatch from './rules/realm-case-mismatch.js';
import realmChanged from './rules/realm-changed.js';
import realmMismatch from './rules/realm-mismatch.js';
import realmVaries from './rules/realm-varies.js';
import redirectNotFollowed from './rules/redirect-not-followed.js';
import refreshTooLate from './rules/refresh-too-late.js';
import registrationFlapping from './rules/registration-flapping.js';
import requestLost from './rules/request-lost.js';
import requestUriWithUser from './rules/request-uri-with-user.js';
import responseFromOtherAddress from './rules/response-from-other-address.js';
import responseIgnored from './rules/response-ignored.js';
import responseLengthWrong from './rules/response-length-wrong.js';
import responseLost from './rules/response-lost.js';
import responseMiscomputed from './rules/response-miscomputed.js';
import retryStorm from './rules/retry-storm.js';
import routingLoop from './rules/routing-loop.js';
import sbcAccountRefused from './rules/sbc-account-refused.js';
import scannerTraffic from './rules/scanner-traffic.js';
import secondChallengeUnanswered from './rules/second-challenge-unanswered.js';
import securityAgreementRequired from './rules/security-agreement-required.js';
import serverError from './rules/server-error.js';
import serverExplanation from './rules/server-explanation.js';
import serverOverloaded from './rules/server-overloaded.js';
import serverSilent from './rules/server-silent.js';
import serverSlow from './rules/server-slow.js';
import serverWentSilent from './rules/server-went-silent.js';
import serviceRouteIgnored from './rules/service-route-ignored.js';
import sharedPublicAddress from './rules/shared-public-address.js';
import singleUseNonce from './rules/single-use-nonce.js';
import sipAlg from './rules/sip-alg.js';
import sipAlgCorrupts from './rules/sip-alg-corrupts.js';
import sipAlgDrops from './rules/sip-alg-drops.js';
import sipAlgPortCollision from './rules/sip-alg-port-collision.js';
import sipAlgRedirectsResponse from './rules/sip-alg-redirects-response.js';
import sipIntercepted from './rules/sip-intercepted.js';
import sourceAddressChanged from './rules/source-address-changed.js';
import srvNotUsed from './rules/srv-not-used.js';
import staleBindings from './rules/stale-bindings.js';
import staleFlagMissing from './rules/stale-flag-missing.js';
import staleLoop from './rules/stale-loop.js';
import staleNonceReused from './rules/stale-nonce-reused.js';
import staticNonce from './rules/static-nonce.js';
import symmetricNat from './rules/symmetric-nat.js';
import tcpConnectTimeout from './rules/tcp-connect-timeout.js';
import tcpFallbackRefused from './rules/tcp-fallback-refused.js';
import tcpRefused from './rules/tcp-refused.js';
import tcpReset from './rules/tcp-reset.js';
import thirdPartyRegistration from './rules/third-party-registration.js';
import tlsClientCertificateRequired from './rules/tls-client-certificate-required.js';
import tlsClock from './rules/tls-clock.js';
import tlsExpiredCertificate from './rules/tls-expired-certificate.js';
import tlsHandshakeFailed from './rules/tls-handshake-failed.js';
import tlsNameMismatch from './rules/tls-name-mismatch.js';
import tlsOnPlainPort from './rules/tls-on-plain-port.js';
import tlsUntrustedCertificate from './rules/tls-untrusted-certificate.js';
import tlsVersionMismatch from './rules/tls-version-mismatch.js';
import tooManyContacts from './rules/too-many-contacts.js';
import transportsDiffer from './rules/transports-differ.js';
import unknownUser from './rules/unknown-user.js';
import unusableContact from './rules/unusable-contact.js';
import upstreamTimeout from './rules/upstream-timeout.js';
import userEnumeration from './rules/user-enumeration.js';
import userFormat from './rules/user-format.js';
import weakAlgorithm from './rules/weak-algorithm.js';
import wildcardUnregister from './rules/wildcard-unregister.js';
import wrongExternalAddress from './rules/wrong-external-address.js';
import wrongPassword from './rules/wrong-password.js';
import wrongService from './rules/wrong-service.js';
import wrongTransport from './rules/wrong-transport.js';
import wsHandshakeRefused from './rules/ws-handshake-refused.js';

export const CATALOGUE: readonly Rule[] = [
	realmMismatch,
	realmCaseMismatch,
	realmVaries,
	realmChanged,
	wrongPassword,
	passwordAltered,
	credentialsVerifiedButRejected,
	challengeUnanswered,
	credentialsAlteredInTransit,
	credentialsInWrongHeader,
	qopMalformed,
	responseLengthWrong,
	credentialsMalformed,
	secondChallengeUnanswered,
	nonceCountReused,
	opaqueMissing,
	authUsernameDiffers,
	authUsernameWithDomain,
	digestUriMismatch,
	responseMiscomputed,
	algorithmUnsupported,
	staleNonceReused,
	challengeMissing,
	challengeMalformed,
	bearerTokenMissing,
	bearerTokenRefused,
	staleLoop,
	nonceExpired,
	staleFlagMissing,
	nonceFromOtherServer,
	sourceAddressChanged,
	callIdChanged,
	singleUseNonce,
	forbiddenBeforeChallenge,
	forbiddenAfterAuthentication,
	unknownUser,
	domainNotServed,
	thirdPartyRegistration,
	userFormat,
	redirectNotFollowed,
	badRequest,
	notARegistrar,
	upstreamTimeout,
	sbcAccountRefused,
	noFinalResponse,
	intervalTooBrief,
	serverError,
	serverOverloaded,
	tooManyContacts,
	declinedGlobally,
	extensionRequired,
	securityAgreementRequired,
	routingLoop,
	messageTooLarge,
	bodyNotAcceptable,
	serverExplanation,
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
	delayedInTransit,
	duplicatedInTransit,
	flowClosed,
	ipAsDomain,
	requestUriWithUser,
	defaultRealm,
	weakAlgorithm,
	noQop,
	staticNonce,
	cleartextSignalling,
	cleartextBearer,
	basicAuth,
	userEnumeration,
	passwordInUri,
	bindingNotListed,
	responseIgnored,
	responseFromOtherAddress,
	asymmetricPort,
	wrongTransport,
	sipAlgCorrupts,
	unusableContact,
	wrongExternalAddress,
	natMappingChanged,
	publicAddressChanged,
	natBindingExpired,
	keepaliveUnanswered,
	registrationFlapping,
	grantedExpiryIgnored,
	refreshTooLate,
	serverSlow,
	wildcardUnregister,
	bindingReplaced,
	staleBindings,
	callIdShared,
	cseqNotIncreasing,
	sipAlgPortCollision,
	sipIntercepted,
	sipAlgDrops,
	overlappingRegister,
	retryStorm,
	clockSkew,
	contactRewrittenByServer,
	doubleNat,
	symmetricNat,
	natHairpin,
	pathMissing,
	outboundIncomplete,
	flowFailed,
	serviceRouteIgnored,
	keepaliveMissing,
	imsInitialAuthorization,
	akaNotSupported,
	akaMacFailure,
	akaSyncFailure,
	akaResWrong,
	imsForbidden,
];

/** Those about a whole capture. */
export const CAPTURE_RULES: readonly CaptureRule[] = [
	scannerTraffic,
	sharedPublicAddress,
	transportsDiffer,
];

/** Everything that can be explained. */
export const ALL_RULES: readonly RuleText[] = [...CATALOGUE, ...CAPTURE_RULES];

/** The rule of an id; undefined where there is none. */
export function findRule(id: string): RuleText | undefined {
	return ALL_RULES.find((rule) => rule.id === id);
}
