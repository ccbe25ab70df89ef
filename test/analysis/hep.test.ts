/* Reports in HEP: a registration is told by them alone, and the same with them beside its packets as without. */
import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/registration/account.js';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import { analyseCaptures } from '../../src/usecase/analyse-captures.js';
import { inChunks, pcapFile, type RecordFields } from '../support/capture-bytes.js';
import { type HepFields, hep3, oldHep } from '../support/hep-bytes.js';
import {
	addressBytes,
	bytesOf,
	ethernet,
	ipv4,
	PHONE,
	REGISTER,
	SERVER,
	TRYING,
	udp,
} from '../support/packet-bytes.js';
import { tracedRecords } from '../support/traced.js';

const MONITOR = '203.0.113.9';
const CLIENT_AGENT = '198.51.100.77';
const OK = TRYING.replace('100 Trying', '200 OK').replace(
	'Content-Length',
	`Contact: <sip:1001@${PHONE}:5060>;expires=300\r\nContent-Length`,
);
const CHALLENGE = TRYING.replace('100 Trying', '401 Unauthorized').replace(
	'Content-Length',
	'WWW-Authenticate: Digest realm="example.com", nonce="abc"\r\nContent-Length',
);
/** By MD5 of user 1001 and the password s3cret (RFC 2617 §3.2.2). */
const CREDENTIALS =
	'Authorization: Digest username="1001", realm="example.com", nonce="abc", uri="sip:example.com", response="RESPONSE"';

const second = (text: string) =>
	text.replaceAll('z9hG4bK1', 'z9hG4bK2').replace('CSeq: 1', 'CSeq: 2');
const AUTHENTICATED = second(REGISTER).replace('Expires', `${CREDENTIALS}\r\nExpires`);

/** A packet, and when it is captured, in milliseconds. */
type Seen = readonly [number, Uint8Array];

const isRequest = (text: string) => text.startsWith('REGISTER');
const ends = (text: string) =>
	isRequest(text) ? { source: PHONE, destination: SERVER } : { source: SERVER, destination: PHONE };

const packet = (ms: number, text: string, answerTtl = 58): Seen => [
	ms,
	ipv4(udp(text, ends(text)), { ...ends(text), ttl: isRequest(text) ? 64 : answerTtl }),
];

/** An ARP answer: this address is on the link that is captured. */
const arpOf = (address: string): Seen => [
	0,
	bytesOf([0, 1, 8, 0, 6, 4, 0, 2], MAC, addressBytes(address), MAC, addressBytes(MONITOR)),
];
const MAC = [2, 0, 0x5e, 0, 0x53, 1];
const etherTypeOf = (bytes: Uint8Array) => (bytes[0] === 0 ? 0x0806 : 0x0800);

/** The report of a message that the phone or the server sends, on its way to the monitor. */
function report(
	ms: number,
	text: string,
	{ agent = SERVER, port = 9060, ...fields }: HepFields & { agent?: string; port?: number } = {},
): Seen {
	const hop = { source: agent, destination: MONITOR };
	const bytes = hep3(text, { ...ends(text), ...fields });
	const ports = { sourcePort: 40_000, destinationPort: port };
	return [ms, ipv4(udp(bytes, { ...hop, ...ports }), { ...hop, ttl: 64 })];
}

const withReports = (all: readonly (readonly [number, string])[], late: number): readonly Seen[] =>
	inOrder(
		...all.map(([ms, text]) => packet(ms, text)),
		...all.map(([ms, text]) => report(ms + late, text)),
	);

function inOrder(...seen: readonly Seen[]): readonly Seen[] {
	return seen.toSorted(([a], [b]) => a - b);
}

function captureOf(seen: readonly Seen[]): Buffer {
	const records = seen.map(
		([ms, bytes]): RecordFields => ({
			seconds: 1_700_000_000 + Math.floor(ms / 1000),
			fraction: Math.round((ms % 1000) * 1000),
			bytes: ethernet(bytes, { etherType: etherTypeOf(bytes) }),
		}),
	);
	return pcapFile({ records });
}

