/*
 * Why a TLS handshake came to nothing, from what it shows without keys (RFC 8446 §6, RFC 5246 §7.2). One event, one
 * answer: the rules of the group TLS each ask for their own.
 */
import type { Instant } from '../time/instant.js';
import type { TlsEvent } from '../trace/observed.js';
import { isCutAfterTls, isTlsFailure } from './flow-event.js';

export type TlsReason =
	| 'untrusted'
	| 'name'
	| 'expired'
	| 'version'
	| 'client-certificate'
	| 'clock'
	| 'plain-port'
	| 'wrong-service'
	| 'other';

export interface TlsFailure {
	readonly reason: TlsReason;
	/** `proven` where bytes say so, `strong` where a value explains a vague alert, `likely` where somebody only left. */
	readonly confidence: 'proven' | 'strong' | 'likely';
	/** Somebody broke off after the server's flight, and encryption hides why (RFC 8446 §6). */
	readonly hidden: boolean;
}

type Certificate = TlsEvent['certificates'][number];

/** Alert descriptions by which a peer refuses a certificate without or with a reason (RFC 8446 §6.2). */
const CERTIFICATE_ALERTS = [42, 43, 44, 45, 46, 48, 49];
const CERTIFICATE_EXPIRED = 45;
const UNKNOWN_CA = 48;
const HANDSHAKE_FAILURE = 40;
const PROTOCOL_VERSION = 70;
const UNRECOGNIZED_NAME = 112;
const CERTIFICATE_REQUIRED = 116;

/** The reason of a handshake that failed; undefined where it did not, or is still under way. */
export function tlsFailureOf(event: TlsEvent): TlsFailure | undefined {
	if (!isTlsFailure(event) || isCutAfterTls(event)) return undefined;
	const { foreignAnswer, alert, verification } = event;
	if (verification !== undefined) return failure(verification.reason, 'proven');
	if (foreignAnswer !== undefined) return ofForeignAnswer(foreignAnswer);
	if (alert !== undefined && alert.description !== 0) {
		return alert.by === 'server' ? ofServerAlert(event) : ofClientAlert(event);
	}
	return event.closedBy === 'client' ? ofClientClose(event) : ofServerClose(event);
}

function failure(
	reason: TlsReason,
	confidence: TlsFailure['confidence'],
	hidden = false,
): TlsFailure {
	return { reason, confidence, hidden };
}

function ofForeignAnswer(text: string): TlsFailure {
	if (text.startsWith('SIP/2.0')) return failure('plain-port', 'proven');
	return failure('wrong-service', /^(?:HTTP\/|SSH-)/.test(text) ? 'proven' : 'strong');
}

function ofServerAlert(event: TlsEvent): TlsFailure {
	const description = event.alert?.description ?? 0;
	if (description === PROTOCOL_VERSION) return failure('version', 'proven');
	if (description === CERTIFICATE_REQUIRED) return failure('client-certificate', 'proven');
	if (description === UNRECOGNIZED_NAME) return failure('name', 'proven');
	// A server that never asked for a certificate cannot refuse one: these then speak of something else.
	if (event.certificateRequested) {
		if (CERTIFICATE_ALERTS.includes(description)) return failure('client-certificate', 'proven');
		if (description === HANDSHAKE_FAILURE) return failure('client-certificate', 'strong');
	}
	if (description === HANDSHAKE_FAILURE && isOldVersion(event.offeredVersion)) {
		return failure('version', 'likely');
	}
	return failure('other', 'proven');
}

function ofClientAlert(event: TlsEvent): TlsFailure {
	const description = event.alert?.description ?? 0;
	if (description === PROTOCOL_VERSION) return failure('version', 'proven');
	if (description === UNKNOWN_CA) return failure('untrusted', 'proven');
	if (description === CERTIFICATE_EXPIRED) return ofExpiredAlert(event);
	if (!CERTIFICATE_ALERTS.includes(description)) return failure('other', 'proven');
	// Clients say bad_certificate and certificate_unknown of a wrong name and of an unknown issuer alike.
	const found = faultOf(event);
	const isHidden = event.certificates.length === 0 || event.serverName === undefined;
	if (found === undefined && isHidden) return failure('other', 'proven', true);
	return found === undefined ? failure('untrusted', 'likely') : failure(found, 'strong');
}

