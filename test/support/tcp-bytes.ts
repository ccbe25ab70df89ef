/** TCP connections built segment by segment, as records of a capture file. */
import type { RecordFields } from './capture-bytes.js';
import { bytesOf, ethernet, ipv4, PHONE, SERVER } from './packet-bytes.js';

export interface TcpFields {
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	readonly sequence?: number;
	readonly acknowledgment?: number;
	/** Letters of S, A, F, R. */
	readonly flags?: string;
	readonly options?: Uint8Array;
}

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

/** A TCP segment; its checksum is left to the card. */
export function tcp(payload: Uint8Array | string, fields: TcpFields = {}): Buffer {
	const options = fields.options ?? new Uint8Array(0);
	const header = Buffer.alloc(20);
	header.writeUInt16BE(fields.sourcePort ?? 40_000, 0);
	header.writeUInt16BE(fields.destinationPort ?? 5060, 2);
	header.writeUInt32BE((fields.sequence ?? 1) >>> 0, 4);
	header.writeUInt32BE((fields.acknowledgment ?? 0) >>> 0, 8);
	header[12] = ((20 + options.length) / 4) << 4;
	header[13] = [...(fields.flags ?? 'A')].reduce((sum, letter) => sum | (FLAGS[letter] ?? 0), 0);
	header.writeUInt16BE(64_240, 14);
	return bytesOf(header, options, payload);
}

export interface SegmentFields {
	/** Seconds after the one before; 0.01 if left out. */
	readonly after?: number;
	readonly flags?: string;
	/** Relative to the first byte of the stream; where the last one ended if left out. */
	readonly offset?: number;
	readonly ttl?: number;
	/** Only so many bytes of the frame were captured. */
	readonly snaplen?: number;
}

type Side = 'phone' | 'server';

/**
 * Both sides of one connection between the phone and the server. Sequence and acknowledgment numbers are kept, so that
 * a test says only what is special.
 */
export class TcpScript {
	readonly records: RecordFields[] = [];
	readonly #start = { phone: 0, server: 0 };
	readonly #sent = { phone: 0, server: 0 };
	readonly #ports: { readonly phone: number; readonly server: number };
	#micros = 0;

	constructor({
		phoneStart = 1000,
		serverStart = 9000,
		phonePort = 40_000,
		serverPort = 5060,
	} = {}) {
		this.#start.phone = phoneStart;
		this.#start.server = serverStart;
		this.#ports = { phone: phonePort, server: serverPort };
	}

	/** SYN, SYN-ACK, ACK. */
	handshake(): this {
		return this.syn().answer().send('phone', '');
	}

	syn(after = 0.01): this {
		return this.send('phone', '', { flags: 'S', offset: -1, after });
	}

	answer(): this {
		return this.send('server', '', { flags: 'SA', offset: -1 });
	}

	phone(payload: string | Uint8Array, fields: SegmentFields = {}): this {
		return this.send('phone', payload, fields);
	}

	server(payload: string | Uint8Array, fields: SegmentFields = {}): this {
		return this.send('server', payload, fields);
	}

	/** Bytes that the capture does not have. */
	lose(from: Side, bytes: number): this {
		this.#sent[from] += bytes;
		return this;
	}

	send(from: Side, payload: string | Uint8Array, fields: SegmentFields = {}): this {
		const to = from === 'phone' ? 'server' : 'phone';
		const offset = fields.offset ?? this.#sent[from];
		const segment = tcp(payload, {
			sourcePort: this.#ports[from],
			destinationPort: this.#ports[to],
			sequence: this.#start[from] + offset,
			acknowledgment: fields.flags === 'S' ? 0 : this.#start[to] + this.#sent[to],
			flags: fields.flags ?? 'A',
		});
		this.#sent[from] = Math.max(this.#sent[from], offset + payload.length);
		const hop =
			from === 'phone'
				? { source: PHONE, destination: SERVER, ttl: fields.ttl ?? 64 }
				: { source: SERVER, destination: PHONE, ttl: fields.ttl ?? 58 };
		const bytes = ethernet(ipv4(segment, { ...hop, protocol: 6 }));
		return this.record(bytes, fields.after, fields.snaplen);
	}

	record(bytes: Uint8Array, after = 0.01, snaplen = bytes.length): this {
		this.#micros += Math.round(after * 1_000_000);
		this.records.push({
			seconds: 1_700_000_000 + Math.floor(this.#micros / 1_000_000),
			fraction: this.#micros % 1_000_000,
			bytes: bytes.subarray(0, snaplen),
			originalLength: bytes.length,
		});
		return this;
	}
}
