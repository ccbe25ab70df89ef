import type { ReadSource } from './source-log.js';

/** Addresses of clients, servers and neighbours that a source shows. */
export function addressesIn(source: ReadSource): ReadonlySet<string> {
	const { transactions, neighbours, orphanResponses, otherRequests } = source;
	return new Set([
		...transactions.flatMap(({ hops }) =>
			hops.flatMap(({ client, server }) => [client.address, server.address]),
		),
		...neighbours.map(({ address }) => address),
		...[...orphanResponses, ...otherRequests].flatMap(({ src, dst }) => [src.address, dst.address]),
	]);
}
