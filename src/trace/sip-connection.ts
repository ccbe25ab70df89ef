/*
 * What the REGISTERs on one connection wait for: which were never answered, and which bindings still count on the
 * connection (RFC 5626 §4.2: a registration over TCP is reached over its flow).
 */
import { parsedValue, parsedValues } from '../bytes/parsed-value.js';
import { firstHeader } from '../sip/header-fields.js';
import { readContacts } from '../sip/headers/contact.js';
import { readCSeq } from '../sip/headers/cseq.js';
import { readExpires } from '../sip/headers/expires.js';
import type { SipMessage, SipResponse } from '../sip/message.js';
import type { Instant } from '../time/instant.js';

/** Phones behind one connection: a gateway has many lines, an attacker any number. */
const MAX_LINES = 1024;

interface Pending {
	readonly isRemoval: boolean;
	readonly asked: number | undefined;
}

export class SipConnection {
	readonly #pending = new Map<string, Pending>();
	/** Call-ID → until when the binding lives. */
	readonly #live = new Map<string, Instant>();

	/** Takes the messages of the connection in order. */
	message(message: SipMessage, at: Instant): void {
		const cseq = parsedValue(readCSeq(message));
		const method = message.kind === 'request' ? message.method : cseq?.method;
		// The snaplen left nothing of what it answers.
		if (method === undefined) this.#pending.clear();
		if (method !== 'REGISTER') return;
		const callId = firstHeader(message, 'call-id')?.value ?? '';
		const key = `${cseq?.number} ${callId}`;
		if (message.kind === 'request') {
			const asked = askedExpires(message);
			if (this.#pending.size < MAX_LINES) {
				this.#pending.set(key, { isRemoval: asked === 0, asked });
			}
			return;
		}
		if (message.statusCode < 200) return;
		const request = this.#pending.get(key);
		this.#pending.delete(key);
		if (message.statusCode < 300) this.#accepted(message, callId, request, at);
	}

	/** True where an end of the connection at this time leaves somebody without an answer or without a flow. */
	isNeededAt(at: Instant): boolean {
		return this.#pending.size > 0 || [...this.#live.values()].some((until) => until > at);
	}

	#accepted(
		response: SipResponse,
		callId: string,
		request: Pending | undefined,
		at: Instant,
	): void {
		if (request?.isRemoval === true) {
			this.#live.delete(callId);
			return;
		}
		const granted = grantedExpires(response) ?? request?.asked ?? 0;
		if (granted === 0) this.#live.delete(callId);
		else if (this.#live.size < MAX_LINES) this.#live.set(callId, at + granted * 1_000_000);
	}
}

/** The longest expiry that a REGISTER asks for; undefined where it leaves that to the registrar. */
function askedExpires(message: SipMessage): number | undefined {
	const contacts = parsedValues(readContacts(message));
	if (contacts.some(({ kind }) => kind === 'wildcard')) return 0;
	const inField = parsedValue(readExpires(message));
	const each = contacts.map((contact) =>
		contact.kind === 'address' ? (contact.expires ?? inField) : inField,
	);
	const known = each.filter((expires) => expires !== undefined);
	return known.length === 0 ? inField : Math.max(...known);
}

function grantedExpires(response: SipResponse): number | undefined {
	const contacts = parsedValues(readContacts(response));
	const known = contacts.flatMap((contact) =>
		contact.kind === 'address' && contact.expires !== undefined ? [contact.expires] : [],
	);
	return known.length === 0 ? parsedValue(readExpires(response)) : Math.max(...known);
}
