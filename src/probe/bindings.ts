import { type ContactAddress, readContacts } from '../sip/headers/contact.js';
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
	/** The Contact as it is named to remove it: URI, instance-id and reg-id; absent where it cannot be read. */
	readonly contact?: string;
	/** `pub-gruu` and `temp-gruu` (RFC 5627 §4.2). */
	readonly gruus?: readonly string[];
}

/** Every binding that a 2xx lists. */
export function bindingsIn(
	response: SipResponse,
	{ identity }: { readonly identity: Identity | undefined },
): readonly ListedBinding[] {
	const common = readExpires(response);
	return readContacts(response).flatMap((parsed): readonly ListedBinding[] => {
		if (!parsed.ok) return [{ uri: '(unreadable)', expires: undefined, own: false }];
		const contact = parsed.value;
		if (contact.kind === 'wildcard') return [];
		const uri = formatUri(contact.uri);
		const own = identity !== undefined && isOwn(contact, identity);
		const expires = contact.expires ?? (common?.ok === true ? common.value : undefined);
		if (expires === 0) return [];
		return [{ uri, expires, own, contact: contactToRemove(contact), gruus: gruusOf(contact) }];
	});
}

/** Registrars drop or add URI parameters; user, host and port they keep. */
function isOwn({ uri, instanceId, regId }: ContactAddress, identity: Identity): boolean {
	const bare = formatUri({ ...uri, parameters: new Map(), headers: [] });
	if (bare === identity.contactUri) return true;
	// Other flows of the same device have other reg-ids (RFC 5626 §4.2).
	const sameFlow = identity.regId === undefined || regId === undefined || regId === identity.regId;
	return instanceId === identity.instanceId && sameFlow;
}

function contactToRemove({ uri, instanceId, regId }: ContactAddress): string {
	const instance = instanceId === undefined ? '' : `;+sip.instance="<${instanceId}>"`;
	return `<${formatUri(uri)}>${instance}${regId === undefined ? '' : `;reg-id=${regId}`}`;
}

function gruusOf({ parameters }: ContactAddress): readonly string[] {
	return ['pub-gruu', 'temp-gruu'].flatMap((name) => {
		const value = parameters.get(name);
		return value === undefined ? [] : [`${name} ${value}`];
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
