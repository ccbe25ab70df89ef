/* Flows by the addresses and ports in the bytes of a packet: nothing is made of a packet to find its flow. */
import { u16At, u32At } from '../bytes/integers.js';
import type { PlainUdp } from '../layers/plain-udp.js';
import { endpointKey } from './endpoint-key.js';

/** As many phones as are kept of a source; each takes some kilobytes. */
const MAX_FLOWS = 12_000;

/** Places for flows between IPv4 endpoints: a power of two, and more than twice as many as flows. */
const PLACES = 32_768;

/** Flows whose hashes fall together are looked for one by one; addresses can be chosen so that all do. */
const MAX_STEPS = 64;

/** Client, server, and their ports. */
const KEYS = 3;

/** Flows of requests, from a client to a server, and of the responses to them. */
export class FlowTable<F> {
	/** In the order in which they were made. */
	readonly #flows: F[] = [];
	/** By place: the number of its flow, and one; 0 where none is. */
	readonly #places = new Uint16Array(PLACES);
	/** By flow. */
	readonly #keys = new Int32Array(MAX_FLOWS * KEYS);
	/** Between IPv6 endpoints. */
	readonly #others = new Map<string, F>();

	get isFull(): boolean {
		return this.#flows.length >= MAX_FLOWS;
	}

	/** The flow of a request or a response; undefined where none is known. */
	find(bytes: Uint8Array, place: PlainUdp, isRequest: boolean): F | undefined {
		if (place.addressBytes !== 4) return this.#others.get(longKey(bytes, place, isRequest));
		const [source, destination] = [sourceOf(bytes, place), destinationOf(bytes, place)];
		const at = isRequest
			? this.#placeOf(source, destination, portsOf(bytes, place, isRequest))
			: this.#placeOf(destination, source, portsOf(bytes, place, isRequest));
		// Number 0 is no flow.
		return at < 0 ? undefined : this.#flows[(this.#places[at] ?? 0) - 1];
	}

	/** Makes a flow for a request; undefined where no more can be told apart. */
	add(bytes: Uint8Array, place: PlainUdp, flow: F): F | undefined {
		if (this.isFull) return undefined;
		if (place.addressBytes !== 4) this.#others.set(longKey(bytes, place, true), flow);
		else {
			const keys = [
				sourceOf(bytes, place),
				destinationOf(bytes, place),
				portsOf(bytes, place, true),
			] as const;
			const at = this.#placeOf(...keys);
			if (at < 0) return undefined;
			this.#keys.set(keys, this.#flows.length * KEYS);
			this.#places[at] = this.#flows.length + 1;
		}
		this.#flows.push(flow);
		return flow;
	}

	/** All, in the order in which they were made. */
	all(): readonly F[] {
		return this.#flows;
	}

	/** Where a flow is, or would be; -1 where it is too far from where it should be. */
	#placeOf(client: number, server: number, ports: number): number {
		let at = hashOf(client, server, ports);
		for (let step = 0; step < MAX_STEPS; step += 1) {
			const number = this.#places[at] ?? 0;
			if (number === 0) return at;
			const key = (number - 1) * KEYS;
			if (
				this.#keys[key] === client &&
				this.#keys[key + 1] === server &&
				this.#keys[key + 2] === ports
			)
				return at;
			at = (at + 1) & (PLACES - 1);
		}
		return -1;
	}
}

function hashOf(client: number, server: number, ports: number): number {
	const mixed = Math.imul(client, 0x9e37_79b1) ^ Math.imul(server, 0x85eb_ca6b) ^ ports;
	const spread = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
	return (spread >>> 16) & (PLACES - 1);
}

function sourceOf(bytes: Uint8Array, { addresses }: PlainUdp): number {
	return u32At(bytes, addresses) | 0;
}

function destinationOf(bytes: Uint8Array, { addresses }: PlainUdp): number {
	return u32At(bytes, addresses + 4) | 0;
}

/** The client's, then the server's. */
function portsOf(bytes: Uint8Array, { ports }: PlainUdp, isRequest: boolean): number {
	const [source, destination] = [u16At(bytes, ports), u16At(bytes, ports + 2)];
	return isRequest ? (source << 16) | destination : (destination << 16) | source;
}

/** Client and server, as a text. */
function longKey(bytes: Uint8Array, place: PlainUdp, isRequest: boolean): string {
	const { addresses, addressBytes, ports } = place;
	const source = endpointKey(bytes, addresses, addressBytes, u16At(bytes, ports));
	const destination = endpointKey(
		bytes,
		addresses + addressBytes,
		addressBytes,
		u16At(bytes, ports + 2),
	);
	// An address may hold any character, a port no blank.
	return isRequest ? `${source} ${destination}` : `${destination} ${source}`;
}
