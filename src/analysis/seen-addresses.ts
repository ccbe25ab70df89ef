import type { ReadSource } from './read-source.js';

/**
 * Addresses of servers, neighbours and others before which a source may have been taken. Not of those that only register
 * there: at the registrar behind an SBC that SBC is a client like any phone, and what it is sent is not seen.
 */
export function addressesIn(source: ReadSource): ReadonlySet<string> {
	const { transactions, neighbours, orphanResponses, otherRequests } = source;
	const hops = transactions.flatMap((transaction) => transaction.hops);
	const servers = new Set([
		...hops.map(({ server }) => server.address),
		...orphanResponses.map(({ src }) => src.address),
	]);
	const clients = new Set([
		...hops.map(({ client }) => client.address),
		...orphanResponses.map(({ dst }) => dst.address),
	]);
	const others = [
		...neighbours.map(({ address }) => address),
		...otherRequests.flatMap(({ src, dst }) => [src.address, dst.address]),
	];
	return new Set([...servers, ...others.filter((address) => !clients.has(address))]);
}
