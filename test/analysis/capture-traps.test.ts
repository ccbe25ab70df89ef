/* What readers of real captures fell into: the bytes are ours, each trap was met in captures of others. */
import { describe, expect, it } from 'vitest';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import {
	inChunks,
	pcapFile,
	pcapngInterface,
	pcapngPacket,
	pcapngSection,
	type RecordFields,
} from '../support/capture-bytes.js';
import { hep3 } from '../support/hep-bytes.js';
import {
	bytesOf,
	ethernet,
	ipv4,
	PHONE,
	REGISTER,
	SERVER,
	TRYING,
	udp,
} from '../support/packet-bytes.js';

const CONTACT = `<sip:1001@${PHONE}:5060>`;
const OK = TRYING.replace('100 Trying', '200 OK');
const CHALLENGE = TRYING.replace('100 Trying', '401 Unauthorized').replace(
	'Content-Length',
	'WWW-Authenticate: Digest realm="example.com", nonce="n"\r\nContent-Length',
);
const CREDENTIALS =
	'Authorization: Digest username="1001", realm="example.com", nonce="n", uri="sip:example.com", response="0123456789abcdef0123456789abcdef"';

const accepted = (...fields: readonly string[]) => withFields(OK, ...fields);
const toServer = (text: string) => ipv4(udp(text));
const toPhone = (text: string) => {
	const hop = { source: SERVER, destination: PHONE };
	return ipv4(udp(text, hop), { ...hop, ttl: 58 });
};

function withFields(text: string, ...fields: readonly string[]): string {
	return text.replace('Content-Length', [...fields, 'Content-Length'].join('\r\n'));
}

async function analysed(file: Uint8Array) {
	return analyseCapture({ name: 'a.pcap', chunks: inChunks(file, 4096), accounts: [] });
}

/** The packets a tenth of a second apart, on Ethernet. */
function captureOf(...packets: readonly Uint8Array[]): Buffer {
	const records = packets.map((packet, index) => ({
		seconds: 1_700_000_000 + Math.floor(index / 10),
		fraction: (index % 10) * 100_000,
		bytes: ethernet(packet),
	}));
	return pcapFile({ records });
}

async function registrationsIn(...packets: readonly Uint8Array[]) {
	return (await analysed(captureOf(...packets))).registrations;
}

describe('an ICMP error that quotes a REGISTER', () => {
	it('is no second REGISTER: it says that nobody listens', async () => {
		const error = bytesOf([3, 3, 0, 0, 0, 0, 0, 0], toServer(REGISTER));
		const icmp = ipv4(error, { protocol: 1, source: SERVER, destination: PHONE });
		const { sources, registrations } = await analysed(captureOf(toServer(REGISTER), icmp));
		expect(sources[0]?.registerRequests).toBe(1);
		expect(registrations).toMatchObject([
			{ outcome: 'unreachable', cause: { id: 'port-unreachable' } },
		]);
	});
});

describe('a 200', () => {
	it.each([
		[
			'lists other devices first',
			[`Contact: <sip:1001@192.0.2.77>;expires=20`, `Contact: ${CONTACT};expires=120`],
			120,
		],
		[
			'lists all devices in one field',
			[`Contact: <sip:1001@192.0.2.77>;expires=20, ${CONTACT};expires=60`],
			60,
		],
		['grants less than was asked for', [`Contact: ${CONTACT};expires=20`], 20],
		[
			'has a message-expires as well',
			[`Contact: ${CONTACT};message-expires=604800;expires=60`],
			60,
		],
	])('that %s grants what stands at the own Contact', async (_, fields, expires) => {
		const registrations = await registrationsIn(toServer(REGISTER), toPhone(accepted(...fields)));
		expect(registrations).toMatchObject([{ outcome: 'registered', grantedExpires: expires }]);
		expect(registrations[0]?.cause).toBeUndefined();
	});

	it('that caps what was asked for grants the cap, and that is no failure', async () => {
		const registrations = await registrationsIn(
			toServer(REGISTER.replace('Expires: 300', 'Expires: 600000')),
			toPhone(accepted(`Contact: ${CONTACT}`, 'Expires: 3600')),
		);
		expect(registrations).toMatchObject([
			{ outcome: 'registered', grantedExpires: 3600, cause: undefined },
		]);
	});

	it('without Contact and Expires registers all the same', async () => {
		const registrations = await registrationsIn(toServer(REGISTER), toPhone(OK));
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
	});
});

