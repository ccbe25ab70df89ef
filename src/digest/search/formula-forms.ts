/** How the parts are put together: qop, nc, cnonce, -sess and the entity of auth-int (RFC 7616 §3.4). */
import { type A2Inputs, distinct, type Remainder, type RemainderForm } from './alteration.js';

type Change = (remainder: Remainder) => Remainder;

const FIRST_NC = '00000001';

function form(name: string, words: string, change: Change, usual = false): RemainderForm {
	return { family: 'formula', name, words, usual, change };
}

function nc(
	name: string,
	words: string,
	change: (nc: string) => string,
	usual = false,
): RemainderForm {
	return form(name, `with ${words}`, (it) => ({ ...it, nc: change(it.nc) }), usual);
}

function withEntity(remainder: Remainder, entity: A2Inputs['entity']): Remainder {
	return { ...remainder, a2: { ...remainder.a2, entity } };
}

const auth: Change = (it) => ({ ...it, qop: 'auth', nc: it.nc === '' ? FIRST_NC : it.nc });

const WITHOUT_QOP: readonly RemainderForm[] = [
	form('qop-added', 'by the formula with qop "auth", which is not written', auth, true),
	form('nc-left-out', 'by the formula with qop "auth" and without nc', (it) => ({
		...it,
		qop: 'auth',
		nc: '',
	})),
	form('empty-qop', 'by the formula with an empty qop', (it) => ({ ...it, qop: '' })),
	form('auth-int-added', 'by the formula with qop "auth-int", which is not written', (it) => ({
		...withEntity(auth(it), 'body'),
		qop: 'auth-int',
	})),
];

const WITH_QOP: readonly RemainderForm[] = [
	form(
		'qop-left-out',
		'by the formula without qop (RFC 2069)',
		(it) => ({ ...withEntity(it, 'none'), qop: undefined }),
		true,
	),
	nc('nc-without-zeros', 'nc without leading zeros', (it) => it.replace(/^0+(?=.)/, ''), true),
	nc('nc-padded', 'nc padded to eight digits', (it) => it.padStart(8, '0'), true),
	nc('nc-one-more', 'nc one higher', (it) => counted(it, 1)),
	nc('nc-one-less', 'nc one lower', (it) => counted(it, -1)),
	nc('nc-first', 'nc 00000001', () => FIRST_NC, true),
	nc('nc-decimal', 'nc in decimal digits', decimal),
	nc('nc-lower-case', 'nc in lower case', (it) => it.toLowerCase()),
	nc('nc-upper-case', 'nc in upper case', (it) => it.toUpperCase()),
	nc('nc-quoted', 'nc in quotes', (it) => `"${it}"`),
	nc('nc-empty', 'an empty nc', () => ''),
	form('cnonce-quoted', 'with cnonce in quotes', (it) => ({ ...it, cnonce: `"${it.cnonce}"` })),
	form('cnonce-empty', 'with an empty cnonce', (it) => ({ ...it, cnonce: '' })),
	form('qop-quoted', 'with qop in quotes', (it) => ({ ...it, qop: `"${it.qop ?? ''}"` })),
	form('qop-list', 'with the whole list as qop', (it) => ({ ...it, qop: 'auth,auth-int' })),
	form('qop-list-blank', 'with the whole list as qop', (it) => ({ ...it, qop: 'auth, auth-int' })),
	form('qop-lower-case', 'with qop in lower case', (it) => ({
		...it,
		qop: it.qop?.toLowerCase(),
	})),
	form('qop-auth', 'by the formula of qop "auth"', (it) => ({
		...withEntity(it, 'none'),
		qop: 'auth',
	})),
	form('qop-auth-int', 'by the formula of qop "auth-int"', (it) => ({
		...withEntity(it, 'body'),
		qop: 'auth-int',
	})),
	form('entity-left-out', 'without the hash of the body', (it) => withEntity(it, 'none')),
	form('entity-of-nothing', 'with the hash of an empty body', (it) => withEntity(it, 'empty')),
	form('entity-added', 'with the hash of the body', (it) => withEntity(it, 'body')),
];

const otherSession: Change = (it) => ({ ...it, session: !it.session });
const WITHOUT_SESSION = form('session-left-out', 'without the step of -sess', otherSession, true);
const WITH_SESSION = form('session-added', 'with the step of -sess', otherSession, true);

const UPPER_CASE: readonly RemainderForm[] = [
	form('upper-case-ha1', 'with HA1 in upper-case digits', (it) => ({ ...it, upperCase: 'ha1' })),
	form('upper-case-hashes', 'with both inner hashes in upper-case digits', (it) => ({
		...it,
		upperCase: 'both',
	})),
];

/** The forms of the formula that these inputs call for. */
export function formulaForms(written: Remainder): readonly RemainderForm[] {
	const session = written.session ? WITHOUT_SESSION : WITH_SESSION;
	// Of these no two can come to the same.
	if (written.qop === undefined) return [...WITHOUT_QOP, session, ...UPPER_CASE];
	const forms = [...WITH_QOP, session, ...UPPER_CASE];
	return distinct(forms, ({ change }) => formulaOf(change(written)), formulaOf(written));
}

/** What these forms change, as one text. */
function formulaOf({ a2, session, nc, cnonce, qop, upperCase }: Remainder): string {
	return JSON.stringify([a2.entity, session, nc, cnonce, qop ?? false, upperCase]);
}

function counted(nc: string, step: number): string {
	const count = Number.parseInt(nc, 16) + step;
	return Number.isFinite(count) && count >= 0 ? count.toString(16).padStart(8, '0') : nc;
}

function decimal(nc: string): string {
	const count = Number.parseInt(nc, 16);
	return Number.isFinite(count) ? count.toString().padStart(8, '0') : nc;
}
