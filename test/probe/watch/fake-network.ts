/*
 * A network without sockets for a registration that is kept: what is sent goes to a script at once, and time passes only
 * when it is told to.
 */
import { verifyCredentials } from '../../../src/digest/verify.js';
import type { Resolver } from '../../../src/probe/resolver.js';
import type {
	Opened,
	OpenTransport,
	SipTransport,
	TransportFailure,
	TransportListener,
} from '../../../src/probe/transport.js';
import type { KeepDeps, KeepOptions } from '../../../src/probe/watch/keep-options.js';
import { keepRegistered } from '../../../src/probe/watch/keep-registered.js';
import type { LifetimeInterval } from '../../../src/probe/watch/nat-lifetime.js';
import type { WatchNews } from '../../../src/probe/watch/watch-news.js';
import { firstHeader, headerValues } from '../../../src/sip/header-fields.js';
import { readCredentials } from '../../../src/sip/headers/authorization.js';
import type { SipRequest } from '../../../src/sip/message.js';
import { parseDatagram } from '../../../src/sip/parse-message.js';
import { serializeResponse } from '../../../src/sip/serialize-message.js';
import type { TraceSink } from '../../../src/trace/observed.js';
import { fakeResolver } from '../probe-harness.js';
import type { Reply } from '../scripted-registrar.js';
import { VirtualTimers } from '../virtual-timers.js';

export interface Sent {
	readonly request: SipRequest;
	readonly bytes: Uint8Array;
	/** Seconds. */
	readonly at: number;
	readonly contact: string | undefined;
	readonly hasCredentials: boolean;
	/** With the password `secret`. */
	readonly verifies: boolean;
	readonly localPort: number;
}

export type Answer = (sent: Sent) => Reply | undefined;

const SERVER = { address: '192.0.2.1', port: 5060 };
const ADDRESS = '192.0.2.9';

export class FakeNetwork {
	readonly timers = new VirtualTimers();
	readonly abort = new AbortController();
	readonly sent: Sent[] = [];
	/** Datagrams that are no SIP. */
	readonly others: Uint8Array[] = [];
	readonly news: WatchNews<object>[] = [];
	ended: LifetimeInterval | undefined;
	/** Answers to every request; undefined: silence. */
	answer: Answer;
	/** The port that the NAT shows the server; undefined: there is none. */
	mappedPort: number | undefined;
	opened = 0;
	/** Where each flow was opened to. */
	readonly openedTo: string[] = [];
	/** What opening comes to instead of a flow, by address; the machine's way to it, or what the far side says. */
	readonly closed = new Map<string, Exclude<Opened, { readonly kind: 'open' }>>();
	/** What the names of the world are; undefined: no answer ever comes. */
	resolver: Resolver = fakeResolver({});
	hasNetwork = true;
	/** Where this machine sends from, or why it cannot. */
	source: string | { errno: string } = ADDRESS;
	failure: unknown;
	#listener: TransportListener | undefined;
	#nextPort = 40_000;
	#usable = false;

	constructor(answer: Answer) {
		this.answer = answer;
	}

	/** REGISTERs alone. */
	get registers(): readonly Sent[] {
		return this.sent.filter(({ request }) => request.method === 'REGISTER');
	}

	kinds(): readonly string[] {
		return this.news.map(({ kind }) => kind);
	}

	count(kind: WatchNews<object>['kind']): number {
		return this.news.filter((one) => one.kind === kind).length;
	}

	options(): KeepOptions {
		return {
			aor: '1001@example.com',
			authUser: undefined,
			secret: { kind: 'password', password: 'secret' },
			server: '192.0.2.1',
			transport: 'udp',
			algorithm: undefined,
			expires: 60,
			timeoutMs: 32_000,
			localPort: undefined,
			beside: false,
			userAgent: 'sipdoctor-test',
			keepAlive: 'none',
			keepAliveMs: 29_000,
			retrySeconds: 30,
		};
	}

