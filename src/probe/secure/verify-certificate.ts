/* Whether a certificate is good for the SIP domain (RFC 5922 §7). */
import { isIpAddress } from '../../net/address.js';
import type { TlsEvent } from '../../trace/observed.js';

export interface CertificateShown {
	/** OpenSSL's code of what is wrong with the chain; undefined where nothing is. */
	readonly chainError: string | undefined;
	/** dNSName and URI entries of subjectAltName, else the common name; of very many only the first. */
	readonly names: readonly string[];
	/** Whether a dNSName is this name and no wildcard, however many there are. */
	readonly hasName: (name: string) => boolean;
	/** Whether an iPAddress entry names this address. */
	readonly hasAddress: (address: string) => boolean;
}

export type Verified =
	| { readonly kind: 'verified'; readonly name: string }
	| { readonly kind: 'refused'; readonly why: NonNullable<TlsEvent['verification']> };

/** A certificate may name whatever it likes, as often as it likes. */
const MAX_REASON = 1900;

const OUT_OF_TIME = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** `accepted`: SIP domains of which one must be named, whole; wildcards do not count (RFC 5922 §7.2). */
export function verifyCertificate(
	{ chainError, names, hasName, hasAddress }: CertificateShown,
	accepted: readonly string[],
): Verified {
	if (chainError !== undefined) {
		const reason = OUT_OF_TIME.includes(chainError) ? 'expired' : 'untrusted';
		return refused(
			reason,
			`${CHAIN_WORDS[chainError] ?? 'the chain does not verify'} (${chainError})`,
		);
	}
	const hosts = names.flatMap((name) => sipHostIn(name) ?? []);
	const found = accepted.find((wanted) =>
		isIpAddress(wanted)
			? hasAddress(wanted)
			: hosts.includes(bare(wanted)) || hasName(bare(wanted)),
	);
	if (found !== undefined) return { kind: 'verified', name: found };
	const wanted = accepted.join(' or ');
	const shown = names.length === 0 ? 'no name' : names.slice(0, 5).join(', ');
	const wildcard = accepted.some((one) => hosts.includes(`*.${parentOf(one)}`))
		? '; a wildcard does not count (RFC 5922 §7.2)'
		: '';
	return refused('name', `it names ${shown} and not ${wanted}${wildcard}`.slice(0, MAX_REASON));
}

const CHAIN_WORDS: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: 'a certificate of the chain has expired',
	CERT_NOT_YET_VALID: 'a certificate of the chain is not valid yet',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
	SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted here',
	UNABLE_TO_GET_ISSUER_CERT: 'an issuer of the chain is missing',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here, or an intermediate is missing',
	CERT_REVOKED: 'it was revoked',
	INVALID_PURPOSE: 'it is not for servers',
};

function refused(reason: 'untrusted' | 'name' | 'expired', text: string): Verified {
	return { kind: 'refused', why: { reason, text } };
}

/** The domain that a name stands for; a SIP URI with a user names somebody and not a domain (RFC 5922 §7.1). */
function sipHostIn(name: string): string | undefined {
	const uri = /^([a-z][a-z0-9+.-]*):(.*)$/i.exec(name);
	if (uri === null) return bare(name);
	const [, scheme = '', rest = ''] = uri;
	if (!/^sips?$/i.test(scheme) || rest.includes('@')) return undefined;
	return bare(rest.replace(/[:;?].*$/, ''));
}

function bare(name: string): string {
	return name.toLowerCase().replace(/\.$/, '');
}

function parentOf(name: string): string {
	return bare(name).split('.').slice(1).join('.');
}
