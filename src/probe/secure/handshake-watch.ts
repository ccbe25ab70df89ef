/* What the server's side of a TLS handshake shows in the clear, which node's TLS keeps to itself. */
import { parsedValue } from '../../bytes/parsed-value.js';
import { HANDSHAKE_TYPE, parseServerHello } from '../../layers/tls-handshake.js';
import { HandshakeReader, RECORD_TYPE, TlsRecordReader } from '../../layers/tls-records.js';

/** Handshakes are done within this. */
const MAX_BYTES = 262_144;
/** As much of a foreign answer as the trace keeps. */
const MAX_FOREIGN = 64;

export class HandshakeWatch {
	readonly #records = new TlsRecordReader();
	readonly #handshake = new HandshakeReader();
	#bytes = 0;
	#encrypted = false;
	/** Of the ServerHello, `TLS 1.3`. */
	chosenVersion: string | undefined;
	/** Only TLS 1.2 and older show it. */
	certificateRequested = false;
	/** Number of the first alert in the clear. */
	alert: { readonly level: number; readonly description: number } | undefined;
	/** The first bytes of an answer that is no TLS, Latin-1. */
	foreign: string | undefined;

	/** Bytes of the server, in order. */
	push(chunk: Uint8Array): void {
		if (this.#bytes > MAX_BYTES || this.#isForeign()) return;
		const isFirst = this.#bytes === 0;
		this.#bytes += chunk.length;
		for (const { type, fragment } of this.#records.push(chunk)) this.#record(type, fragment);
		if (isFirst && this.#isForeign()) {
			this.foreign = Buffer.from(chunk.subarray(0, MAX_FOREIGN)).toString('latin1');
		}
	}

	#isForeign(): boolean {
		return this.#records.isForeign;
	}

	#record(type: number, fragment: Uint8Array): void {
		if (type === RECORD_TYPE.changeCipherSpec) this.#encrypted = true;
		if (type === RECORD_TYPE.alert && fragment.length === 2) {
			this.alert ??= { level: fragment[0] ?? 0, description: fragment[1] ?? 0 };
		}
		if (type !== RECORD_TYPE.handshake || this.#encrypted) return;
		for (const message of this.#handshake.push(fragment)) {
			if (message.type === HANDSHAKE_TYPE.certificateRequest) this.certificateRequested = true;
			if (message.type === HANDSHAKE_TYPE.serverHello)
				this.chosenVersion ??= parsedValue(parseServerHello(message.body));
		}
	}
}
