/* Flows by the addresses and ports in the bytes of a packet: nothing is made of a packet to find its flow. */
import { u16At } from '../bytes/integers.js';
import type { PlainUdp } from '../layers/plain-udp.js';
import { type EndpointKey, endpointKey } from './endpoint-key.js';

/** As many phones as are kept of a source; each takes some kilobytes. */
const MAX_FLOWS = 12_000;

/** Flows of requests, from a client to a server, and of the responses to them. */
export class FlowTable<F> {
	/** By server, then by client: of both there may be many, of servers seldom. */
	readonly #servers = new Map<EndpointKey, Map<EndpointKey, F>>();
	#size = 0;

	get isFull(): boolean {
		return this.#size >= MAX_FLOWS;
	}

	/** The flow of a request or a response; undefined where none is known. */
	find(bytes: Uint8Array, place: PlainUdp, isRequest: boolean): F | undefined {
		const [source, destination] = [sourceKey(bytes, place), destinationKey(bytes, place)];
		return isRequest
			? this.#servers.get(destination)?.get(source)
			: this.#servers.get(source)?.get(destination);
	}

	/** Makes a flow for a request. */
	add(bytes: Uint8Array, place: PlainUdp, flow: F): F {
		const server = destinationKey(bytes, place);
		const clients = this.#servers.get(server) ?? new Map<EndpointKey, F>();
		this.#servers.set(server, clients);
		clients.set(sourceKey(bytes, place), flow);
		this.#size += 1;
		return flow;
	}

	/** All, those of one server in the order in which they were made. */
	*all(): Generator<F> {
		for (const clients of this.#servers.values()) yield* clients.values();
	}
}

function sourceKey(bytes: Uint8Array, { addresses, addressBytes, ports }: PlainUdp): EndpointKey {
	return endpointKey(bytes, addresses, addressBytes, u16At(bytes, ports));
}

function destinationKey(
	bytes: Uint8Array,
	{ addresses, addressBytes, ports }: PlainUdp,
): EndpointKey {
	return endpointKey(bytes, addresses + addressBytes, addressBytes, u16At(bytes, ports + 2));
}
