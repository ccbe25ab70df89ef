/** What a REGISTER asks for (RFC 3261 §10.2). */
import { splitValues } from '../sip/header-fields.js';
import { readContacts } from '../sip/headers/contact.js';
import { readExpires } from '../sip/headers/expires.js';
import type { SipRequest } from '../sip/message.js';
import { formatUri } from '../sip/uri.js';

/** Contacts of one REGISTER; nobody has more devices on one phone. */
const MAX_CONTACTS = 10;
const MAX_CONTACT_LENGTH = 512;

export interface AskedContact {
	/** As written, without `expires`. */
	readonly contact: string;
	readonly uri: string;
	/** Seconds; undefined where nothing was asked. */
	readonly expires: number | undefined;
}

export type RegisterPurpose =
	| { readonly kind: 'query' }
	| { readonly kind: 'bind' | 'remove'; readonly contacts: readonly AskedContact[] }
	| { readonly kind: 'remove-all' };

/** Undefined where Contact or Expires cannot be read, or a `*` breaks its rules (§10.2.2). */
export function readPurpose(request: SipRequest): RegisterPurpose | undefined {
	const expires = readExpires(request);
	if (expires?.ok === false) return undefined;
	const texts = request.headers
		.filter(({ id }) => id === 'contact')
		.flatMap(({ value }) => splitValues(value));
	const read = readContacts(request);
	if (read.length === 0) return { kind: 'query' };
	if (read.length > MAX_CONTACTS || texts.length !== read.length) return undefined;
	const contacts: AskedContact[] = [];
	for (const [index, contact] of read.entries()) {
		const text = texts[index] ?? '';
		if (!contact.ok || text.length > MAX_CONTACT_LENGTH) return undefined;
		if (contact.value.kind === 'wildcard') {
			return read.length === 1 && expires?.value === 0 ? { kind: 'remove-all' } : undefined;
		}
		const uri = formatUri(contact.value.uri);
		const asked = contact.value.expires ?? expires?.value;
		contacts.push({ contact: withoutExpires(text, uri), uri, expires: asked });
	}
	const kind = contacts.every((one) => one.expires === 0) ? 'remove' : 'bind';
	return { kind, contacts };
}

/** Without brackets all parameters belong to the field and not to the URI (§20.10). */
function withoutExpires(text: string, uri: string): string {
	const end = text.lastIndexOf('>');
	if (end < 0) return `<${uri}>`;
	const parameters = text.slice(end + 1).replace(/;[ \t]*expires[ \t]*(=[^;]*)?(?=;|$)/gi, '');
	return text.slice(0, end + 1) + parameters;
}