async function analysed(seen: readonly Seen[], accounts: readonly Account[] = []) {
	const chunks = inChunks(captureOf(seen), 65_536);
	return analyseCapture({ name: 'a.pcap', chunks, accounts });
}

/** What is said of the registrations, by the outcome, the cause, and the frames of each message. */
async function told(seen: readonly Seen[]) {
	const { registrations, sources } = await analysed(seen);
	return {
		registrations: registrations.map(({ outcome, cause, attempts, messages }) => ({
			outcome,
			cause: cause?.id,
			attempts: attempts.length,
			sends: attempts.flatMap(({ transactions }) =>
				transactions.map(({ phone }) => phone.sends.length),
			),
			frames: messages.map(({ observed }) => observed.frames.join('+')),
		})),
		requests: sources[0]?.registerRequests,
		oddities: sources[0]?.oddities.map(({ kind }) => kind),
	};
}

const TWO_ROUNDS = [
	[0, REGISTER],
	[20, CHALLENGE],
	[40, AUTHENTICATED],
	[60, second(OK)],
] as const;

const HEALTHY = { outcome: 'registered', cause: undefined, attempts: 1, sends: [1, 1] };

describe('a registration of which only reports in HEP are captured', () => {
	it('is told like any other', async () => {
		const seen = TWO_ROUNDS.map(([ms, text]) => report(ms, text));
		expect(await told(seen)).toEqual({
			registrations: [{ ...HEALTHY, frames: ['1', '2', '3', '4'] }],
			requests: 2,
			oddities: [],
		});
	});

	it('is found on whichever port the monitor listens', async () => {
		const seen = TWO_ROUNDS.map(([ms, text]) => report(ms, text, { port: 9063 }));
		expect((await told(seen)).registrations).toMatchObject([HEALTHY]);
	});

	it.each([1, 2] as const)('may be told by version %s', async (version) => {
		const hop = { source: SERVER, destination: MONITOR };
		const seen = TWO_ROUNDS.map(([ms, text]): Seen => {
			const bytes = oldHep(version, text, ends(text));
			return [ms, ipv4(udp(bytes, { ...hop, destinationPort: 9060 }), hop)];
		});
		expect((await told(seen)).registrations).toMatchObject([HEALTHY]);
	});

	it('was refused where they say so', async () => {
		const forbidden = OK.replace('200 OK', '403 Forbidden');
		const { registrations } = await told([report(0, REGISTER), report(9, forbidden)]);
		expect(registrations).toMatchObject([
			{ outcome: 'rejected', cause: 'forbidden-before-challenge' },
		]);
	});

	it('stands where a report overtook another on its way to the monitor', async () => {
		const [asked, challenged, again, accepted] = TWO_ROUNDS.map(([ms, text]) => ({ ms, text }));
		const seen = [challenged, asked, accepted, again].map((one, index) =>
			report(index * 3, one?.text ?? ''),
		);
		expect((await told(seen)).registrations).toMatchObject([HEALTHY]);
	});

	it('says nothing of where the phone or the server is', async () => {
		const seen = TWO_ROUNDS.map(([ms, text]) => report(ms, text));
		const { sources, registrations } = await analysed([arpOf(SERVER), ...seen]);
		// That the server, which sends the reports, is a neighbour of the monitor.
		expect(sources[0]?.vantage).toBe('unknown');
		const own = [arpOf(SERVER), ...TWO_ROUNDS.map(([ms, text]) => packet(ms, text, 64))];
		expect((await analysed(own)).sources[0]?.vantage).toBe('server');
		const [first] = registrations[0]?.messages ?? [];
		expect(first?.observed.packet).toEqual({
			fragments: 1,
			payloadLength: REGISTER.length,
			reports: { agents: [`${SERVER} 2001`], frames: 1, isAll: true },
		});
	});

	it('is of the transport that the agent saw, and of TLS where its Via says so', async () => {
		const transportOf = async (protocol: number, via: string) => {
			const seen = [report(0, REGISTER.replace('/UDP', `/${via}`), { protocol })];
			return (await analysed(seen)).registrations[0]?.messages[0]?.observed.transport;
		};
		expect(await transportOf(17, 'TLS')).toBe('udp');
		expect(await transportOf(6, 'TCP')).toBe('tcp');
		expect(await transportOf(6, 'UDP')).toBe('tcp');
		expect(await transportOf(6, 'TLS')).toBe('tls');
		expect(await transportOf(22, 'WSS')).toBe('wss');
		expect(await transportOf(22, 'TCP')).toBe('tls');
	});

	it.each([6, 17])(
		'is open where no report of the answer came, over IP protocol %i',
		async (protocol) => {
			const asked = TWO_ROUNDS.slice(0, 3).map(([ms, text]) => report(ms, text, { protocol }));
			const { registrations } = await told([...asked, report(90_000, 'OPTIONS')]);
			expect(registrations).toMatchObject([{ outcome: 'open', cause: undefined }]);
		},
	);

	it('is told by two agents with the leg of either', async () => {
		const proxy = '198.51.100.8';
		const via = `Via: SIP/2.0/UDP ${proxy}:5060;branch=z9hG4bK9\r\n`;
		const inner = (text: string) => text.replace('Via:', `${via}Via:`);
		const outside = { source: PHONE, destination: proxy, agent: proxy, agentId: 1 };
		const inside = { source: proxy, destination: SERVER, agent: SERVER, agentId: 2 };
		const back = { source: proxy, destination: PHONE, agent: proxy, agentId: 1 };
		const innerBack = { source: SERVER, destination: proxy, agent: SERVER, agentId: 2 };
		const seen = [
			report(0, REGISTER, outside),
			report(2, inner(REGISTER), { ...inside, agent: proxy, agentId: 1 }),
			report(3, inner(REGISTER), inside),
			report(5, inner(OK), innerBack),
			report(90, inner(OK), { ...innerBack, agent: proxy, agentId: 1 }),
			report(91, OK, back),
		];
		const { registrations } = await analysed(seen);
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
		expect(registrations[0]?.path.map(({ server }) => server.address)).toEqual([proxy, SERVER]);
		expect((await told(seen)).requests).toBe(2);
	});

	it('without addresses is no registration, and that is said', async () => {
		const hop = { source: SERVER, destination: MONITOR };
		const all = hep3(REGISTER);
		// The types of both addresses become ones that nobody knows.
		const bytes = Buffer.from(all);
		bytes[all.indexOf(Buffer.from([0, 3, 0, 10])) + 1] = 0x70;
		bytes[all.indexOf(Buffer.from([0, 4, 0, 10])) + 1] = 0x71;
		const seen: Seen = [0, ipv4(udp(bytes, { ...hop, destinationPort: 9060 }), hop)];
		expect(await told([seen])).toMatchObject({
			registrations: [],
			oddities: ['hep-without-addresses'],
		});
	});

	it('is none where what is reported is no SIP, though it holds a REGISTER', async () => {
		const seen = [report(0, REGISTER, { type: 100 }), report(1, `log: ${REGISTER}`)];
		expect(await told(seen)).toMatchObject({ registrations: [], requests: 0, oddities: [] });
	});
});

