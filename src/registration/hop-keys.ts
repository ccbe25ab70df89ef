/* What a REGISTER is looked up by among those that may be another leg of it. */
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { aorOf } from './register-request.js';

/** Only requests that share one of these can be legs of one another. */
export function joinKeys(transaction: ClientTransaction): readonly string[] {
	return [`call|${transaction.callId}|${transaction.cseq ?? ''}`, `aor|${userKey(transaction)}`];
}

/** The user part of the To URI, read from the text where it is plain. */
function userKey({ to, request }: ClientTransaction): string {
	return plainUser(to)?.toLowerCase() ?? userPart(aorOf(request.message) ?? '');
}

/** `1001` of `<sip:1001@example.com>`, with nothing in it that would have to be unescaped. */
function plainUser(to: string): string | undefined {
	const start = to.startsWith('<sip:') ? 5 : to.startsWith('sip:') ? 4 : 0;
	const end = to.indexOf('@', start);
	if (start === 0 || end <= start) return PLAIN_USER.exec(to)?.[1];
	for (let at = start; at < end; at += 1) {
		if (!isPlain(to.charCodeAt(at))) return undefined;
	}
	return to.slice(start, end);
}

const PLAIN_USER = /^[^"<]*<?sips?:([A-Za-z0-9_.+-]+)@/;

function isPlain(code: number): boolean {
	const lower = code | 0x20;
	return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a) || isMark(code);
}

function isMark(code: number): boolean {
	return code === 0x2b || code === 0x2d || code === 0x2e || code === 0x5f;
}

/** What stands before the host of an address-of-record, in lower case. */
export function userPart(aor: string): string {
	return aor.split('@')[0]?.toLowerCase() ?? '';
}
