/* What an X.509 certificate says of whom it was given to (RFC 5280), in the words that a SIP client compares (RFC 5922). */
import { X509Certificate } from 'node:crypto';
import type { Instant } from '../time/instant.js';

export interface CertificateFacts {
	readonly subject: string;
	readonly issuer: string;
	/** dNSName and URI entries of subjectAltName, and the common name where there are none (RFC 5922 §7.1). */
	readonly names: readonly string[];
	readonly notBefore: Instant;
	readonly notAfter: Instant;
}

const MAX_TEXT = 256;
const MAX_NAMES = 100;

/** Undefined where the bytes are no certificate that can be read. */
export function certificateFacts(der: Uint8Array): CertificateFacts | undefined {
	try {
		const certificate = new X509Certificate(der);
		return {
			subject: oneLine(certificate.subject),
			issuer: oneLine(certificate.issuer),
			names: namesOf(certificate),
			notBefore: instantOf(certificate.validFrom),
			notAfter: instantOf(certificate.validTo),
		};
	} catch {
		return undefined;
	}
}

function namesOf({ subject, subjectAltName }: X509Certificate): readonly string[] {
	const names = altNamesOf(subjectAltName ?? '');
	if (names.length > 0) return names;
	const commonName = /(?:^|\n)CN=(.*)/.exec(orEmpty(subject))?.[1];
	return commonName === undefined ? [] : [commonName.slice(0, MAX_TEXT)];
}

/** Node writes `DNS:a, URI:b, IP Address:c`, and a value with odd characters as a JSON string. */
function altNamesOf(text: string): readonly string[] {
	const names: string[] = [];
	for (const [, quoted, plain] of text.matchAll(
		/(?:^|, )(?:DNS|URI):(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g,
	)) {
		const name = quoted ?? plain ?? '';
		if (names.length < MAX_NAMES) names.push(name.slice(0, MAX_TEXT));
	}
	return names;
}

/** `CN=example.com, O=Example`: Node puts every attribute on a line of its own, and gives nothing for an empty name. */
function oneLine(name: string | undefined): string {
	return orEmpty(name).replaceAll('\n', ', ').slice(0, MAX_TEXT);
}

function orEmpty(name: string | undefined): string {
	return name ?? '';
}

function instantOf(date: string): Instant {
	const milliseconds = Date.parse(date);
	return Number.isNaN(milliseconds) ? 0 : milliseconds * 1000;
}
