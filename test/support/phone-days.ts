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
	/** Seconds from which on they are. */
	readonly legsFrom: number;
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

function phoneOf(number: number, { legs, hours }: SiteOptions, random: () => number): Phone {
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
		legsFrom: random() < 0.5 ? 0 : hours * 1800,
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
	'icmp-instead',
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

/** What a phone and its server say to each other once, with something that happens to them. */
class Conversation {
	readonly messages: Message[] = [];
	readonly #phone: Phone;
	readonly #mishap: Mishap;
	readonly #server: string;
	readonly #wait: number;
	#at = 0;

	constructor(phone: Phone, mishap: Mishap, random: () => number) {
		this.#phone = phone;
		this.#mishap = mishap;
		this.#server = mishap === 'second-server' ? '198.51.100.6' : SERVER;
		this.#wait = mishap === 'slow' ? 0.9 : 0.004 + random() * 0.01;
	}

	pause(seconds: number): void {
		this.#at += seconds;
	}

	say(isRequest: boolean, text: string, { after = 0, port = this.#phone.port } = {}): void {
		this.messages.push({ at: this.#at + after, isRequest, text, server: this.#server, port });
	}

	/** The next REGISTER, as often as it is sent. */
	ask(credentials: string, expires = 60): string {
		this.#phone.cseq += 1;
		const text = register(this.#phone, credentials, this.#mishap, this.#server).replace(
			'Expires: 60',
			`Expires: ${expires}`,
		);
		this.say(true, text);
		for (const after of COPIES[this.#mishap] ?? []) this.say(true, text, { after });
		this.pause(this.#wait + (this.#mishap === 'retransmits' ? 0.5 : 0));
		return text;
	}

	answer(request: string, status: string, more = ''): void {
		if (SILENT.includes(this.#mishap)) return;
		if (this.#mishap === 'trying') {
			this.say(false, response(request, '100 Trying', ''));
			this.pause(0.001);
		}
		const text = response(request, status, more);
		this.say(false, text);
		if (this.#mishap === 'response-twice') this.say(false, text, { after: 0.3 });
		this.pause(this.#mishap === 'late-credentials' ? 2.5 : 0.004);
	}

	/** What the server says to credentials. */
	decide(request: string): void {
		const { habit } = this.#phone;
		if (this.#mishap === 'too-brief')
			this.answer(request, '423 Interval Too Brief', 'Min-Expires: 120\r\n');
		else if (habit === 'unknown') this.answer(request, '404 Not Found');
		else if (REFUSED.includes(habit) || REFUSED.includes(this.#mishap))
			this.answer(request, '403 Forbidden');
		else this.answer(request, '200 OK', this.success());
	}

	success(): string {
		const { user, address, port } = this.#phone;
		const expires = this.#mishap === 'other-contact' ? 30 : 60;
		return `Contact: <sip:${user}@${address}:${port}>;expires=${expires}\r\n`;
	}
}

/** Seconds after a REGISTER at which it is seen again. */
const COPIES: Partial<Record<Mishap, readonly number[]>> = {
	retransmits: [0.5],
	'no-answer': [0.5, 1.5, 3.5, 7.5, 11.5],
	copied: [0.000_02],
};

/** Seconds after the first REGISTER at which the network calls its destination unreachable. */
const ICMP_AFTER: Partial<Record<Mishap, number>> = {
	icmp: 0.002,
	'icmp-after': 3,
	'icmp-instead': 0.002,
};

/** The server says nothing. */
const SILENT: readonly Mishap[] = ['no-answer', 'icmp-instead'];

const REFUSED: readonly string[] = ['refused', 'other-password', 'refused-once', 'bad-digest'];

function exchange(
	phone: Phone,
	start: number,
	mishap: Mishap,
	random: () => number,
): readonly Packet[] {
	change(phone, mishap, random);
	const talk = new Conversation(phone, mishap, random);
	if (isAnsweredAtOnce(phone, mishap)) {
		phone.count += 1;
		const credentials = phone.habit === 'counts-nonces' ? credentialsOf(phone, mishap) : '';
		talk.decide(talk.ask(credentials));
	} else challenge(talk, phone, { start, mishap, random });
	aside(talk, phone, { mishap, random });
	const packets = talk.messages.flatMap((message) => packetsOf(phone, start, message, mishap));
	const icmpAfter = ICMP_AFTER[mishap];
	if (icmpAfter !== undefined) packets.push(unreachable(phone, start + icmpAfter, packets[0]));
	return packets;
}

/** What a restart or another network changes for good. */
function change(phone: Phone, mishap: Mishap, random: () => number): void {
	if (mishap === 'new-call-id') phone.callId = `c${Math.floor(random() * 1e9)}@phone`;
	if (mishap === 'new-port') phone.port = 5060 + Math.floor(random() * 1000);
	if (mishap === 'new-agent') phone.agent += 'x';
	if (mishap === 'cseq-back') phone.cseq = 1;
	if (random() < 0.3) phone.tag += 1;
}

function isAnsweredAtOnce({ habit, nonce }: Phone, mishap: Mishap): boolean {
	if (habit === 'counts-nonces') return nonce !== '' && mishap !== 'stale';
	return habit === 'trusted' || habit === 'unknown';
}

interface Happening {
	readonly mishap: Mishap;
	readonly random: () => number;
}

function challenge(
	talk: Conversation,
	phone: Phone,
	{ start, mishap, random }: Happening & { start: number },
): void {
	const old = mishap === 'stale' ? credentialsOf(phone, mishap) : '';
	if (mishap !== 'same-nonce') phone.nonce = md5(`${phone.user} ${start} ${random()}`);
	const first = talk.ask(old);
	if (SILENT.includes(mishap)) return;
	const realm = mishap === 'other-realm' ? 'other.example.com' : REALM;
	const stale = mishap === 'stale' ? ', stale=true' : '';
	const asked = `Digest realm="${realm}", nonce="${phone.nonce}", algorithm=MD5, qop="auth"${stale}`;
	talk.answer(first, '401 Unauthorized', `WWW-Authenticate: ${asked}\r\n`);
	phone.count = 1;
	if (mishap === 'nonce-not-given') phone.nonce = md5(`other ${start}`);
	talk.decide(talk.ask(credentialsOf(phone, mishap)));
}

/** What is said besides the registration. */
function aside(talk: Conversation, phone: Phone, { mishap, random }: Happening): void {
	const { user, address } = phone;
	if (mishap === 'unregisters') {
		talk.pause(1);
		talk.answer(talk.ask(credentialsOf(phone, mishap), 0), '200 OK');
	} else if (mishap === 'options') {
		talk.pause(-0.002);
		const options = `OPTIONS sip:${user}@${address} SIP/2.0\r\nVia: SIP/2.0/UDP ${SERVER}:5060;branch=z9hG4bK${random()}\r\nFrom: <sip:ping@${SERVER}>;tag=1\r\nTo: <sip:${user}@${address}>\r\nCall-ID: ${random()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
		talk.say(false, options);
		talk.say(true, response(options, '200 OK', ''), { after: 0.01 });
	} else if (mishap === 'ping') talk.say(true, '\r\n\r\n');
	else if (mishap === 'also-over-other-port') {
		const text = register({ ...phone, port: 6060 }, '', mishap, SERVER);
		talk.say(true, text, { after: 0.3, port: 6060 });
		talk.say(false, response(text, '200 OK', talk.success()), { after: 0.31, port: 6060 });
	}
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
	if (phone.legs === 'one' || start < phone.legsFrom) return [direct];
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