describe('answers that share Call-ID and CSeq', () => {
	it('belong to the REGISTER with their branch', async () => {
		const second = (text: string) => text.replaceAll('z9hG4bK1', 'z9hG4bK2');
		const [registration] = await registrationsIn(
			toServer(REGISTER),
			toServer(second(REGISTER)),
			toPhone(second(accepted(`Contact: ${CONTACT}`))),
			toPhone(CHALLENGE),
		);
		const finals = registration?.attempts
			.flatMap(({ transactions }) => transactions)
			.map(({ phone }) => [phone.branch, phone.final?.message.statusCode]);
		expect(finals).toEqual([
			['z9hG4bK1', 401],
			['z9hG4bK2', 200],
		]);
	});
});

describe('a packet on every interface of the host', () => {
	it('is one REGISTER with all its frames', async () => {
		const cooked = (index: number, packet: Uint8Array) =>
			bytesOf([8, 0, 0, 0, 0, 0, 0, index, 0, 1, 0, 6], [0, 0, 0x5e, 0, 0x53, 1, 0, 0], packet);
		const seen = [toServer(REGISTER), toPhone(OK)].flatMap((packet, at): RecordFields[] =>
			[1, 2, 3].map((index) => ({
				fraction: at * 100_000 + index * 30,
				bytes: cooked(index, packet),
			})),
		);
		const { registrations } = await analysed(pcapFile({ linkType: 276, records: seen }));
		expect(registrations).toHaveLength(1);
		const { messages, outcome } = registrations[0] ?? {};
		expect(outcome).toBe('registered');
		expect(messages?.map(({ observed }) => observed.frames)).toEqual([
			[1, 2, 3],
			[4, 5, 6],
		]);
	});
});

describe('one registration over three hops, all in one capture', () => {
	it('is one, with a path of three legs', async () => {
		const hosts = [PHONE, '198.51.100.7', '198.51.100.8', SERVER];
		const via = (host = '', index = 0) =>
			`Via: SIP/2.0/UDP ${host}:5060;branch=z9hG4bK${index + 1};rport\r\n`;
		const ownVia = via(PHONE, 0);
		const request = (hop: number) => REGISTER.replace(ownVia, vias(hop));
		const vias = (hop: number) =>
			hosts
				.slice(0, hop + 1)
				.map(via)
				.toReversed()
				.join('');
		const answer = (hop: number) =>
			accepted(`Contact: ${CONTACT};expires=300`).replace(/^Via: .*\r\n/m, vias(hop));
		const packet = (text: string, from = '', to = '') => {
			const ends = { source: from, destination: to };
			return ipv4(udp(text, ends), ends);
		};
		const there = [0, 1, 2].map((hop) => packet(request(hop), hosts[hop], hosts[hop + 1]));
		const back = [2, 1, 0].map((hop) => packet(answer(hop), hosts[hop + 1], hosts[hop]));
		const registrations = await registrationsIn(...there, ...back);
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
		expect(
			registrations[0]?.path.map(({ client, server }) => [client.address, server.address]),
		).toEqual([0, 1, 2].map((hop) => [hosts[hop], hosts[hop + 1]]));
	});
});

describe('a copy of each message that the server sends to a monitor in HEP', () => {
	it('is no second REGISTER', async () => {
		const ends = { source: SERVER, destination: '203.0.113.9' };
		const there = { source: PHONE, destination: SERVER };
		const back = { source: SERVER, destination: PHONE };
		const isAnswer = (text: string) => text.startsWith('SIP/');
		const hep = (text: string) => {
			const ports = { ...ends, sourcePort: 40_000, destinationPort: 9060 };
			return ipv4(udp(hep3(text, isAnswer(text) ? back : there), ports), ends);
		};
		const { sources, registrations } = await analysed(
			captureOf(toServer(REGISTER), hep(REGISTER), toPhone(OK), hep(OK)),
		);
		expect(sources[0]).toMatchObject({ packets: 4, registerRequests: 1, sipMessages: 2 });
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
	});
});

