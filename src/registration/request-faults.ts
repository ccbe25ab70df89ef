/*
 * What a registrar may refuse with 400 (Bad Request) in a REGISTER as it was seen (RFC 3261 §8.1.1, §10.2, §21.4.1).
 * In words; no value of an unreadable line is repeated, as a broken Authorization may be in it.
 */

import type { Malformed } from '../bytes/malformed.js';
import { parsedValue, parsedValues } from '../bytes/parsed-value.js';
import { readContacts } from '../sip/headers/contact.js';
import { readCSeq } from '../sip/headers/cseq.js';
import { readExpires } from '../sip/headers/expires.js';
import { readTo } from '../sip/headers/from-to.js';
import { readVias } from '../sip/headers/via.js';
import { findFieldDefects } from '../sip/mandatory-fields.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';

/** Every fault found, the gravest kind first; empty where the request is in order, or was cut by the snaplen. */
export function requestFaults({ message, cut }: Observed<SipRequest>): readonly string[] {
	if (cut) return [];
	return [
		...findFieldDefects(message).map(missingOrRepeated),
		...message.defects.filter((defect) => !isHarmless(defect)).map(inWords),
		...fieldFaults(message),
	];
}

/**
 * CRLF before the start-line is a keep-alive that every element ignores (RFC 3261 §7.5), and octets behind the body
 * are to be dropped (§18.3).
 */
function isHarmless({ problem }: Malformed): boolean {
	if (problem.kind !== 'bad-field') return false;
	if (problem.field === 'start of datagram') return true;
	return problem.field === 'Content-Length' && problem.expected.endsWith('behind the empty line');
}

function missingOrRepeated({ problem }: Malformed): string {
	if (problem.kind !== 'bad-field') return 'a mandatory header field is missing';
	return problem.expected === 'the header field'
		? `${problem.field} is missing`
		: `${problem.field} stands more than once`;
}

function inWords({ problem }: Malformed): string {
	return problem.kind === 'too-short'
		? `Content-Length is ${problem.needed}, the body has ${problem.available} bytes`
		: `${problem.field} at fault: ${problem.expected} expected`;
}

function fieldFaults(message: SipRequest): readonly string[] {
	const faults: string[] = [];
	const [top] = readVias(message);
	if (top?.ok === false) faults.push('the top Via cannot be read');
	else if (top?.value.branch?.startsWith('z9hG4bK') === false)
		faults.push(`the Via branch "${top.value.branch}" does not begin with z9hG4bK`);
	const cseq = readCSeq(message);
	if (cseq?.ok === false) faults.push('CSeq cannot be read');
	else if (cseq !== undefined && cseq.value.method !== 'REGISTER')
		faults.push(`CSeq names the method ${cseq.value.method}`);
	const to = readTo(message);
	if (to?.ok === false) faults.push('To cannot be read');
	else if (to?.value.tag !== undefined) faults.push('To has a tag although no dialog exists');
	return [...faults, ...contactFaults(message)];
}

/** RFC 3261 §10.3 step 6: `*` stands alone and with Expires 0. */
function contactFaults(message: SipRequest): readonly string[] {
	const faults: string[] = [];
	const contacts = readContacts(message);
	if (contacts.some(({ ok }) => !ok)) faults.push('a Contact cannot be read');
	const expires = readExpires(message);
	if (expires?.ok === false) faults.push('Expires is no number of seconds');
	if (parsedValues(contacts).some(({ kind }) => kind === 'wildcard')) {
		if (contacts.length > 1) faults.push('Contact * stands beside another Contact');
		if (parsedValue(expires) !== 0) faults.push('Contact * without Expires: 0');
	}
	return faults;
}
