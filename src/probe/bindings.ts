import { readContacts } from '../sip/headers/contact.js';
import { readExpires } from '../sip/headers/expires.js';
import type { SipResponse } from '../sip/message.js';
import { formatUri } from '../sip/uri.js';
import { clipped } from './checklist.js';
import type { Identity } from './register-request.js';

/** One Contact of a 2xx to a REGISTER (RFC 3261 §10.3 step 8). */
export interface ListedBinding {
	/** Wire text. A Contact that cannot be read is still somebody's: `(unreadable)`. */
	readonly uri: string;
	/** Seconds left; absent where the response does not say. */
	readonly expires: number | undefined;
	/** The probe's own: by its instance-id, which no NAT or ALG rewrites, or by its URI. */
	readonly own: boolean;
}

/** Every binding that a 2xx lists. */
export function bindingsIn(
	response: SipResponse,
	{ identity }: { readonly identity: Identity | undefined },
): readonly ListedBinding[] {
	const common = readExpires(response);
	return readContacts(response).flatMap((parsed) => {
		if (!parsed.ok) return [{ uri: '(unreadable)', expires: undefined, own: false }];
		const contact = parsed.value;
		if (contact.kind === 'wildcard') return [];
		const uri = formatUri(contact.uri);
		// Registrars drop or add URI parameters; user, host and port they keep.
		const bare = formatUri({ ...contact.uri, parameters: new Map(), headers: [] });
		const own =
			identity !== undefined &&
			(contact.instanceId === identity.instanceId || bare === identity.contactUri);
		const expires = contact.expires ?? (common?.ok === true ? common.value : undefined);
		return expires === 0 ? [] : [{ uri, expires, own }];
	});
}

const MAX_NAMED = 5;

/** `sip:a@192.0.2.1 (57 s), sip:b@192.0.2.2 and 3 more`. */
export function nameBindings(bindings: readonly ListedBinding[]): string {
	const named = bindings.slice(0, MAX_NAMED).map(({ uri, expires }) => {
		return expires === undefined ? clipped(uri) : `${clipped(uri)} (${expires} s left)`;
	});
	const more = bindings.length - named.length;
	return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
