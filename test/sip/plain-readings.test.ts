/* What is read from the text of a message in the usual form is what the full reading says of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerFields } from '../../src/sip/header-fields.js';
import { readHead } from '../../src/sip/header-section.js';
import { readAuthValues } from '../../src/sip/headers/auth-parameters.js';
import { readChallenges } from '../../src/sip/headers/authenticate.js';
import { plainContact, readContacts } from '../../src/sip/headers/contact.js';
import { parseTo } from '../../src/sip/headers/from-to.js';
import { parseUri } from '../../src/sip/uri.js';
import { fieldsIn } from '../../src/sip/wire-fields.js';
import { message, read, register } from './message-text.js';

const NAMES = ['Via', 'v', 'VIA', 'To', 't', 'Contact', 'CONTACT', 'm', 'M', 'Expires', 'via '];
const VALUES = ['', 'a', ' a b ', '<sip:1001@192.0.2.1:5060>', 'x:y', ';', '\t1', '\r', 'a\r\n b'];
const IDS = ['via', 'to', 'contact', 'expires', 'max-forwards', '_odd', 'x-a'];

const lines = fc.array(
	fc.oneof(
		fc
			.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES))
			.map(([name, value]) => `${name}:${value}`),
		fc.constantFrom(
			'Content-Length: 0',
			'no colon',
			':',
			' folded: x',
			'_odd: 1',
			'X-A: 2',
			'\tv: 3',
		),
	),
	{ maxLength: 8 },
);

const END = fc.constantFrom('\r\n', '\n');
const TAIL = fc.constantFrom('\r\n', '\n', '', '\r\nTo: body\r\n', '\nv=0');

const wire = fc
	.tuple(lines, END, TAIL)
	.map(
		([fields, end, tail]) =>
			`${['REGISTER sip:example.com SIP/2.0', ...fields].join(end)}${end}${tail}`,
	);

describe('one header field, looked for in the text', () => {
	it('is what the full reading has, name, value and offset, or is left to it', () => {
		fc.assert(
			fc.property(wire, fc.constantFrom(...IDS), (text, id) => {
				const all = readHead(text)?.headers.filter((field) => field.id === id);
				const found = fieldsIn(text, id);
				if (found !== undefined) expect(found).toEqual(all);
			}),
		);
	});

	it('never throws, whatever the bytes', () => {
		const anything = fc
			.uint8Array({ maxLength: 200 })
			.map((bytes) => Buffer.from(bytes).toString('latin1'));
		fc.assert(
			fc.property(anything, (text) => {
				const found = fieldsIn(`REGISTER sip:a SIP/2.0\r\n${text}`, 'via');
				if (found !== undefined)
					expect(found).toEqual(
						readHead(`REGISTER sip:a SIP/2.0\r\n${text}`)?.headers.filter(({ id }) => id === 'via'),
					);
			}),
		);
	});

	it('is found in a REGISTER of the usual form', () => {
		const asked = register('m: <sip:a@192.0.2.1>');
		expect(fieldsIn(asked, 'contact')).toEqual([
			{ name: 'm', id: 'contact', value: '<sip:a@192.0.2.1>', offset: asked.indexOf('\nm:') + 1 },
		]);
	});

	it('is the same before and after the message was read', () => {
		fc.assert(
			fc.property(wire, fc.constantFrom(...IDS), (text, id) => {
				const [fresh, whole] = [read(text), read(text)];
				const { headers } = whole;
				expect(headerFields(fresh, id)).toEqual(headers.filter((field) => field.id === id));
				expect(fresh.headers).toEqual(headers);
			}),
		);
	});

	it('is the same however often it is asked for', () => {
		const asked = read(register('Expires: 60'));
		const answers = Array.from({ length: 20 }, () => headerFields(asked, 'expires'));
		expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
	});
});

describe('the body of a message that was not read', () => {
	it('is that of the full reading', () => {
		const body = fc.constantFrom('', '\r\n', 'v=0\r\n\r\n', '\n\n', 'x');
		const length = fc.constantFrom('Content-Length: 0', 'l: 3', 'Content-Length: x', 'To: a');
		fc.assert(
			fc.property(lines, length, END, body, (fields, declared, end, rest) => {
				const text = ['SIP/2.0 200 OK', ...fields, declared, '', rest].join(end);
				const [fresh, whole] = [read(text), read(text)];
				expect(whole.headers).toBeDefined();
				expect(Buffer.from(fresh.body)).toEqual(Buffer.from(whole.body));
			}),
		);
	});
});

const text = (characters: string, maxLength: number) =>
	fc.string({ unit: fc.constantFrom(...characters), maxLength });
const user = fc.oneof(text('a1._+-', 6), text('a%4@:; "<', 6));
const host = fc.oneof(
	fc.constantFrom('192.0.2.1', 'PBX.example.com', '[2001:db8::1]'),
	text('a.1-_:', 6),
);
const port = fc.constantFrom('', ':5060', ':0', ':65535', ':65536', ':99999', ':123456', ':', ':x');
const scheme = fc.constantFrom('sip:', 'sips:', 'SIP:');
const uri = fc
	.tuple(scheme, user, fc.constantFrom('@', ''), host, port)
	.map((parts) => parts.join(''));

describe('a URI, a Contact and an address of the usual form', () => {
	it('has the parts that it has with a parameter, for which it is read in full', () => {
		fc.assert(
			fc.property(uri, (written) => {
				const [plain, full] = [parseUri(written), parseUri(`${written};x`)];
				expect(plain.ok).toBe(full.ok);
				if (plain.ok && full.ok && full.value.host !== undefined)
					expect({
						...plain.value,
						parameters: [...plain.value.parameters, ['x', undefined]],
					}).toEqual({ ...full.value, parameters: [...full.value.parameters] });
			}),
		);
	});

	const parameter = fc.constantFrom(
		'',
		';tag=a1',
		';TAG=x',
		';lr',
		';a=b;a=c',
		';tag="q"',
		';=',
		' ',
	);

	it('is what it is behind a blank, where it is read in full', () => {
		fc.assert(
			fc.property(uri, parameter, (written, behind) => {
				const value = `<${written}>${behind}`;
				const [plain, full] = [parseTo(value), parseTo(` ${value}`)];
				expect(plain.ok).toBe(full.ok);
				if (plain.ok) expect(plain).toEqual(full);
			}),
		);
	});

	const contact = fc.constantFrom(
		'',
		';expires=60',
		';Expires=7',
		';expires=9999999999',
		';q=1',
		';expires=x',
	);

	it('is the Contact that the full reading gives', () => {
		const inside = fc.constantFrom('', ';transport=udp', ';ob', ';a=b;a=c', ';x=', '?a=b');
		const value = fc.tuple(uri, inside, contact).map(([a, b, c]) => `<${a}${b}>${c}`);
		fc.assert(
			fc.property(
				fc.array(value, { maxLength: 2 }),
				fc.constantFrom('Contact', 'm'),
				(values, name) => {
					const asked = read(register(...values.map((one) => `${name}: ${one}`)));
					const plain = plainContact(asked);
					if (plain === undefined) return;
					const [only, ...others] = readContacts(asked);
					expect(others).toEqual([]);
					if (only?.ok !== true || only.value.kind !== 'address') throw new Error('not read');
					const { host: place, port: at } = only.value.uri;
					expect(plain).toMatchObject({ host: place, port: at, expires: only.value.expires });
				},
			),
		);
	});

	it('is taken from the text where the Contact is plain', () => {
		const asked = read(register('Contact: <sip:1001@192.0.2.1:5062;ob>;expires=60'));
		expect(plainContact(asked)).toEqual({
			uri: 'sip:1001@192.0.2.1:5062;ob',
			host: '192.0.2.1',
			port: 5062,
			expires: 60,
		});
	});
});

describe('Digest parameters of the usual form', () => {
	const name = fc.constantFrom(
		'realm',
		'nonce',
		'uri',
		'nc',
		'qop',
		'QOP',
		'username*',
		'opaque',
		'x',
	);
	const value = fc.oneof(
		fc.constantFrom('"a"', '""', 'auth', '"a\\"b"', '"a', 'a b', '', 'sip:a=b', '"a,b"', 'a"'),
		text('a=", \\', 5),
	);
	const separator = fc.constantFrom(', ', ',', ',  ', ' , ', ' ', ',,');
	const pair = fc.tuple(name, value, separator).map(([a, b, c]) => `${a}=${b}${c}`);

	it('are those that are read in full where a second blank follows the scheme', () => {
		fc.assert(
			fc.property(fc.array(pair, { maxLength: 5 }), (pairs) => {
				const written = pairs.join('').replace(/, $/, '');
				const [plain, full] = [
					readAuthValues(`Digest ${written}`, 'authorization'),
					readAuthValues(`Digest  ${written}`, 'authorization'),
				];
				const parts = (values: typeof plain) =>
					values.map(({ scheme: said, parameters, malformed }) => [
						said,
						[...parameters],
						malformed === undefined,
					]);
				expect(parts(plain)).toEqual(parts(full));
			}),
		);
	});

	it('come with their text', () => {
		const written = 'Digest realm="a, b", nonce="n",qop=auth';
		expect(readAuthValues(written, 'authorization')).toEqual([
			{
				scheme: 'Digest',
				parameters: new Map([
					['realm', 'a, b'],
					['nonce', 'n'],
					['qop', 'auth'],
				]),
				raw: written,
				malformed: undefined,
			},
		]);
	});
});

describe('the challenges of a response', () => {
	it('stand in the order of the lines, whichever of the two fields they are in', () => {
		const refused = message(
			'SIP/2.0 401 Unauthorized',
			'Proxy-Authenticate: Digest realm="b"',
			'WWW-Authenticate: Digest realm="a"',
			'Proxy-Authenticate: Digest realm="c"',
		);
		const realms = readChallenges(read(refused)).map(({ digest }) => digest?.realm);
		expect(realms).toEqual(['b', 'a', 'c']);
	});
});