	/** Time, chance and sockets. */
	surroundings(): Omit<KeepDeps<TraceSink>, 'newLog' | 'onNews' | 'signal'> {
		let calls = 0;
		return {
			now: () => this.timers.now * 1000,
			randomBytes: (length) => {
				calls += 1;
				return Uint8Array.from({ length }, (_, index) => (calls >> (index % 3)) * 7 + index);
			},
			random: () => 0.5,
			timers: this.timers,
			resolver: this.resolver,
			hasNetwork: () => this.hasNetwork,
			sourceTowards: () => Promise.resolve(this.source),
			transports: { udp: this.#opener('udp'), tcp: this.#opener('tcp') },
		};
	}

	start(options: Partial<KeepOptions> = {}): void {
		const running = keepRegistered(
			{ ...this.options(), ...options },
			{
				...this.surroundings(),
				newLog: () => ({ message: () => undefined, event: () => undefined }),
				onNews: (one) => this.news.push(one),
				signal: this.abort.signal,
			},
		);
		running.then(
			(interval) => {
				this.ended = interval;
			},
			(error: unknown) => {
				this.failure = error;
			},
		);
	}

	/** Lets seconds pass, with room for promises in between. */
	async pass(seconds: number, step = 1): Promise<void> {
		for (let passed = 0; passed < seconds; passed += step) {
			await new Promise((resolve) => setImmediate(resolve));
			await this.timers.advance(step * 1000);
		}
		await new Promise((resolve) => setImmediate(resolve));
	}

	/** Ctrl-C, and the time that the removal may take. */
	async end(): Promise<void> {
		this.abort.abort();
		await this.pass(10);
	}

	/** A message of the server. */
	receive(text: string): void {
		const bytes = Buffer.from(text);
		this.#listener?.onMessage(parseDatagram(bytes), SERVER, bytes.length);
	}

	receiveOther(bytes: Uint8Array): void {
		this.#listener?.onOther?.(bytes, SERVER);
	}

	/** What the socket says. */
	fail(failure: TransportFailure): void {
		this.#usable = failure.kind !== 'connection';
		this.#listener?.onFailure(failure);
	}

	#opener(name: 'udp' | 'tcp'): OpenTransport {
		return ({ listener, localPort, remote }) => {
			const closed = this.closed.get(remote.address) ?? this.closed.get(name);
			if (closed !== undefined) return Promise.resolve(closed);
			this.opened += 1;
			this.openedTo.push(`${name} ${remote.address}`);
			this.#nextPort += 1;
			this.#listener = listener;
			this.#usable = true;
			const port = localPort ?? this.#nextPort;
			const isUsable = (): boolean => this.#usable;
			const transport: SipTransport = {
				name,
				local: { address: ADDRESS, port },
				remote,
				get usable() {
					return isUsable();
				},
				send: (bytes) => this.#send(bytes, port),
				close: () => Promise.resolve(),
			};
			return Promise.resolve({ kind: 'open', transport });
		};
	}

	#send(bytes: Uint8Array, localPort: number): void {
		const parsed = parseDatagram(bytes);
		if (!parsed.ok) {
			this.others.push(bytes);
			return;
		}
		if (parsed.value.kind === 'response') return;
		const request = parsed.value;
		const credentials = readCredentials(request)[0]?.digest;
		const secret = { kind: 'password', password: 'secret' } as const;
		const sent: Sent = {
			...{ request, bytes, localPort, at: this.timers.now / 1000 },
			contact: firstHeader(request, 'contact')?.value,
			hasCredentials: credentials !== undefined,
			verifies:
				credentials !== undefined &&
				verifyCredentials({ credentials, secret, method: 'REGISTER', body: request.body }).kind ===
					'verifies',
		};
		this.sent.push(sent);
		const reply = this.answer(sent);
		if (reply === undefined) return;
		const listener = this.#listener;
		const response = this.#response(request, reply, localPort);
		queueMicrotask(() => listener?.onMessage(parseDatagram(response), SERVER, response.length));
	}

	#response(request: SipRequest, reply: Reply, localPort: number): Uint8Array {
		const copied = ['from', 'to', 'call-id', 'cseq'].flatMap((id) =>
			headerValues(request, id).map((value) => [id, value] as const),
		);
		const source = this.mappedPort === undefined ? ADDRESS : '198.51.100.7';
		const parameters = `;received=${source};rport=${this.mappedPort ?? localPort}`;
		const via = (firstHeader(request, 'via')?.value ?? '').replace(';rport', parameters);
		return serializeResponse({
			statusCode: reply.status,
			reasonPhrase: 'As Scripted',
			headers: [['Via', via], ...copied, ...(reply.headers ?? [])],
			body: new Uint8Array(0),
		});
	}
}

const CHALLENGE = [
	'WWW-Authenticate',
	'Digest realm="example.com", nonce="n1", qop="auth"',
] as const;

/** Challenges, keeps the binding for the seconds granted, and answers OPTIONS. */
export function registrar(granted = 60): Answer {
	return ({ request, verifies, contact }) => {
		if (request.method !== 'REGISTER') return { status: 200 };
		if (!verifies) return { status: 401, headers: [CHALLENGE] };
		if (contact === undefined || contact.endsWith(';expires=0')) return { status: 200 };
		return { status: 200, headers: [['Contact', `${contact};expires=${granted}`]] };
	};
}

/** An OPTIONS of the server. */
export function optionsOfServer(branch: string): string {
	return [
		'OPTIONS sip:1001@192.0.2.9 SIP/2.0',
		`Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
		'From: <sip:keepalive@example.com>;tag=x',
		'To: <sip:1001@192.0.2.9>',
		`Call-ID: ${branch}`,
		'CSeq: 1 OPTIONS',
		'Content-Length: 0',
		'',
		'',
	].join('\r\n');
}
