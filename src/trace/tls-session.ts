/* A TCP connection that begins with a TLS handshake record: what can be told of it without keys. */
import { parsedValue } from '../bytes/parsed-value.js';
import { BudgetShare, type ByteBudget } from '../layers/byte-budget.js';
import type { ConnectionFact, Side } from '../layers/tcp-connection.js';
import { type CertificateFacts, certificateFacts } from '../layers/tls-certificate.js';
import {
	HANDSHAKE_TYPE,
	parseCertificateList,
	parseClientHello,
	parseServerHello,
} from '../layers/tls-handshake.js';
import {
	type HandshakeMessage,
	HandshakeReader,
	RECORD_TYPE,
	type TlsRecord,
	TlsRecordReader,
} from '../layers/tls-records.js';
import { connectionEventsOf } from './connection-events.js';
import { tellEncrypted } from './encrypted-connection.js';
import type { TlsEvent } from './observed.js';
import type { PacketOrigin } from './packet-origin.js';
import { foreignText } from './payload-kind.js';
import { otherSide, type TcpContext, type TcpEnds, type TcpSession } from './tcp-context.js';

/** Handshakes are done within this; more is data, or an attack. */
const MAX_BYTES = 262_144;

/** RFC 8446 §4.4.4: no Finished is shorter than this when encrypted: 4 + 32 bytes, a type, and a tag of 16. */
const MIN_FINISHED = 53;
/** An alert of TLS 1.3 as it looks when encrypted: 2 bytes, a type, and a tag of 16; with head-room for padding. */
const MAX_ALERT = 24;

interface Direction {
	records: TlsRecordReader;
	handshake: HandshakeReader;
	/** Of the bytes that all unfinished records and messages may hold together. */
	readonly share: BudgetShare;
	bytes: number;
	isEncrypted: boolean;
	/** A gap, or more bytes than a handshake has. */
	isLost: boolean;
}