describe('a clock that jumps', () => {
	it('from 1970 to today between two exchanges costs neither of them', async () => {
		const again = (text: string) =>
			text.replaceAll('z9hG4bK1', 'z9hG4bK2').replace('CSeq: 1', 'CSeq: 2');
		const records = [
			{ seconds: 12, bytes: ethernet(toServer(REGISTER)) },
			{ seconds: 12, fraction: 5000, bytes: ethernet(toPhone(OK)) },
			{ seconds: 1_400_000_000, bytes: ethernet(toServer(again(REGISTER))) },
			{ seconds: 1_400_000_000, fraction: 5000, bytes: ethernet(toPhone(again(OK))) },
		];
		const { registrations } = await analysed(pcapFile({ records }));
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
		expect(registrations[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
			'registered',
			'registered',
		]);
	});
});

describe('interfaces of several link types in one pcapng', () => {
	it('are each read as what they are', async () => {
		const file = Buffer.concat([
			pcapngSection('little'),
			pcapngInterface('little', { linkType: 1 }),
			pcapngInterface('little', { linkType: 101 }),
			pcapngPacket('little', { bytes: ethernet(toServer(REGISTER)) }),
			pcapngPacket('little', { bytes: toPhone(OK), interfaceId: 1, low: 5000 }),
		]);
		const { sources, registrations } = await analysed(file);
		expect(sources[0]?.linkTypes).toEqual(['ethernet', 'raw-ip']);
		expect(registrations).toMatchObject([{ outcome: 'registered' }]);
	});
});

describe('a REGISTER', () => {
	const without = (name: string) => new RegExp(`^${name}: .*\r\n`, 'm');
	const broken: readonly (readonly [string, (text: string) => string])[] = [
		['without Via', (text) => text.replace(without('Via'), '')],
		['without Call-ID', (text) => text.replace(without('Call-ID'), '')],
		['with an empty host', (text) => text.replace('sip:example.com SIP', 'sip: SIP')],
		['with line feeds alone', (text) => text.replaceAll('\r\n', '\n')],
		[
			'with a reason in UTF-8',
			(text) => text.replace('200 OK', '200 Angemeldet f\xc3\xbcr 5\xe2\x80\xb2'),
		],
	];

	it.each(broken)('%s is read, and paired with its answer', async (_, change) => {
		const registrations = await registrationsIn(toServer(change(REGISTER)), toPhone(change(OK)));
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
	});

	it('without CSeq is read', async () => {
		const text = REGISTER.replace(without('CSeq'), '');
		const { sources, registrations } = await analysed(captureOf(toServer(text)));
		expect(sources[0]?.registerRequests).toBe(1);
		expect(registrations).toMatchObject([{ aor: 'sip:1001@example.com', outcome: 'open' }]);
	});

	it('is found behind a message whose method has 60 000 letters', async () => {
		const endless = REGISTER.replace('REGISTER', 'A'.repeat(60_000));
		const { sources } = await analysed(captureOf(toServer(endless), toServer(REGISTER)));
		expect(sources[0]).toMatchObject({ packets: 2, registerRequests: 1 });
	});
});

describe('a capture', () => {
	it('that ends before the answer shows no failure', async () => {
		const registrations = await registrationsIn(toServer(REGISTER));
		expect(registrations).toMatchObject([{ outcome: 'open', cause: undefined }]);
	});

	it('that starts with the credentials shows what came of them', async () => {
		const registrations = await registrationsIn(
			toServer(withFields(REGISTER, CREDENTIALS)),
			toPhone(accepted(`Contact: ${CONTACT};expires=300`)),
		);
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
	});

	it('that starts with an answer says that its request is missing', async () => {
		const { sources, registrations } = await analysed(captureOf(toPhone(CHALLENGE)));
		expect(registrations).toEqual([]);
		expect(sources[0]?.oddities.map(({ kind }) => kind)).toEqual(['response-without-request']);
	});
});
