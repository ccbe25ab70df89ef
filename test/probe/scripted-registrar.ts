/*
 * A registrar on loopback that does what its script says: the script sees each request and gives the answers to send.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server as TcpServer, type Socket as TcpSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Parsed } from '../../src/bytes/malformed.js';
import { verifyCredentials } from '../../src/digest/verify.js';
import type { Endpoint } from '../../src/net/endpoint.js';
import { firstHeader, headerValues } from '../../src/sip/header-fields.js';
import { readCredentials } from '../../src/sip/headers/authorization.js';
import type { SipMessage, SipRequest } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { serializeResponse } from '../../src/sip/serialize-message.js';
import { StreamFramer } from '../../src/sip/stream-framer.js';

export interface Reply {
	readonly status: number;
	readonly headers?: readonly (readonly [string, string])[];
	/** Parameters for the top Via, `;received=192.0.2.1;rport=5`; without, what RFC 3581 asks for. */
	readonly via?: string;
	/** Answers to a branch that nobody sent. */
	readonly otherBranch?: boolean;
	/** Answers so much later. */
	readonly afterMs?: number;
	/** Sends it from another socket. */
	readonly fromElsewhere?: boolean;
	/** Closes the TCP connection afterwards. */
	readonly close?: boolean;
	/** A request of the registrar's own, sent before the answer; its lines without the empty ones at the end. */
	readonly asks?: readonly string[];
	/** Of a WebSocket. */
	readonly closeCode?: number;
}

export interface Incoming {
	readonly request: SipRequest;
	/** From 1. */
	readonly number: number;
	readonly contact: string | undefined;
	readonly hasCredentials: boolean;
	/** True where the credentials verify with the password `secret`. */
	readonly verifies: boolean;
	readonly nonce: string | undefined;
}

export type Script = (incoming: Incoming) => Reply | readonly Reply[] | undefined;

/** Answers what is no REGISTER. */
export type OtherScript = (request: SipRequest) => Reply | undefined;

export interface ScriptedRegistrar {
	readonly endpoint: Endpoint;
	/** REGISTERs. */
	readonly requests: readonly Incoming[];
	/** Everything else that came: OPTIONS, and answers to what it asked. */
	readonly others: readonly SipMessage[];
	close(): Promise<void>;
}

interface Played {
	readonly script: Script;
	readonly onOther: OtherScript;
	readonly requests: Incoming[];
	readonly others: SipMessage[];
}

const SILENT: OtherScript = () => undefined;

type Send = (bytes: Uint8Array, reply: Reply) => void;

export async function udpRegistrar(
	script: Script,
	onOther: OtherScript = SILENT,
): Promise<ScriptedRegistrar> {
	const socket = await boundSocket();
	const elsewhere = await boundSocket();
	const played: Played = { script, onOther, requests: [], others: [] };
	socket.on('message', (payload, { address, port }) => {
		const send: Send = (bytes, reply) => {
			(reply.fromElsewhere === true ? elsewhere : socket).send(bytes, port, address);
		};
		play(played, parseDatagram(payload), { address, port }, send);
	});
	return {
		endpoint: { address: '127.0.0.1', port: socket.address().port },
		requests: played.requests,
		others: played.others,
		close: async () => {
			await Promise.all(
				[socket, elsewhere].map((one) => new Promise<void>((done) => one.close(done))),
			);
		},
	};
}

export async function tcpRegistrar(
	script: Script,
	onOther: OtherScript = SILENT,
): Promise<ScriptedRegistrar> {
	return streamRegistrar(createServer(), 'connection', { script, onOther }, undefined);
}

/** Over TLS, with these certificates. */
export async function tlsRegistrar(
	script: Script,
	options: TlsOptions,
	host?: string,
): Promise<ScriptedRegistrar> {
	const server = createTlsServer(options);
	server.on('tlsClientError', () => undefined);
	return streamRegistrar(server, 'secureConnection', { script, onOther: SILENT }, host);
}

async function streamRegistrar(
	server: TcpServer,
	event: 'connection' | 'secureConnection',
	scripts: Pick<Played, 'script' | 'onOther'>,
	host: string | undefined,
): Promise<ScriptedRegistrar> {
	const played: Played = { ...scripts, requests: [], others: [] };
	const open = new Set<TcpSocket>();
	server.on('connection', (socket: TcpSocket) => {
		open.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => open.delete(socket));
	});
	server.on(event, (socket: TcpSocket) => {
		const framer = new StreamFramer();
		socket.on('error', () => undefined);
		const from = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
		socket.on('data', (chunk: Uint8Array) => {
			for (const parsed of framer.push(chunk)) {
				play(played, parsed, from, (bytes, reply) => {
					socket.write(bytes);
					if (reply.close === true) socket.end();
				});
			}
		});
	});
	return {
		endpoint: await listening(server, host),
		requests: played.requests,
		others: played.others,
		close: () =>
			new Promise((done) => {
				for (const socket of open) socket.destroy();
				server.close(() => done());
			}),
	};
}

