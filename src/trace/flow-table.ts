/* Flows by the addresses and ports in the bytes of a packet: nothing is made of a packet to find its flow. */
import { u16At, u32At } from '../bytes/integers.js';
import type { PlainUdp } from '../layers/plain-udp.js';

/** More phones than most captures have; each takes some kilobytes. */
const MAX_FLOWS = 8_192;

/** Both ends of a flow as its first request had them: source and destination address, source and destination port. */
export interface FlowEnds {
	readonly ends: Uint8Array;
}

export class FlowTable<F extends FlowEnds> implements Iterable<F> {
	/** By a number that is the same for both directions; of two flows with one number the first is known. */
	readonly #flows = new Map<number, F>();

	get isFull(): boolean {
		return this.#flows.size >= MAX_FLOWS;
	}

	/** The flow of a datagram, which goes as its first request went, or the other way; undefined where none is known. */
	find(bytes: Uint8Array, place: PlainUdp, isForward: boolean): F | undefined {
		const flow = this.#flows.get(numberOf(bytes, place));
		return flow !== undefined && isOf(flow.ends, bytes, place, isForward) ? flow : undefined;
	}

	/** Makes the flow of a request; undefined where another one is in its place. */
	add(bytes: Uint8Array, place: PlainUdp, make: (ends: FlowEnds) => F): F | undefined {
		const number = numberOf(bytes, place);
		if (this.#flows.has(number)) return undefined;
		const { addresses, addressBytes, ports } = place;
		const ends = new Uint8Array(addressBytes * 2 + 4);
		ends.set(bytes.subarray(addresses, addresses + addressBytes * 2));
		ends.set(bytes.subarray(ports, ports + 4), addressBytes * 2);
		const flow = make({ ends });
		this.#flows.set(number, flow);
		return flow;
	}

	[Symbol.iterator](): Iterator<F> {
		return this.#flows.values();
	}
}

const PRIME = 0x0100_0193;

function numberOf(bytes: Uint8Array, { addresses, addressBytes, ports }: PlainUdp): number {
	const source = endNumber(bytes, addresses, addressBytes, u16At(bytes, ports));
	const destination = endNumber(
		bytes,
		addresses + addressBytes,
		addressBytes,
		u16At(bytes, ports + 2),
	);
	return (source + destination) | 0;
}

function endNumber(bytes: Uint8Array, address: number, addressBytes: number, port: number): number {
	let number = Math.imul(port + 1, PRIME);
	for (let at = 0; at < addressBytes; at += 4)
		number = Math.imul(number ^ u32At(bytes, address + at), PRIME) ^ (number >>> 13);
	return number;
}

function isOf(
	ends: Uint8Array,
	bytes: Uint8Array,
	{ addresses, addressBytes, ports }: PlainUdp,
	isForward: boolean,
): boolean {
	if (ends.length !== addressBytes * 2 + 4) return false;
	const turned = isForward ? 0 : 1;
	for (let end = 0; end < 2; end += 1) {
		const other = end ^ turned;
		for (let at = 0; at < addressBytes; at += 1) {
			if (ends[end * addressBytes + at] !== bytes[addresses + other * addressBytes + at])
				return false;
		}
		const port = addressBytes * 2 + end * 2;
		if (ends[port] !== bytes[ports + other * 2] || ends[port + 1] !== bytes[ports + other * 2 + 1])
			return false;
	}
	return true;
}
