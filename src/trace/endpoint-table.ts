/* The endpoints of a source, each one value: a text is made once for each, and a look-up by endpoint is by identity. */
import { u32At } from '../bytes/integers.js';
import type { Endpoint } from '../net/endpoint.js';
import { ipEndpoint } from './ip-endpoint.js';

/** Beyond it a sweep is under way, and its endpoints are made anew each time. */
const MAX_ENDPOINTS = 262_144;

export class EndpointTable {
	/** By address and port in one number; IPv6 by text. */
	readonly #known = new Map<number | string, Endpoint>();

	/** The endpoint with an address of four or sixteen bytes. */
	of(address: Uint8Array, port: number): Endpoint {
		const key =
			address.length === 4
				? u32At(address, 0) * 0x1_0000 + port
				: `${Buffer.from(address).toString('latin1')}${port}`;
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const endpoint = ipEndpoint(address, port);
		if (this.#known.size < MAX_ENDPOINTS) this.#known.set(key, endpoint);
		return endpoint;
	}
}
