/*
 * Two phones of one site register in the same words: all that differs is who they are and the values made anew for each
 * message. The shape of a registration is its text with names and addresses of its own taken out, and each such value
 * replaced by when it was first used, so that what is echoed, repeated or counted on shows. What is true of one
 * registration, but for its names, is true of all of that shape.
 */
import { classifyAddress } from '../net/address.js';
import { type Endpoint, sameEndpoint } from '../net/endpoint.js';
import { networkOf } from '../net/network.js';
import { freshValuesIn } from '../sip/fresh-values.js';
import { T1_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { endOf } from './dialogue.js';
import type { Attempt, RegisterTransaction, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

/** Far from any size at which something happens (RFC 3261 §18.1.1). */
const MAX_PAYLOAD = 1000;
/** Pauses are told apart by this part of the time granted. */
const PARTS_OF_EXPIRES = 16;

export interface ShapedSource {
	readonly index: SourceIndex;
	/** Time of the last packet of the source. */
	readonly observedUntil: Instant;
	/** Anything other than REGISTER was sent to a Contact of this registration. */
	readonly isCalled: (registration: Registration) => boolean;
	/** What the credentials of a transaction are against the accounts. */
	readonly checked: (transaction: RegisterTransaction) => string;
}

/**
 * The shape of a registration that went as it should: each attempt ended with a binding, each message was sent once and
 * answered in time on one leg, refreshed in time, and nothing in the source concerns it but its own messages. Undefined
 * for any other: of those each is looked at for itself.
 */
export function registrationShape(
	registration: Registration,
	source: ShapedSource,
): string | undefined {
	const { attempts, lookups, path, aor } = registration;
	const [leg] = path;
	if (aor === undefined || leg === undefined || path.length > 1 || lookups.length > 0)
		return undefined;
	if (!attempts.every(isPlain) || isConcerned(registration, leg.client, source)) return undefined;
	const pauses = pausesOf(attempts, source.observedUntil);
	if (pauses === undefined) return undefined;
	const { client, server } = leg;
	// What another server did before is no part of the path.
	if (!attempts.every((attempt) => isAllWith(server, attempt))) return undefined;
	const names = new Names(aor, client.address);
	const parts = [
		`${classifyAddress(client.address)} ${client.port} ${leg.transport} ${server.address} ${server.port}`,
		`${networkOf(client.address) === networkOf(server.address)} ${source.index.isKeptAlive(client)} ${names.form}`,
		pauses,
	];
	for (const { transactions } of attempts) {
		parts.push(names.attempt(transactions[0]?.phone.cseq ?? 0));
		for (const transaction of transactions) {
			const { request, responses } = transaction.phone;
			parts.push(source.checked(transaction), ...[request, ...responses].map(names.shapeOf));
		}
	}
	return parts.join('\n');
}

function isAllWith(server: Endpoint, { transactions }: Attempt): boolean {
	return transactions.every(({ phone }) => sameEndpoint(phone.server, server));
}

function isPlain({ outcome, failures, transactions }: Attempt): boolean {
	return outcome === 'registered' && failures.length === 0 && isPrompt(transactions);
}

/** One leg, every message once, every answer and every next request within T1: nothing had to be sent again. */
function isPrompt(transactions: Attempt['transactions']): boolean {
	let before: Instant | undefined;
	for (const { hops, phone } of transactions) {
		const { sends, unreachable, request, responses, final } = phone;
		if (hops.length > 1 || sends.length > 1 || unreachable.length > 0) return false;
		if (final === undefined || responses.length > 1) return false;
		if ([request, final].some(({ cut, packet }) => cut || packet.payloadLength > MAX_PAYLOAD))
			return false;
		if (before !== undefined && !isSoon(before, request.at)) return false;
		if (!isSoon(request.at, final.at)) return false;
		before = final.at;
	}
	return true;
}

function isSoon(from: Instant, to: Instant): boolean {
	const ms = elapsedMs(from, to);
	return ms >= 0 && ms < T1_MS;
}

/** Something in the source besides its own messages may be about it. */
function isConcerned(registration: Registration, client: Endpoint, source: ShapedSource): boolean {
	const { index } = source;
	return (
		index.sharingAor(registration).length > 0 ||
		index.sharingCallId(registration).length > 0 ||
		index.sharingAddress(registration).length > 0 ||
		index.orphansTo(client).length > 0 ||
		index.refusedBy(client).length > 0 ||
		index.keepAlivesTo(client).length > 0 ||
		index.stunAnswersTo(client).length > 0 ||
		index.requestsFrom(client).length > 0 ||
		source.isCalled(registration)
	);
}

/** How the time from binding to binding was used; undefined where one ran out, or was not used at all. */
function pausesOf(attempts: readonly Attempt[], until: Instant): string | undefined {
	const words: string[] = [];
	let before: Attempt | undefined;
	for (const attempt of attempts) {
		const first = attempt.transactions[0];
		if (first === undefined) return undefined;
		const part = before === undefined ? 0 : partUsed(before, first.phone.request.at, attempt);
		if (part === undefined) return undefined;
		const often = Math.ceil(Math.log2(attempt.repeated + 1));
		words.push(`${attempt.grantedExpires} ${part} ${often}`);
		before = attempt;
	}
	const left = before === undefined ? undefined : partUsed(before, until, undefined);
	return left === undefined ? undefined : words.join();
}

function partUsed(
	{ transactions, grantedExpires }: Attempt,
	at: Instant,
	next: Attempt | undefined,
): number | undefined {
	const last = transactions.at(-1);
	if (last === undefined || grantedExpires === undefined || grantedExpires < 1) return undefined;
	// Those that were let go lie between the two.
	const ms = elapsedMs(endOf(last), at) / (1 + (next?.repeated ?? 0));
	const part = ms / (grantedExpires * 1000);
	if (part > 1 || (next !== undefined && ms < T1_MS)) return undefined;
	return Math.ceil(part * PARTS_OF_EXPIRES);
}

/** What belongs to one phone, taken out of its messages. */
class Names {
	/** What kind of user it is: `sip:9999@example.com` for `sip:1001@example.com`. */
	readonly form: string;
	/** Domain included, so that no other number is taken for the user. */
	readonly #user: string;
	readonly #address: string;
	readonly #tokens = new Map<string, number>();
	#firstCseq = 0;

	constructor(aor: string, address: string) {
		const at = aor.indexOf('@');
		this.form = aor.slice(0, at).replace(/\d/g, '9') + aor.slice(at);
		this.#user = aor.slice(aor.indexOf(':') + 1, Math.max(at, 0));
		this.#address = address;
	}

	/** Sequence numbers are told from the first one of an attempt, and of that whether it is behind those before. */
	attempt(cseq: number): string {
		const goesOn = cseq > this.#firstCseq;
		this.#firstCseq = cseq;
		return `${goesOn}`;
	}

	readonly shapeOf = ({ message, src, dst, packet }: Observed): string => {
		const { ttl, direction, udpChecksum, interfaceId, vlans, fragments } = packet;
		const facts = `${src.port} ${dst.port} ${ttl} ${direction} ${udpChecksum} ${interfaceId} ${vlans?.join()} ${fragments}`;
		return facts + this.#withoutNames(this.#withoutTokens(message.wire));
	};

	#withoutNames(wire: string): string {
		const user = this.#user;
		const anonymous =
			user === ''
				? wire
				: wire.replaceAll(`:${user}@`, ':<user>@').replaceAll(`"${user}"`, '"<user>"');
		return replacedWord(anonymous, this.#address, '<address>');
	}

	/** With something else in place of each value that is made anew. */
	#withoutTokens(wire: string): string {
		let text = '';
		let from = 0;
		for (const { kind, start, end } of freshValuesIn(wire)) {
			text += wire.slice(from, start) + this.#standIn(kind, wire.slice(start, end));
			from = end;
		}
		return text + wire.slice(from);
	}

	#standIn(kind: string, value: string): string {
		switch (kind) {
			case 'response':
			case 'date':
			case 'timestamp':
				return '';
			case 'nc':
				return value;
			case 'cseq':
				return `+${Number.parseInt(value, 10) - this.#firstCseq} ${value.replace(/^\s*\d+/, '')}`;
			default:
				return `#${this.#numberOf(value.trim())}`;
		}
	}

	#numberOf(token: string): number {
		const known = this.#tokens.get(token);
		if (known !== undefined) return known;
		this.#tokens.set(token, this.#tokens.size);
		return this.#tokens.size - 1;
	}
}

/** An address where no digit or dot goes on on either side, which would make it another one. */
function replacedWord(text: string, word: string, by: string): string {
	let result = '';
	let from = 0;
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
		if (isOfAddress(text[at - 1]) || isOfAddress(text[at + word.length])) continue;
		result += text.slice(from, at) + by;
		from = at + word.length;
	}
	return result + text.slice(from);
}

function isOfAddress(character: string | undefined): boolean {
	return character !== undefined && /[0-9a-fA-F.]/.test(character);
}