/** The phone says expired: it is, or the phone's clock is wrong where every certificate shown is valid. */
function ofExpiredAlert(event: TlsEvent): TlsFailure {
	if (event.certificates.length === 0) return failure('expired', 'likely');
	const isValid = event.certificates.every((certificate) => isValidAt(certificate, event.at));
	return isValid ? failure('clock', 'strong') : failure('expired', 'proven');
}

/** Without an alert in the clear: what the certificate shows is at most likely, and TLS 1.3 shows nothing. */
function ofClientClose(event: TlsEvent): TlsFailure {
	if (event.reached === 'client-hello') return failure('other', 'likely');
	const found = faultOf(event);
	return found === undefined ? failure('other', 'likely', true) : failure(found, 'likely');
}

function ofServerClose(event: TlsEvent): TlsFailure {
	const { reached, offeredVersion, certificateRequested } = event;
	if (reached === 'client-hello') {
		return failure(isOldVersion(offeredVersion) ? 'version' : 'other', 'likely');
	}
	return certificateRequested
		? failure('client-certificate', 'likely')
		: failure('other', 'likely', true);
}

/** What is wrong with the certificate that the server showed; undefined where nothing is, or none could be read. */
function faultOf(event: TlsEvent): 'expired' | 'name' | 'untrusted' | undefined {
	const { certificates, at } = event;
	const [leaf] = certificates;
	if (leaf === undefined) return undefined;
	if (certificates.some((certificate) => !isValidAt(certificate, at))) return 'expired';
	if (isNameMismatch(event)) return 'name';
	return certificates.length === 1 && leaf.subject === leaf.issuer ? 'untrusted' : undefined;
}

export function isValidAt({ notBefore, notAfter }: Certificate, at: Instant): boolean {
	return notBefore <= at && at <= notAfter;
}

/** RFC 5922 §7.2: the SIP domain as a dNSName or the host of a SIP URI, compared whole, wildcards not allowed. */
function isNameMismatch({ certificates, serverName }: TlsEvent): boolean {
	const [leaf] = certificates;
	if (leaf === undefined || serverName === undefined || leaf.names.length === 0) return false;
	const wanted = serverName.toLowerCase().replace(/\.$/, '');
	return !leaf.names.some((name) => hostIn(name) === wanted);
}

/** True where only a wildcard fits, which many clients take and RFC 5922 §7.2 forbids. */
export function fitsWildcard({ certificates, serverName }: TlsEvent): boolean {
	const parent = serverName?.toLowerCase().split('.').slice(1).join('.') ?? '';
	return certificates[0]?.names.some((name) => hostIn(name) === `*.${parent}`) === true;
}

function hostIn(name: string): string {
	const host = name.replace(/^(?:DNS:|URI:)/i, '').replace(/^sips?:(?:[^@]*@)?/i, '');
	return host
		.replace(/[:;].*$/, '')
		.replace(/\.$/, '')
		.toLowerCase();
}

/** SSL 3.0, TLS 1.0 and 1.1, which servers no longer speak (RFC 8996). */
function isOldVersion(version: string | undefined): boolean {
	return version !== undefined && /^(?:SSL|TLS 1\.[01]$)/.test(version);
}

const ALERT_NAMES: Readonly<Record<number, string>> = {
	0: 'close_notify',
	10: 'unexpected_message',
	20: 'bad_record_mac',
	22: 'record_overflow',
	40: 'handshake_failure',
	42: 'bad_certificate',
	43: 'unsupported_certificate',
	44: 'certificate_revoked',
	45: 'certificate_expired',
	46: 'certificate_unknown',
	47: 'illegal_parameter',
	48: 'unknown_ca',
	49: 'access_denied',
	50: 'decode_error',
	51: 'decrypt_error',
	70: 'protocol_version',
	71: 'insufficient_security',
	80: 'internal_error',
	86: 'inappropriate_fallback',
	90: 'user_canceled',
	109: 'missing_extension',
	110: 'unsupported_extension',
	112: 'unrecognized_name',
	113: 'bad_certificate_status_response',
	115: 'unknown_psk_identity',
	116: 'certificate_required',
	120: 'no_application_protocol',
};

/** `unknown_ca (48)`; the number alone where RFC 8446 §6 has no name for it. */
export function alertName(description: number): string {
	const name = ALERT_NAMES[description];
	return name === undefined ? `alert ${description}` : `${name} (${description})`;
}