/** Over WebSocket at /ws, with TLS where certificates are given; other paths are 403. */
export async function wsRegistrar(
	script: Script,
	options?: TlsOptions,
	host?: string,
): Promise<ScriptedRegistrar> {
	const played: Played = { script, onOther: SILENT, requests: [], others: [] };
	const http = options === undefined ? createHttpServer() : createHttpsServer(options);
	http.on('tlsClientError', () => undefined);
	const upgrades = new WebSocketServer({
		noServer: true,
		handleProtocols: (protocols) => (protocols.has('sip') ? 'sip' : false),
	});
	const open = new Set<Duplex>();
	http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		open.add(socket);
		if (request.url !== '/ws') {
			socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		upgrades.handleUpgrade(request, socket, head, (ws) => {
			const { remoteAddress = '', remotePort = 0 } = request.socket;
			const from = { address: remoteAddress, port: remotePort };
			ws.on('message', (data: Buffer) => {
				play(played, parseDatagram(data), from, (bytes, reply) => {
					ws.send(bytes, { binary: false });
					if (reply.close === true) ws.close(reply.closeCode ?? 1000);
				});
			});
		});
	});
	return {
		endpoint: await listening(http, host),
		requests: played.requests,
		others: played.others,
		close: () =>
			new Promise((done) => {
				for (const socket of open) socket.destroy();
				http.close(() => done());
			}),
	};
}

async function listening(server: TcpServer, host = '127.0.0.1'): Promise<Endpoint> {
	await new Promise<void>((done) => server.listen(0, host, done));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return { address: host, port: address.port };
}

function boundSocket(): Promise<UdpSocket> {
	const socket = createSocket('udp4');
	return new Promise((done) => socket.bind(0, '127.0.0.1', () => done(socket)));
}

function play(played: Played, parsed: Parsed<SipMessage>, from: Endpoint, send: Send): void {
	if (!parsed.ok) throw new Error('the probe sent no SIP');
	const message = parsed.value;
	if (message.kind === 'response' || message.method !== 'REGISTER') {
		played.others.push(message);
		const reply = message.kind === 'request' ? played.onOther(message) : undefined;
		if (reply !== undefined && message.kind === 'request')
			send(response(message, from, reply), reply);
		return;
	}
	const incoming = read(message, played.requests.length + 1);
	played.requests.push(incoming);
	const replies = played.script(incoming) ?? [];
	for (const reply of [replies].flat()) {
		if (reply.asks !== undefined) send(Buffer.from([...reply.asks, '', ''].join('\r\n')), reply);
		const answer = () => send(response(message, from, reply), reply);
		if (reply.afterMs === undefined) answer();
		else setTimeout(answer, reply.afterMs);
	}
}

function read(request: SipRequest, number: number): Incoming {
	const credentials = readCredentials(request)[0]?.digest;
	const secret = { kind: 'password', password: 'secret' } as const;
	const verification =
		credentials &&
		verifyCredentials({ credentials, secret, method: 'REGISTER', body: request.body });
	return {
		request,
		number,
		contact: firstHeader(request, 'contact')?.value,
		hasCredentials: credentials !== undefined,
		verifies: verification?.kind === 'verifies',
		nonce: credentials?.nonce,
	};
}

function response(request: SipRequest, from: Endpoint, reply: Reply): Uint8Array {
	const copied = ['from', 'to', 'call-id', 'cseq'].flatMap((id) =>
		headerValues(request, id).map((value) => [id, value] as const),
	);
	const parameters = reply.via ?? `;received=${from.address};rport=${from.port}`;
	const asked = (firstHeader(request, 'via')?.value ?? '').replace(';rport', parameters);
	const via = reply.otherBranch === true ? asked.replace(/branch=[^;]+/, 'branch=z9hG4bKx') : asked;
	return serializeResponse({
		statusCode: reply.status,
		reasonPhrase: 'As Scripted',
		headers: [['Via', via], ...copied, ...(reply.headers ?? [])],
		body: new Uint8Array(0),
	});
}

/** A challenge, MD5 unless said otherwise. */
export function challenge(nonce: string, more = ''): readonly [string, string] {
	return ['WWW-Authenticate', `Digest realm="example.com", nonce="${nonce}", qop="auth"${more}`];
}

/**
 * A registrar that works: it challenges once, keeps the bindings, and grants what is asked. `others`: Contact values
 * bound before.
 */
export function honestRegistrar(others: readonly string[] = []): Script {
	let bindings = [...others];
	return ({ verifies, contact }) => {
		if (!verifies) return { status: 401, headers: [challenge('n1')] };
		if (contact !== undefined) {
			const own = contact.replace(/;expires=\d+/, '');
			bindings = bindings.filter((one) => one !== `${own};expires=60`);
			if (!contact.endsWith(';expires=0')) bindings.push(`${own};expires=60`);
		}
		return { status: 200, headers: bindings.map((one) => ['Contact', one] as const) };
	};
}
