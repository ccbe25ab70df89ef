/*
 * `--accounts FILE` (design §1, Secrets): a JSON array, or CSV with a header line. Messages name the entry and the key,
 * never a value, as any value may be the secret.
 */
import type { DigestSecret } from '../digest/digest.js';
import type { Account } from '../registration/account.js';
import { wireText } from '../sip/display-text.js';
import { addressOfRecord, parseUri } from '../sip/uri.js';
import { parseCsv } from './csv.js';
import { UsageError } from './usage-error.js';

const KEYS = ['username', 'realm', 'aor', 'password', 'ha1', 'algorithm'];
const FORM =
	'a JSON array of {"username", "realm", "aor", "password"} or CSV with these as header line';

type Entry = ReadonlyMap<string, string>;

/** Reads the text of an accounts file. Throws UsageError naming file, entry and key. */
export function parseAccounts(text: string, file: string): readonly Account[] {
	const trimmed = text.replace(/^\uFEFF/, '').trim();
	const entries = trimmed.startsWith('[') ? jsonEntries(trimmed, file) : parseCsv(trimmed);
	if (entries.length === 0) throw new UsageError(`${file} holds no account`, `Write ${FORM}.`);
	return entries.map((entry, index) => accountOf(entry, `${file}, account ${index + 1}`));
}

/** The canonical form of an address-of-record as a user types it, with or without scheme. Throws UsageError. */
function canonicalAor(text: string, where: string): string {
	const uri = parseUri(wireText(/^sips?:/i.test(text) ? text : `sip:${text}`));
	if (!uri.ok || uri.value.host === undefined || uri.value.user === undefined) {
		throw new UsageError(`${where} is not a SIP address`, 'Write it as sip:1001@example.com.');
	}
	return addressOfRecord(uri.value);
}

/** A secret from HA1 hex digits; the algorithm may be left out for MD5 (RFC 7616 §3.4.2). Throws UsageError. */
export function ha1Secret(ha1: string, algorithm: string | undefined, where: string): DigestSecret {
	if (/^[0-9a-f]{32}$/i.test(ha1)) {
		return { kind: 'ha1', ha1: ha1.toLowerCase(), algorithm: algorithm ?? 'MD5' };
	}
	if (!/^[0-9a-f]{64}$/i.test(ha1)) {
		throw new UsageError(`${where}: ha1 is not 32 or 64 hex digits`);
	}
	if (algorithm === undefined) {
		throw new UsageError(
			`${where}: an ha1 of 64 hex digits needs its algorithm`,
			'Add SHA-256 or SHA-512-256 as algorithm.',
		);
	}
	return { kind: 'ha1', ha1: ha1.toLowerCase(), algorithm };
}

function jsonEntries(text: string, file: string): readonly Entry[] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		// The parser's message quotes the text, and the text holds passwords.
		throw new UsageError(`${file} is not valid JSON`, `Write ${FORM}.`);
	}
	if (!Array.isArray(value)) throw new UsageError(`${file} is not a JSON array`, `Write ${FORM}.`);
	return value.map((entry: unknown, index) => jsonEntry(entry, `${file}, account ${index + 1}`));
}

function jsonEntry(entry: unknown, where: string): Entry {
	if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
		throw new UsageError(`${where} is not an object`, `Write ${FORM}.`);
	}
	return new Map(
		Object.entries(entry).map(([key, value]: [string, unknown]) => {
			if (typeof value !== 'string')
				throw new UsageError(`${where}: the value of ${knownKey(key)} is not a string`);
			return [key.toLowerCase(), value];
		}),
	);
}

function accountOf(entry: Entry, where: string): Account {
	for (const key of entry.keys()) {
		if (!KEYS.includes(key))
			throw new UsageError(`${where}: there is an unknown key`, `Known are ${KEYS.join(', ')}.`);
	}
	const aor = given(entry, 'aor');
	const realm = given(entry, 'realm');
	const username = given(entry, 'username');
	if (username === undefined) throw new UsageError(`${where}: username is missing`);
	return {
		username: wireText(username),
		realm: realm === undefined ? undefined : wireText(realm),
		aor: aor === undefined ? undefined : canonicalAor(aor, `${where}: aor`),
		secret: secretOf(entry, where),
	};
}

function secretOf(entry: Entry, where: string): DigestSecret {
	const password = entry.get('password');
	const ha1 = given(entry, 'ha1');
	if (ha1 !== undefined) return ha1Secret(ha1, given(entry, 'algorithm'), where);
	if (password === undefined) throw new UsageError(`${where}: neither password nor ha1 is there`);
	return { kind: 'password', password };
}

/** An empty CSV field is an absent one; only a password may be empty. */
function given(entry: Entry, key: string): string | undefined {
	const value = entry.get(key);
	return value === '' ? undefined : value;
}

function knownKey(key: string): string {
	return KEYS.includes(key.toLowerCase()) ? `"${key}"` : 'an unknown key';
}

export interface AccountSources {
	readonly file: { readonly text: string; readonly name: string } | undefined;
	/** Digest username of the one account given by flags. */
	readonly username: string | undefined;
	readonly secret: DigestSecret | undefined;
}

/** The accounts of a file and of the flags together. Throws UsageError. */
export function accountsFrom({ file, username, secret }: AccountSources): readonly Account[] {
	const listed = file === undefined ? [] : parseAccounts(file.text, file.name);
	if (secret === undefined) return listed;
	if (secret.kind === 'ha1' && username === undefined) {
		throw new UsageError('--ha1 needs --auth-user', 'An HA1 belongs to one username and realm.');
	}
	// A password without a name fits nobody: it is tried on everybody, and only a match counts.
	return [
		...listed,
		{ username: wireText(username ?? ''), realm: undefined, aor: undefined, secret },
	];
}
