/*
 * A network without sockets for experiments: what leaves goes to a function, what it gives comes back, and all time is
 * virtual.
 */

import type { Endpoint } from '../../../src/net/endpoint.js';
import type { AskerDeps } from '../../../src/probe/experiments/asker.js';
import type { Asking } from '../../../src/probe/experiments/probing-request.js';
import { ProbeRecorder } from '../../../src/probe/recorder.js';
import type { OpenOptions, OpenTransport } from '../../../src/probe/transport.js';
import { firstHeader } from '../../../src/sip/header-fields.js';
import type { SipRequest } from '../../../src/sip/message.js';
import { parseDatagram } from '../../../src/sip/parse-message.js';
import { VirtualTimers } from '../virtual-timers.js';

export const PHONE = '192.168.31.30';
export const OUTSIDE = '198.51.100.32';
export const SERVER: Endpoint = { address: '203.0.113.10', port: 5060 };

export interface Sent {
	readonly request: SipRequest;
	readonly local: Endpoint;
	readonly transport: string;
	/** Virtual milliseconds. */
	readonly at: number;
}

/** The text of the answer; undefined for silence; a delay in milliseconds where it comes later. */
export type Behaviour = (
	sent: Sent,
) => string | { readonly text: string; readonly afterMs: number; arrives?(): boolean } | undefined;

export class FakeNetwork {
	readonly timers = new VirtualTimers();
	readonly sent: Sent[] = [];
	readonly recorder: ProbeRecorder;
	#nextPort = 40_000;

	constructor() {
		const sink = { message: () => undefined, event: () => undefined };
		this.recorder = new ProbeRecorder(sink, () => this.now());
	}

	now(): number {
		return this.timers.now * 1000;
	}

	open(name: 'udp' | 'tcp' | 'tls', behaviour: Behaviour): OpenTransport {
		return (options) => {
			const local = { address: PHONE, port: options.localPort ?? this.#nextPort++ };
			const { remote } = options;
			return Promise.resolve({
				kind: 'open',
				transport: {
					...{ name, local, remote, usable: true },
					send: (bytes) => this.#deliver(bytes, local, name, options, behaviour),
					close: () => Promise.resolve(),
				},
			});
		};
	}

	asker(behaviour: Behaviour, signal?: AbortSignal): AskerDeps {
		return { ...this.deps(signal), open: this.open('udp', behaviour) };
	}

	deps(signal?: AbortSignal): Omit<AskerDeps, 'open'> {
		return { recorder: this.recorder, now: () => this.now(), timers: this.timers, signal };
	}

	/** Lets virtual time pass until the promise settles; fails where it takes more than an hour. */
	async settle<T>(promise: Promise<T>): Promise<T> {
		const state = { settled: false };
		const done = promise.finally(() => {
			state.settled = true;
		});
		for (let turn = 0; turn < 7200 && !state.settled; turn += 1) {
			await new Promise((resolve) => setImmediate(resolve));
			await this.timers.advance(500);
		}
		return done;
	}

	#deliver(
		bytes: Uint8Array,
		local: Endpoint,
		transport: string,
		{ listener, remote }: OpenOptions,
		behaviour: Behaviour,
	): void {
		const parsed = parseDatagram(bytes);
		if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request was sent');
		const sent = { request: parsed.value, local, transport, at: this.timers.now };
		this.sent.push(sent);
		const answer = behaviour(sent);
		if (answer === undefined) return;
		const { text, afterMs, arrives } =
			typeof answer === 'string' ? { text: answer, afterMs: 0, arrives: undefined } : answer;
		this.timers.after(afterMs, () => {
			if (arrives?.() === false) return;
			const reply = Buffer.from(text, 'latin1');
			listener.onMessage(parseDatagram(reply), remote, reply.length);
		});
	}
}

/** What an honest server answers: everything as it came, `received` and `rport` as it saw them (RFC 3581 §4). */
export function answerTo(
	{ request }: Sent,
	seen: Endpoint | undefined,
	status = '200 OK',
	more: readonly string[] = [],
): string {
	const value = (id: string): string => firstHeader(request, id)?.value ?? '';
	const via =
		seen === undefined
			? value('via')
			: value('via').replace(';rport', `;rport=${seen.port};received=${seen.address}`);
	const lines = [
		`SIP/2.0 ${status}`,
		`Via: ${via}`,
		`From: ${value('from')}`,
		`To: ${value('to')};tag=server`,
		`Call-ID: ${value('call-id')}`,
		`CSeq: ${value('cseq')}`,
		...more,
		'Content-Length: 0',
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
}

export function asking(): Asking {
	let count = 0;
	return {
		requestUri: 'sip:pbx.example.com',
		aor: 'sip:1001@pbx.example.com',
		userAgent: 'sipdoctor-test',
		token: (bytes) => {
			count += 1;
			return count.toString(16).padStart(bytes * 2, '0');
		},
	};
}
