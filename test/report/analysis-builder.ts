/** Invented analyses for the tests of the report, from the words of the messages. */
import type {
	AnalysedSource,
	Analysis,
	DiagnosedRegistration,
} from '../../src/analysis/analysis.js';
import type { Evidence, Finding } from '../../src/diagnosis/finding.js';
import type { Endpoint } from '../../src/net/endpoint.js';
import type { Attempt, RegistrationMessage } from '../../src/registration/registration.js';
import { NO_SCANNERS } from '../../src/registration/scanner.js';
import type { HeaderField, SipMessage, SipRequest, SipResponse } from '../../src/sip/message.js';
import type { Observed, UnreachableEvent } from '../../src/trace/observed.js';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';

/** 2026-11-21T07:32:39.000000Z, the first packet of every invented source. */
export const START = Date.UTC(2026, 10, 21, 7, 32, 39) * 1000;

export const PHONE: Endpoint = { address: '10.0.0.5', port: 5060 };
export const NAT: Endpoint = { address: '203.0.113.9', port: 40112 };
const SBC: Endpoint = { address: '198.51.100.1', port: 5060 };
const SBC_INSIDE: Endpoint = { address: '192.0.2.2', port: 5080 };
export const SERVER: Endpoint = { address: '192.0.2.10', port: 5060 };

export function header(name: string, value: string): HeaderField {
	return { name, id: name.toLowerCase(), value, offset: 0 };
}

export function registerRequest(cseq = 1, ...more: readonly HeaderField[]): SipRequest {
	const headers = [
		header('CSeq', `${cseq} REGISTER`),
		header('Call-ID', 'a84b4c76e66710'),
		...more,
	];
	return { kind: 'request', method: 'REGISTER', requestUri: 'sip:example.com', ...parts(headers) };
}

export function credentials(): HeaderField {
	return header('Authorization', 'Digest username="1001", realm="PBX", nonce="n", response="r"');
}

export function sipResponse(statusCode: number, reasonPhrase: string, cseq = 1): SipResponse {
	const headers = [header('CSeq', `${cseq} REGISTER`)];
	return { kind: 'response', statusCode, reasonPhrase, ...parts(headers) };
}

function parts(headers: readonly HeaderField[]) {
	const bytes = new Uint8Array(0);
	return { version: 'SIP/2.0', headers, body: bytes, wire: '', bytes, defects: [] };
}

/** A message in `frame`, `ms` after the first packet. */
export function observed<M extends SipMessage>(
	message: M,
	frame: number,
	ms: number,
	[src, dst]: readonly [Endpoint, Endpoint],
	source = 'phone.pcap',
): Observed<M> {
	return {
		message,
		at: START + Math.round(ms * 1000),
		src,
		dst,
		transport: 'udp',
		source,
		frame,
		frames: [frame],
		cut: false,
		packet: { fragments: 1, payloadLength: 500 },
	};
}

/** One transaction from its copies and responses. */
export function transaction(
	sends: readonly [Observed<SipRequest>, ...Observed<SipRequest>[]],
	responses: readonly Observed<SipResponse>[] = [],
	unreachable: readonly UnreachableEvent[] = [],
): ClientTransaction {
	const [request] = sends;
	return {
		client: request.src,
		server: request.dst,
		transport: request.transport,
		source: request.source,
		branch: 'z9hG4bK776',
		callId: 'a84b4c76e66710',
		cseq: 1,
		to: '<sip:1001@example.com>',
		request,
		sends,
		responses,
		final: responses.find(({ message }) => message.statusCode >= 200),
		unreachable,
	};
}

/** An attempt of transactions that each were seen on the hops given, the phone's first. */
export function attempt(
	transactions: readonly (readonly [ClientTransaction, ...ClientTransaction[]])[],
	more: Partial<Attempt> = {},
): Attempt {
	return {
		number: 1,
		repeated: 0,
		transactions: transactions.map((hops) => ({ phone: hops[0], hops })),
		outcome: 'rejected',
		finalStatus: undefined,
		grantedExpires: undefined,
		failures: [],
		...more,
	};
}

export function evidence(frame: number, ms: number, field: string, text: string): Evidence {
	return { source: 'phone.pcap', frame, at: START + Math.round(ms * 1000), field, text };
}

export function finding(more: Partial<Finding> = {}): Finding {
	return {
		id: 'realm-mismatch',
		severity: 'fatal',
		confidence: 'proven',
		attempt: 1,
		mended: false,
		title: 'The credentials name a realm that no challenge offered',
		summary: 'The registrar asked for realm "PBX", the phone answered for realm "asterisk".',
		evidence: [
			evidence(4, 21, 'WWW-Authenticate realm', '"PBX"'),
			evidence(5, 43, 'Authorization realm', '"asterisk"'),
		],
		fix: [{ who: 'phone', what: 'set the authentication realm to "PBX", or leave it empty' }],
		...more,
	};
}

