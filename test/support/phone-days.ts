/*
 * A site's phones over hours, as frames: each has its habits, and now and then something goes wrong, so that what is let
 * go of a long capture can be held against the same capture read whole. Everything follows from one seed.
 */
import { createHash } from 'node:crypto';
import type { RecordFields } from './capture-bytes.js';
import { bytesOf, ethernet, ipv4, udp } from './packet-bytes.js';

const REALM = 'pbx.example.com';
const SERVER = '198.51.100.5';
const START = 1_700_000_000;

type Habit = 'challenged' | 'counts-nonces' | 'trusted' | 'refused' | 'unknown' | 'other-password';

interface Phone {
	readonly user: string;
	readonly address: string;
	readonly habit: Habit;
	readonly period: number;
	/** Its packets are seen on both sides of a NAT, or of a proxy. */
	readonly legs: 'one' | 'nat' | 'proxy';
	port: number;
	callId: string;
	cseq: number;
	nonce: string;
	count: number;
	agent: string;
	tag: number;
}

interface Packet {
	/** Seconds. */
	readonly at: number;
	readonly bytes: Uint8Array;
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b_79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
	};
}

export interface SiteOptions {
	readonly seed: number;
	readonly phones: number;
	readonly hours: number;
	/** Of all registrations, how many meet with something, 0 to 1. */
	readonly mishaps: number;
	readonly legs?: boolean;
}

/** The frames in order of time, and the passwords of `accounts.csv` by user. */
export function siteRecords(options: SiteOptions): readonly RecordFields[] {
	const random = randomOf(options.seed);
	const packets = Array.from({ length: options.phones }, (_, number) =>
		phoneOf(number, options, random),
	).flatMap((phone) => dayOf(phone, options, random));
	return packets
		.toSorted((a, b) => a.at - b.at)
		.map(({ at, bytes }) => ({
			seconds: START + Math.floor(at),
			fraction: Math.round((at % 1) * 1_000_000) % 1_000_000,
			bytes,
		}));
}

export function siteAccounts(phones: number): string {
	const lines = Array.from(
		{ length: phones },
		(_, number) => `${1000 + number},secret-${1000 + number},${REALM}`,
	);
	return `username,password,realm\n${lines.join('\n')}\n`;
}

function phoneOf(number: number, { legs }: SiteOptions, random: () => number): Phone {
	const habits: readonly Habit[] = [
		'challenged',
		'challenged',
		'challenged',
		'counts-nonces',
		'trusted',
		'refused',
		'unknown',
		'other-password',
	];
	const kinds = legs === true ? (['one', 'one', 'nat', 'proxy'] as const) : (['one'] as const);
	return {
		user: `${1000 + number}`,
		address: `10.0.${number >> 8}.${number & 0xff}`,
		habit: habits[Math.floor(random() * habits.length)] ?? 'challenged',
		period: [50, 55, 110, 300][Math.floor(random() * 4)] ?? 55,
		legs: kinds[Math.floor(random() * kinds.length)] ?? 'one',
		port: 5060,
		callId: `c${number}@phone`,
		cseq: 1,
		nonce: '',
		count: 0,
		agent: `TestPhone/${Math.floor(random() * 3)}`,
		tag: 0,
	};
}

function dayOf(
	phone: Phone,
	{ hours, mishaps }: SiteOptions,
	random: () => number,
): readonly Packet[] {
	const packets: Packet[] = [];
	let at = random() * phone.period;
	while (at < hours * 3600) {
		const mishap =
			random() < mishaps ? (MISHAPS[Math.floor(random() * MISHAPS.length)] ?? 'none') : 'none';
		packets.push(...exchange(phone, at, mishap, random));
		at += phone.period * (0.95 + random() * 0.05);
		if (mishap === 'silence') at += phone.period * 20;
	}
	return packets;
}

const MISHAPS = [
	'retransmits',
	'response-twice',
	'no-answer',
	'slow',
	'new-call-id',
	'new-port',
	'new-agent',
	'icmp',
	'icmp-after',
	'bad-digest',
	'stale',
	'refused-once',
	'too-brief',
	'silence',
	'options',
	'ping',
	'trying',
	'cseq-back',
	'same-nonce',
	'other-contact',
	'late-credentials',
	'unregisters',
	'second-server',
	'cut',
	'other-realm',
	'nonce-not-given',
	'copied',
	'also-over-other-port',
] as const;
type Mishap = (typeof MISHAPS)[number] | 'none';

interface Message {
	/** Seconds after the exchange began. */
	readonly at: number;
	readonly isRequest: boolean;
	readonly text: string;
	readonly server?: string;
	readonly port?: number;
}