export class TlsSession implements TcpSession {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	readonly #directions: { readonly client: Direction; readonly server: Direction };
	/** The side that sent the ClientHello, as it is the client whoever was taken for it. */
	#client: Side = 'client';
	#reached: TlsEvent['reached'] = 'client-hello';
	#hello: { readonly serverName: string | undefined; readonly offeredVersion: string } | undefined;
	#helloOrigin: PacketOrigin | undefined;
	#chosenVersion: string | undefined;
	#certificates: readonly CertificateFacts[] = [];
	#certificateRequested = false;
	#alert:
		| { readonly fact: NonNullable<TlsEvent['alert']>; readonly origin: PacketOrigin }
		| undefined;
	#foreign: { readonly text: string; readonly origin: PacketOrigin } | undefined;
	/** TLS 1.3 encrypts its Finished like data. */
	#clientFinished = false;
	/** Data came back from the server: the rest is no longer of interest. */
	#isUp = false;

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
		const { budget } = context;
		this.#directions = { client: newDirection(budget), server: newDirection(budget) };
	}

	wants(from: Side): boolean {
		return !this.#isUp && !this.#directions[from].isLost;
	}

	bytes(from: Side, chunk: Uint8Array, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		this.#helloOrigin ??= origin;
		const records = direction.records.push(chunk);
		const isFirst = direction.bytes === 0;
		direction.bytes += chunk.length;
		if (direction.records.isForeign && isFirst && from !== this.#client) {
			this.#foreign ??= { text: foreignText(chunk), origin };
		}
		for (const record of records) this.#record(from, record, origin);
		const pending = direction.records.pendingBytes + direction.handshake.pendingBytes;
		const isTooMuch = direction.bytes > MAX_BYTES || !direction.share.hold(pending);
		if (direction.records.isForeign || isTooMuch) this.#lose(from);
	}

	gap(from: Side): void {
		// Which record a byte behind the gap belongs to cannot be known.
		this.#lose(from);
	}

	copy(): void {
		// A handshake is not told as messages: a second sighting adds nothing.
	}

	/** Nothing more is read of a direction. */
	#lose(from: Side): void {
		const direction = this.#directions[from];
		direction.isLost = true;
		direction.share.hold(0);
		direction.records = new TlsRecordReader();
		direction.handshake = new HandshakeReader();
	}

	end(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		this.#lose('client');
		this.#lose('server');
		if (this.#helloOrigin === undefined) return;
		const gap = facts.find((fact) => fact.kind === 'not-captured');
		if (gap === undefined || this.#isUp || this.#isExplained()) {
			this.#tell(facts, this.#helloOrigin);
		} else {
			const text = `${gap.length} bytes of a TLS handshake are not in the capture: how it ended is not known`;
			this.#context.oddity('tls-gap', gap.origin.frame, text);
		}
		this.#connectionEvents(facts);
		if (!this.#isUp || this.#isExplained()) return;
		tellEncrypted(this.#context, {
			...this.#parties,
			version: this.#chosenVersion,
			serverName: this.#hello?.serverName,
			origin: this.#helloOrigin,
		});
	}

	/** What was said in the clear holds, whatever else was said. */
	#isExplained(): boolean {
		const alert = this.#alert?.fact;
		return this.#foreign !== undefined || (alert !== undefined && alert.description !== 0);
	}

	#tell(facts: readonly ConnectionFact<PacketOrigin>[], helloOrigin: PacketOrigin): void {
		const ending = facts.find(({ kind }) => kind === 'reset' || kind === 'closed');
		const closing = ending?.kind === 'reset' || ending?.kind === 'closed' ? ending : undefined;
		const place =
			this.#alert?.origin ??
			this.#foreign?.origin ??
			(this.#isUp ? undefined : closing?.origin) ??
			helloOrigin;
		const { client: src, server: dst } = this.#parties;
		this.#context.event({
			kind: 'tls',
			at: place.at,
			source: this.#context.source,
			frame: place.frame,
			src,
			dst,
			reached: this.#reached,
			serverName: this.#hello?.serverName,
			offeredVersion: this.#hello?.offeredVersion,
			chosenVersion: this.#chosenVersion,
			certificates: this.#certificates,
			certificateRequested: this.#certificateRequested,
			alert: this.#alert?.fact,
			closedBy: this.#isUp ? undefined : this.#role(closing?.by),
			foreignAnswer: this.#foreign?.text,
		});
	}

	/** What TLS itself cannot say: a segment that never came through, and a RST from the middle. */
	#connectionEvents(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		if (this.#isUp) return;
		const ofTcp = facts.filter(
			(fact) => fact.kind === 'unacknowledged' || (fact.kind === 'reset' && fact.by === 'middle'),
		);
		const events = connectionEventsOf(ofTcp, this.#ends, {
			source: this.#context.source,
			transport: 'tls',
			isSwapped: this.#isSwapped,
			isNeededAt: () => true,
			isUnused: false,
		});
		for (const event of events) this.#context.event(event, this.#ends.server);
	}

	get #parties(): Pick<TcpEnds, 'client' | 'server'> {
		const { client, server } = this.#ends;
		return this.#isSwapped ? { client: server, server: client } : { client, server };
	}

	get #isSwapped(): boolean {
		return this.#client === 'server';
	}

	#role(by: Side | 'middle' | undefined): Side | undefined {
		if (by === undefined || by === 'middle') return undefined;
		return this.#client === 'client' ? by : otherSide(by);
	}

	#record(from: Side, { type, fragment }: TlsRecord, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		switch (type) {
			case RECORD_TYPE.changeCipherSpec:
				direction.isEncrypted = true;
				break;
			case RECORD_TYPE.alert:
				this.#alertRecord(from, fragment, origin);
				break;
			case RECORD_TYPE.handshake:
				if (direction.isEncrypted) break;
				for (const message of direction.handshake.push(fragment)) this.#message(from, message);
				break;
			case RECORD_TYPE.applicationData:
				this.#applicationData(from, fragment.length);
		}
	}

	/** Two bytes are an alert in the clear; an encrypted one is longer. */
	#alertRecord(from: Side, fragment: Uint8Array, origin: PacketOrigin): void {
		const [level, description] = fragment;
		if (fragment.length !== 2 || level === undefined || description === undefined) return;
		const by = this.#role(from) ?? from;
		this.#alert ??= { fact: { by, level, description }, origin };
	}

	#message(from: Side, { type, body }: HandshakeMessage): void {
		switch (type) {
			case HANDSHAKE_TYPE.clientHello:
				if (this.#hello === undefined && from === 'server') this.#client = 'server';
				this.#hello ??= parsedValue(parseClientHello(body));
				break;
			case HANDSHAKE_TYPE.serverHello:
				this.#chosenVersion = parsedValue(parseServerHello(body)) ?? this.#chosenVersion;
				if (this.#reached === 'client-hello') this.#reached = 'server-hello';
				break;
			case HANDSHAKE_TYPE.certificate:
				// The client's own certificate comes the other way.
				if (from === this.#client) break;
				this.#certificates = parseCertificateList(body)
					.map(certificateFacts)
					.filter((facts) => facts !== undefined);
				if (this.#certificates.length > 0) this.#reached = 'certificate';
				break;
			case HANDSHAKE_TYPE.certificateRequest:
				this.#certificateRequested = true;
		}
	}

	/** TLS 1.2 encrypts only data so; TLS 1.3 all that follows the ServerHello. */
	#applicationData(from: Side, length: number): void {
		const isClient = from === this.#client;
		if (this.#chosenVersion === 'TLS 1.3') {
			if (isClient && length >= MIN_FINISHED) this.#clientFinished = true;
			if (isClient || !this.#clientFinished || length <= MAX_ALERT) return;
		}
		this.#reached = 'application-data';
		if (!isClient) this.#isUp = true;
	}
}

function newDirection(budget: ByteBudget): Direction {
	return {
		records: new TlsRecordReader(),
		handshake: new HandshakeReader(),
		share: new BudgetShare(budget),
		bytes: 0,
		isEncrypted: false,
		isLost: false,
	};
}
