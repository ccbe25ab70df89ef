import type { Endpoint } from '../net/endpoint.js';

/** A port that is open. */
export interface Listener {
	readonly transport: 'udp' | 'tcp';
	/** As the system chose it, where 0 was asked for. */
	readonly local: Endpoint;
	/** Resolves when the port is free again. */
	close(): Promise<void>;
}
