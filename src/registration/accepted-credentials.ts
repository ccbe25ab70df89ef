/** Who was let in elsewhere in the same source: that the registrar knows a user is known without its password. */
import type { DigestCredentials } from '../digest/digest.js';
import type { SipRequest } from '../sip/message.js';
import { wireParameter } from '../sip/wire-parameter.js';
import type { Observed } from '../trace/observed.js';
import { authenticationStep } from './authentication.js';
import { groupedBy } from './lists-by-key.js';
import type { RegisterTransaction } from './registration.js';

/** A REGISTER that was accepted, and its credentials. */
export interface Accepted {
	readonly request: Observed<SipRequest>;
	readonly digest: DigestCredentials;
}

/** Realms and accepted users looked through for them: one provider has one or two. */
const MOST_REALMS = 6;
const MOST_LOOKED_THROUGH = 1_000;

/**
 * The accepted credentials of a source. Of thousands those of a few users are asked for: the others are only sorted by
 * the username in their text, and never read.
 */
export class AcceptedCredentials {
	readonly #accepted: readonly RegisterTransaction[];
	#byName: ReadonlyMap<string, readonly RegisterTransaction[]> | undefined;
	/** By name, those that were asked for: the last of each username and realm. */
	readonly #read = new Map<string, ReadonlyMap<string, Accepted>>();
	#realms: readonly string[] | undefined;

	/** In order of time. */
	constructor(transactions: readonly RegisterTransaction[]) {
		this.#accepted = transactions.filter(isAccepted);
	}

	/** The last REGISTER that was accepted with credentials of this username and realm. */
	lastOf(username: string | undefined, realm: string | undefined): Accepted | undefined {
		const key = keyOf(username ?? '', realm);
		const sure = username === undefined ? undefined : this.#of(username).get(key);
		const unsure = this.#of(UNSURE).get(key);
		return sure === undefined || (unsure !== undefined && isLater(unsure, sure)) ? unsure : sure;
	}

	/** The distinct realms of the first users. */
	realms(): readonly string[] {
		this.#realms ??= realmsOf(this.#accepted);
		return this.#realms;
	}

	#of(name: string): ReadonlyMap<string, Accepted> {
		this.#byName ??= sortedByName(this.#accepted);
		const sorted = this.#byName.get(name);
		if (sorted === undefined) return NOBODY;
		const known = this.#read.get(name) ?? lastOfEach(sorted);
		this.#read.set(name, known);
		return known;
	}
}

function lastOfEach(accepted: readonly RegisterTransaction[]): ReadonlyMap<string, Accepted> {
	const last = new Map<string, Accepted>();
	for (const one of accepted.flatMap(acceptedIn)) {
		const key = keyOf(usernameOf(one), one.digest.realm);
		const known = last.get(key);
		if (known === undefined || isLater(one, known)) last.set(key, one);
	}
	return last;
}

function isLater(one: Accepted, other: Accepted): boolean {
	return one.request.at > other.request.at;
}

/** Neither part can hold a line end. */
function keyOf(username: string, realm: string | undefined): string {
	return `${username}\n${realm ?? ''}`;
}

const NOBODY: ReadonlyMap<string, Accepted> = new Map();

/** What is no username: those are here whose text does not tell it. */
const UNSURE = '\n';

function sortedByName(
	accepted: readonly RegisterTransaction[],
): ReadonlyMap<string, readonly RegisterTransaction[]> {
	return groupedBy(
		accepted,
		({ phone }) => writtenOnce(phone.request.message.wire, 'username') ?? UNSURE,
	);
}

/**
 * The value of a parameter whose name stands in the text once, in any case, and whose value is written without escapes:
 * whoever reads the credentials finds that value or none.
 */
function writtenOnce(wire: string, name: 'username' | 'realm'): string | undefined {
	const value = wireParameter(wire, name);
	if (value === undefined || value === '' || /[\\\r\n]/.test(value)) return undefined;
	return wire.match(NAMES[name])?.length === 1 ? value : undefined;
}

const NAMES = { username: /username/gi, realm: /realm/gi } as const;

function realmsOf(accepted: readonly RegisterTransaction[]): readonly string[] {
	const realms = new Set<string>();
	const users = new Set<string>();
	for (const transaction of accepted) {
		for (const { username, realm } of namesIn(transaction)) {
			users.add(keyOf(username, realm));
			if (realm !== undefined) realms.add(realm);
			if (realms.size >= MOST_REALMS || users.size >= MOST_LOOKED_THROUGH) return [...realms];
		}
	}
	return [...realms];
}

function namesIn(
	transaction: RegisterTransaction,
): readonly { readonly username: string; readonly realm: string | undefined }[] {
	const { wire } = transaction.phone.request.message;
	const username = writtenOnce(wire, 'username');
	const realm = writtenOnce(wire, 'realm');
	if (username !== undefined && realm !== undefined) return [{ username, realm }];
	return acceptedIn(transaction).map((one) => ({
		username: usernameOf(one),
		realm: one.digest.realm,
	}));
}

function isAccepted({ phone }: RegisterTransaction): boolean {
	return (phone.final?.message.statusCode ?? 500) < 300;
}

function usernameOf({ digest }: Accepted): string {
	return digest.usernameExtended ?? digest.username ?? '';
}

function acceptedIn(transaction: RegisterTransaction): readonly Accepted[] {
	const { credentials, request } = authenticationStep(transaction);
	return credentials.map(({ digest }) => ({ request, digest }));
}