describe('a registration that is captured itself and in reports', () => {
	it.each([
		['a millisecond', 1],
		['longer than a message and its answer take', 30],
		['longer than a phone waits before it sends again', 700],
	])('is told once, with the frames of both, where these come %s later', async (_, late) => {
		const both = withReports(TWO_ROUNDS, late);
		const frameOf = (index: number) => {
			const [ms, text] = TWO_ROUNDS[index] ?? [0, ''];
			const at = (wanted: Seen) =>
				both.findIndex(
					([time, bytes]) => time === wanted[0] && Buffer.compare(wanted[1], bytes) === 0,
				) + 1;
			return `${at(packet(ms, text))}+${at(report(ms + late, text))}`;
		};
		const found = await told(both);
		expect(found).toMatchObject({ registrations: [HEALTHY], requests: 2, oddities: [] });
		expect(found.registrations[0]?.frames).toEqual([0, 1, 2, 3].map(frameOf));
	});

	it('is judged by its own packets, also where the reports come first', async () => {
		const both = inOrder(
			...TWO_ROUNDS.map(([ms, text]) => report(ms, text)),
			...TWO_ROUNDS.map(([ms, text]) => packet(ms + 1, text)),
		);
		const { sources, registrations } = await analysed(both);
		expect(sources[0]).toMatchObject({ vantage: 'client', registerRequests: 2 });
		const observed = registrations[0]?.messages.map(({ observed: one }) => one);
		expect(observed?.map(({ frame, frames }) => [frame, frames])).toEqual([
			[2, [1, 2]],
			[4, [3, 4]],
			[6, [5, 6]],
			[8, [7, 8]],
		]);
		expect(observed?.map(({ packet: { ttl } }) => ttl)).toEqual([64, 58, 64, 58]);
	});

	it('has as many sends as the phone made, each reported by two agents', async () => {
		const sends = [0, 500, 1500];
		const seen = inOrder(
			...sends.map((ms) => packet(ms, REGISTER)),
			...sends.map((ms) => report(ms + 2, REGISTER)),
			...sends.map((ms) => report(ms + 90, REGISTER, { agent: CLIENT_AGENT })),
			packet(1510, OK),
			report(1511, OK),
		);
		const { registrations, requests } = await told(seen);
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined, sends: [3] }]);
		expect(requests).toBe(3);
	});

	it('has as many sends as the phone made, where only one agent reports them', async () => {
		const seen = [report(0, REGISTER), report(500, REGISTER), report(510, OK)];
		expect(await told(seen)).toMatchObject({
			registrations: [{ outcome: 'registered', sends: [2] }],
			requests: 2,
		});
	});

	it('is judged by its own words, where the server reports what it made of them', async () => {
		const edited = (text: string) =>
			text.replace('Content-Length: 0', 'X-Seen: 1\r\nContent-Length: 0');
		const seen = TWO_ROUNDS.flatMap(([ms, text]) => [
			packet(ms, text),
			report(ms + 1, edited(text)),
		]);
		const { registrations } = await analysed(seen);
		expect((await told(seen)).registrations).toEqual([
			{ ...HEALTHY, frames: ['1+2', '3+4', '5+6', '7+8'] },
		]);
		const wires = registrations[0]?.messages.map(({ observed }) => observed.message.wire);
		expect(wires).toEqual(TWO_ROUNDS.map(([, text]) => text));
	});

	it('is one where the report knows less of its transport', async () => {
		const seen = [packet(0, REGISTER), report(1, REGISTER, { protocol: 6 }), packet(5, OK)];
		expect((await told(seen)).registrations).toMatchObject([{ frames: ['1+2', '3'], sends: [1] }]);
	});

	it('is told with the same words over days as without the reports', async () => {
		const rounds = Array.from({ length: 1500 }, (_, round) => {
			const own = (text: string) =>
				text
					.replaceAll('z9hG4bK1', `z9hG4bK${1000 + round}`)
					.replace('CSeq: 1', `CSeq: ${1000 + round}`);
			return [
				[round * 100_000, own(REGISTER)],
				[round * 100_000 + 20, own(OK)],
			] as const;
		}).flat();
		const wordsOf = async (seen: readonly Seen[]) => {
			const { registrations, sources } = await analysed(seen);
			const [{ outcome, cause, findings, attempts } = {}] = registrations;
			const count = attempts?.reduce((sum, { repeated }) => sum + 1 + repeated, 0);
			const ids = findings?.map(({ id }) => id);
			const [{ sipMessages, registerRequests } = {}] = sources;
			return {
				all: registrations.length,
				outcome,
				cause,
				ids,
				count,
				sipMessages,
				registerRequests,
			};
		};
		const alone = await wordsOf(rounds.map(([ms, text]) => packet(ms, text)));
		expect(alone).toMatchObject({ all: 1, outcome: 'registered', cause: undefined });
		expect(await wordsOf(withReports(rounds, 2))).toEqual(alone);
	});

	it('doubles no packet on the way to a place that has reports of some', async () => {
		const phone = TWO_ROUNDS.map(([ms, text]) => packet(ms, text));
		const some = TWO_ROUNDS.slice(0, 1).map(([ms, text]) => report(ms + 2, text));
		const answer = TWO_ROUNDS.slice(1, 2).map(([ms, text]) => report(ms + 2, text));
		const server = inOrder(
			...TWO_ROUNDS.map(([ms, text]) => packet(ms + 1, text)),
			...some,
			...answer,
		);
		const { registrations } = await analyseCaptures({
			captures: [phone, server].map((seen, index) => ({
				name: `${index}.pcap`,
				chunks: inChunks(captureOf(seen), 65_536),
			})),
			accounts: [],
			vantages: new Map(),
		});
		const found = registrations.flatMap(({ findings }) => findings.map(({ id }) => id));
		expect(found).not.toContain('duplicated-in-transit');
	});
});