/** What a phone and its server say to each other once, at the phone. */
function exchange(
	phone: Phone,
	start: number,
	mishap: Mishap,
	random: () => number,
): readonly Packet[] {
	if (mishap === 'new-call-id') phone.callId = `c${Math.floor(random() * 1e9)}@phone`;
	if (mishap === 'new-port') phone.port = 5060 + Math.floor(random() * 1000);
	if (mishap === 'new-agent') phone.agent += 'x';
	if (mishap === 'cseq-back') phone.cseq = 1;
	if (random() < 0.3) phone.tag += 1;
	const messages: Message[] = [];
	const server = mishap === 'second-server' ? '198.51.100.6' : SERVER;
	const isOnce =
		phone.habit === 'trusted' ||
		phone.habit === 'unknown' ||
		(phone.habit === 'counts-nonces' && phone.nonce !== '' && mishap !== 'stale');
	const wait = mishap === 'slow' ? 0.9 : 0.004 + random() * 0.01;
	let at = 0;
	const say = (isRequest: boolean, text: string, port = phone.port) => {
		messages.push({ at, isRequest, text, server, port });
	};
	const ask = (credentials: string): string => {
		phone.cseq += 1;
		const text = register(phone, credentials, mishap, server);
		say(true, text);
		if (mishap === 'retransmits' || mishap === 'no-answer') {
			const copies = mishap === 'no-answer' ? [0.5, 1.5, 3.5, 7.5, 11.5] : [0.5];
			for (const later of copies)
				messages.push({ at: at + later, isRequest: true, text, server, port: phone.port });
			if (mishap === 'retransmits') at += 0.5;
		}
		if (mishap === 'copied')
			messages.push({ at: at + 0.000_02, isRequest: true, text, server, port: phone.port });
		at += wait;
		return text;
	};
	const answer = (request: string, status: string, more: string) => {
		const text = response(request, status, more);
		if (mishap === 'trying') {
			say(false, response(request, '100 Trying', ''));
			at += 0.001;
		}
		say(false, text);
		if (mishap === 'response-twice')
			messages.push({ at: at + 0.3, isRequest: false, text, server, port: phone.port });
		at += mishap === 'late-credentials' ? 2.5 : 0.004;
	};
	const success = `Contact: <sip:${phone.user}@${phone.address}:${phone.port}>;expires=${mishap === 'other-contact' ? 30 : 60}\r\n`;
	if (isOnce) {
		phone.count += 1;
		const request = ask(phone.habit === 'counts-nonces' ? credentialsOf(phone, mishap) : '');
		if (mishap !== 'no-answer') {
			if (phone.habit === 'unknown') answer(request, '404 Not Found', '');
			else if (mishap === 'refused-once') answer(request, '403 Forbidden', '');
			else answer(request, '200 OK', success);
		}
	} else {
		if (mishap !== 'same-nonce') phone.nonce = md5(`${phone.user} ${start} ${random()}`);
		const first = ask(mishap === 'stale' ? credentialsOf(phone, mishap) : '');
		if (mishap !== 'no-answer') {
			const realm = mishap === 'other-realm' ? 'other.example.com' : REALM;
			const stale = mishap === 'stale' ? ', stale=true' : '';
			answer(
				first,
				'401 Unauthorized',
				`WWW-Authenticate: Digest realm="${realm}", nonce="${phone.nonce}", algorithm=MD5, qop="auth"${stale}\r\n`,
			);
			phone.count = 1;
			if (mishap === 'nonce-not-given') phone.nonce = md5(`other ${start}`);
			const second = ask(credentialsOf(phone, mishap));
			if (mishap === 'too-brief') answer(second, '423 Interval Too Brief', 'Min-Expires: 120\r\n');
			else if (
				phone.habit === 'refused' ||
				phone.habit === 'other-password' ||
				mishap === 'refused-once' ||
				mishap === 'bad-digest'
			)
				answer(second, '403 Forbidden', '');
			else answer(second, '200 OK', success);
		}
	}
	if (mishap === 'unregisters') {
		phone.cseq += 1;
		const request = register(phone, credentialsOf(phone, mishap), mishap, server).replace(
			/Expires: 60/,
			'Expires: 0',
		);
		at += 1;
		say(true, request);
		at += 0.01;
		answer(request, '200 OK', '');
	}
	if (mishap === 'options') {
		at -= 0.002;
		const options = `OPTIONS sip:${phone.user}@${phone.address} SIP/2.0\r\nVia: SIP/2.0/UDP ${server}:5060;branch=z9hG4bK${random()}\r\nFrom: <sip:ping@${server}>;tag=1\r\nTo: <sip:${phone.user}@${phone.address}>\r\nCall-ID: ${random()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
		say(false, options);
		at += 0.01;
		say(true, response(options, '200 OK', ''));
	}
	if (mishap === 'ping') say(true, '\r\n\r\n');
	if (mishap === 'also-over-other-port') {
		const text = register({ ...phone, port: 6060 }, '', mishap, server);
		at += 0.3;
		say(true, text, 6060);
		at += 0.01;
		say(false, response(text, '200 OK', success), 6060);
	}
	const packets = messages.flatMap((message) => packetsOf(phone, start, message, mishap));
	if (mishap === 'icmp' || mishap === 'icmp-after')
		packets.push(unreachable(phone, start + (mishap === 'icmp' ? 0.002 : 3), packets[0]));
	return packets;
}

function packetsOf(phone: Phone, start: number, message: Message, mishap: Mishap): Packet[] {
	const { at, isRequest, text, server = SERVER, port = phone.port } = message;
	const direct = packet(
		start + at,
		[phone.address, port],
		[server, 5060],
		isRequest,
		text,
		mishap === 'cut',
	);
	if (phone.legs === 'one') return [direct];
	const moved = start + at + (isRequest ? 0.000_3 : -0.000_3);
	const outside = phone.legs === 'nat' ? '203.0.113.9' : '192.0.2.50';
	const own = phone.legs === 'nat' ? 20_000 + Number(phone.user) : 5060;
	const proxied = phone.legs === 'nat' ? text : throughProxy(text, isRequest);
	if (phone.legs === 'nat')
		return [direct, packet(moved, [outside, own], [server, 5060], isRequest, proxied, false)];
	// The phone speaks to the proxy, the proxy to the server.
	const near = packet(start + at, [phone.address, port], [outside, 5060], isRequest, text, false);
	return [near, packet(moved, [outside, 5060], [server, 5060], isRequest, proxied, false)];
}

function throughProxy(text: string, isRequest: boolean): string {
	const branch = /branch=(z9hG4bK[^;\r]*)/.exec(text)?.[1] ?? '';
	const via = `Via: SIP/2.0/UDP 192.0.2.50:5060;branch=z9hG4bKproxy${branch.slice(7)}\r\n`;
	return isRequest || text.startsWith('SIP/') ? text.replace('\r\n', `\r\n${via}`) : text;
}

type End = readonly [address: string, port: number];

function packet(
	at: number,
	phone: End,
	server: End,
	isRequest: boolean,
	text: string,
	isCut: boolean,
): Packet {
	const [from, to] = isRequest ? [phone, server] : [server, phone];
	const payload = Buffer.from(text, 'latin1');
	const segment = udp(payload, {
		sourcePort: from[1],
		destinationPort: to[1],
		source: from[0],
		destination: to[0],
	});
	const bytes = ethernet(ipv4(segment, { source: from[0], destination: to[0] }));
	return { at, bytes: isCut ? bytes.subarray(0, 200) : bytes };
}

/** ICMP port unreachable for a packet. */
function unreachable(phone: Phone, at: number, about: Packet | undefined): Packet {
	const quoted = about?.bytes.subarray(14, 14 + 28 + 100) ?? new Uint8Array(0);
	const icmp = bytesOf([3, 3, 0, 0, 0, 0, 0, 0], quoted);
	return {
		at,
		bytes: ethernet(ipv4(icmp, { source: SERVER, destination: phone.address, protocol: 1 })),
	};
}

function register(phone: Phone, credentials: string, mishap: Mishap, server: string): string {
	const { user, address, port, callId, cseq, agent, tag } = phone;
	const lines = [
		`REGISTER sip:${REALM} SIP/2.0`,
		`Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-${user}-${cseq}-${tag};rport`,
		'Max-Forwards: 70',
		`From: <sip:${user}@${REALM}>;tag=f${tag}`,
		`To: <sip:${user}@${REALM}>`,
		`Call-ID: ${callId}`,
		`CSeq: ${cseq} REGISTER`,
		`Contact: <sip:${user}@${mishap === 'other-contact' ? '192.168.77.1' : address}:${port}>`,
		'Expires: 60',
		`User-Agent: ${agent}`,
		...(server === SERVER ? [] : ['X-Server: second']),
		...(credentials === '' ? [] : [`Authorization: ${credentials}`]),
		'Content-Length: 0',
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
}

function response(request: string, status: string, more: string): string {
	const line = (name: string) => new RegExp(`^${name}:.*$`, 'm').exec(request)?.[0].trimEnd() ?? '';
	const to = line('To');
	const lines = [
		`SIP/2.0 ${status}`,
		line('Via'),
		line('From'),
		status.startsWith('100') ? to : `${to};tag=s${to.length}`,
		line('Call-ID'),
		line('CSeq'),
	];
	return `${lines.join('\r\n')}\r\n${more}Server: TestPbx/1.0\r\nContent-Length: 0\r\n\r\n`;
}

function credentialsOf(phone: Phone, mishap: Mishap): string {
	const { user, habit, nonce, count } = phone;
	const password = habit === 'other-password' ? 'another' : `secret-${user}`;
	const nc = count.toString(16).padStart(8, '0');
	const cnonce = md5(`${nonce}${count}`).slice(0, 12);
	const ha1 = md5(`${user}:${REALM}:${mishap === 'bad-digest' ? 'typo' : password}`);
	const digest = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${md5(`REGISTER:sip:${REALM}`)}`);
	return `Digest username="${user}", realm="${REALM}", nonce="${nonce}", uri="sip:${REALM}", response="${digest}", algorithm=MD5, cnonce="${cnonce}", qop=auth, nc=${nc}`;
}

function md5(text: string): string {
	return createHash('md5').update(text, 'latin1').digest('hex');
}
