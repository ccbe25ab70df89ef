/* A reflector on loopback, and a socket that asks it. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { systemTimers } from '../../src/probe/timers.js';
import type { Fault } from '../../src/reflector/faults/fault.js';
import type { ReflectorOptions, ToldRequest } from '../../src/reflector/reflector.js';
import { type RunningReflector, startReflector } from '../../src/reflector/run-reflector.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { type RequestToSend, serializeRequest } from '../../src/sip/serialize-message.js';
import type { VirtualTimers } from '../probe/virtual-timers.js';
import { until } from '../support/until.js';

export const ACCOUNT = {
	username: '1001',
	realm: undefined,
	aor: undefined,
	secret: { kind: 'password', password: 'secret' },
} as const;

export const DEFAULTS: ReflectorOptions = {
	accounts: [],
	realm: undefined,
	algorithms: ['MD5'],
	nonceLifetime: 120,
	minExpires: 30,
	maxExpires: 3600,
	fault: undefined,
	ratePerSecond: 100,
	anySize: false,
};

const EPOCH_MS = 1_795_000_000_000;
/** Only what never comes takes so long. */
const PATIENCE_MS = 20_000;

export interface Started extends RunningReflector {
	readonly told: readonly ToldRequest[];
	/** On 127.0.0.1. */
	readonly udpPort: number;
	readonly tcpPort: number;
}

export async function started(
	options: Partial<ReflectorOptions> & { readonly fault?: Fault | undefined } = {},
	address = '127.0.0.1',
	/** Time that passes only when told to. */
	time?: VirtualTimers,
): Promise<Started> {
	const told: ToldRequest[] = [];
	const running = await startReflector(
		address,
		[0],
		{ ...DEFAULTS, ...options },
		{
			now: () => (time === undefined ? Date.now() : EPOCH_MS + time.now) * 1000,
			after: (ms, action) => (time ?? systemTimers).after(ms, action),
			key: randomBytes(32),
			onRequest: (one) => told.push(one),
		},
	);
	const port = (transport: string) =>
		running.listeners.find((listener) => listener.transport === transport)?.local.port ?? 0;
	return { ...running, told, udpPort: port('udp'), tcpPort: port('tcp') };
}

let count = 0;

/** A request as a phone would send it; every call makes a new one. */
export function request(
	method: string,
	more: readonly (readonly [string, string])[] = [],
	via = '192.168.31.30:5060',
): RequestToSend {
	count += 1;
	return {
		method,
		requestUri: 'sip:example.com',
		headers: [
			['Via', `SIP/2.0/UDP ${via};branch=z9hG4bK${count};rport`],
			['Max-Forwards', '70'],
			['From', '<sip:1001@example.com>;tag=f'],
			['To', '<sip:1001@example.com>'],
			['Call-ID', `call-${count}`],
			['CSeq', `1 ${method}`],
			...more,
			['User-Agent', 'LabPhone/1.0'],
		],
		body: new Uint8Array(),
	};
}

/** One socket that sends and waits for answers. */
export class Asker {
	readonly socket: Socket;
	readonly received: Uint8Array[] = [];
	readonly #port: number;

	private constructor(socket: Socket, port: number) {
		this.socket = socket;
		this.#port = port;
		socket.on('message', (payload) => this.received.push(payload));
	}

	static async to(port: number): Promise<Asker> {
		const socket = createSocket('udp4');
		await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
		return new Asker(socket, port);
	}

	send(bytes: Uint8Array): void {
		this.socket.send(bytes, this.#port, '127.0.0.1');
	}

	/** The first answer; undefined where none that can be read comes. */
	async ask(asked: RequestToSend | Uint8Array): Promise<SipResponse | undefined> {
		const before = this.received.length;
		this.send(asked instanceof Uint8Array ? asked : serializeRequest(asked));
		const isAnswered = () => this.received.length > before;
		await until('an answer', isAnswered, PATIENCE_MS).catch(() => undefined);
		const bytes = this.received[before];
		const parsed = bytes === undefined ? undefined : parseDatagram(bytes);
		return parsed?.ok === true && parsed.value.kind === 'response' ? parsed.value : undefined;
	}

	close(): void {
		this.socket.close();
	}
}