describe('a monitor that is not there', () => {
	const quoted = ([ms, bytes]: Seen, type = 3, code = 3): Seen => [
		ms + 0.5,
		ipv4(bytesOf([type, code, 0, 0, 0, 0, 0, 0], bytes), {
			...{ protocol: 1, source: MONITOR, destination: SERVER },
		}),
	];

	it('keeps no phone from registering, though ICMP quotes its REGISTER', async () => {
		const reports = TWO_ROUNDS.map(([ms, text]) => report(ms + 1, text));
		const seen = inOrder(
			...TWO_ROUNDS.map(([ms, text]) => packet(ms, text)),
			...reports,
			...reports.map((one) => quoted(one)),
		);
		const { registrations } = await analysed(seen);
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
		expect(registrations[0]?.attempts.flatMap(({ failures }) => failures)).toEqual([]);
	});

	it('is no cause of a silence', async () => {
		const sends = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
		const alone = sends.map((ms) => packet(ms, REGISTER));
		const reports = sends.map((ms) => report(ms + 1, REGISTER));
		const both = inOrder(...alone, ...reports, ...reports.map((one) => quoted(one)));
		const [without, found] = await Promise.all([told(alone), told(both)]);
		expect(found.registrations[0]?.outcome).toBe('unanswered');
		expect(found.registrations[0]?.cause).toBe(without.registrations[0]?.cause);
	});

	it('is no event of any registration, and neither is what is lost on the way to it', async () => {
		const one = report(0, REGISTER);
		const hop = { source: SERVER, destination: MONITOR };
		const whole = udp(hep3(REGISTER), { ...hop, sourcePort: 40_000, destinationPort: 9060 });
		const part = ipv4(whole.subarray(0, 400), { ...hop, more: true });
		const bytes = [one[1], quoted(one)[1], quoted(one, 11, 0)[1], part];
		const records = bytes.map((packetBytes, second) => ({
			seconds: second * 9,
			bytes: ethernet(packetBytes),
		}));
		const later = { seconds: 90, bytes: ethernet(report(0, OK)[1]) };
		const { events, messages } = await tracedRecords([...records, later]);
		expect(messages).toHaveLength(2);
		expect(events).toEqual([]);
	});

	it('answers nothing where the server reports from its own port', async () => {
		const hop = { source: SERVER, destination: PHONE };
		// The phone's host is the monitor as well.
		const bytes = hep3(REGISTER);
		const odd: Seen = [5, ipv4(udp(bytes, hop), hop)];
		const { registrations } = await told([packet(0, REGISTER), odd]);
		expect(registrations[0]?.cause).not.toBe('not-a-sip-server');
		expect(registrations[0]?.frames).toEqual(['1+2']);
	});

	it('loses no REGISTER where it loses the rest of a report', async () => {
		const hop = { source: SERVER, destination: MONITOR };
		const whole = udp(hep3(REGISTER), { ...hop, destinationPort: 9060 });
		const first: Seen = [1, ipv4(whole.subarray(0, 400), { ...hop, more: true })];
		const seen = [packet(0, REGISTER), first, packet(20, OK), packet(9_000, second(OK))];
		const { registrations } = await analysed(seen);
		expect(registrations[0]?.cause).toBeUndefined();
		expect(registrations[0]?.attempts.flatMap(({ failures }) => failures)).toEqual([]);
	});
});