/** A registration that was challenged and then refused; its attempts make its messages and path. */
export function registration(more: Partial<DiagnosedRegistration> = {}): DiagnosedRegistration {
	const attempts = more.attempts ?? [refusedAttempt()];
	const hops = attempts.flatMap(({ transactions }) => transactions.flatMap((each) => each.hops));
	const path = hops.filter(
		(hop, index) => hops.findIndex((each) => legName(each) === legName(hop)) === index,
	);
	return {
		aor: 'sip:1001@example.com',
		target: { host: 'example.com', port: 5060, transport: 'udp' },
		userAgent: 'Yealink SIP-T46S 66.85.0.5',
		instanceId: undefined,
		callIds: ['a84b4c76e66710'],
		outcome: 'rejected',
		finalStatus: 401,
		grantedExpires: undefined,
		path: path.map(({ client, server, transport, source }) => ({
			client,
			server,
			transport,
			source,
		})),
		attempts,
		decisive: attempts.at(-1),
		messages: messagesOf(hops),
		lookups: [],
		cause: finding(),
		findings: [],
		cannotTell: [],
		digestChecks: new Map(),
		steps: [],
		...more,
	};
}

function legName({ client, server, source }: ClientTransaction): string {
	return [client.address, client.port, server.address, server.port, source].join(' ');
}

function messagesOf(hops: readonly ClientTransaction[]): readonly RegistrationMessage[] {
	const all = hops.flatMap((hop) => [
		...hop.sends.map((each, index) => ({ observed: each, retransmission: index > 0 })),
		...hop.responses.map((each) => ({ observed: each, retransmission: false })),
	]);
	return all.toSorted(
		(a, b) => a.observed.at - b.observed.at || a.observed.frame - b.observed.frame,
	);
}

/** REGISTER, 401, REGISTER with credentials, 401 again. */
export function refusedAttempt(): Attempt {
	const out = [PHONE, SERVER] as const;
	const back = [SERVER, PHONE] as const;
	return attempt(
		[
			[
				transaction(
					[observed(registerRequest(1), 3, 0, out)],
					[observed(sipResponse(401, 'Unauthorized'), 4, 21, back)],
				),
			],
			[
				transaction(
					[observed(registerRequest(2, credentials()), 5, 43, out)],
					[observed(sipResponse(401, 'Unauthorized', 2), 6, 64, back)],
				),
			],
		],
		{ finalStatus: 401 },
	);
}

/** REGISTER sent eleven times, never answered (RFC 3261 §17.1.2.2, Timer E). */
export function unansweredAttempt(unreachable: readonly UnreachableEvent[] = []): Attempt {
	const times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
	const send = (frame: number, ms: number) =>
		observed(registerRequest(1), frame, ms, [PHONE, SERVER]);
	const copies = times.map((ms, index) => send(index + 4, ms));
	return attempt([[transaction([send(3, 0), ...copies], [], unreachable)]], {
		outcome: 'unanswered',
	});
}

/** phone → NAT → SBC → registrar: refused by the registrar. */
export function threeLegAttempt(): Attempt {
	const hop = (frame: number, ms: number, [a, b]: readonly [Endpoint, Endpoint]) =>
		transaction(
			[observed(registerRequest(1), frame, ms, [a, b])],
			[observed(sipResponse(407, 'Proxy Authentication Required'), 20 - frame, 60 - ms, [b, a])],
		);
	return attempt(
		[[hop(3, 0, [PHONE, SBC]), hop(4, 5, [NAT, SBC]), hop(5, 12, [SBC_INSIDE, SERVER])]],
		{
			outcome: 'challenged',
			finalStatus: 407,
		},
	);
}

export function portUnreachable(frame: number, ms: number): UnreachableEvent {
	return {
		kind: 'unreachable',
		reason: 'port',
		reporter: '192.0.2.10',
		icmp: { version: 4, type: 3, code: 3 },
		errno: undefined,
		quoted: { transport: 'udp', src: PHONE, dst: SERVER, text: '' },
		at: START + ms * 1000,
		source: 'phone.pcap',
		frame,
	};
}

export function source(more: Partial<AnalysedSource> = {}): AnalysedSource {
	return {
		kind: 'capture',
		name: 'phone.pcap',
		format: 'pcap',
		linkTypes: ['ethernet'],
		packets: 1204,
		bytes: 812_331,
		sipMessages: 48,
		registerRequests: 12,
		firstPacketAt: START,
		lastPacketAt: START + 62_100_000,
		truncated: false,
		oddities: [],
		clockOffsetMs: 0,
		vantage: 'client',
		vantageReason: 'packets of 10.0.0.5 arrive with TTL 64',
		...more,
	};
}

export function analysis(more: Partial<Analysis> = {}): Analysis {
	return {
		sources: [source()],
		registrations: [registration()],
		findings: [],
		scanners: NO_SCANNERS,
		omitted: [],
		responseTimesMs: [21, 21],
		...more,
	};
}
