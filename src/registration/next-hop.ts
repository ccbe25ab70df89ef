/** Where a phone's packets go first: the gateway, or the server itself on the same link. */
import type { NeighbourEvent, UnansweredNeighbourEvent } from '../trace/observed.js';
import type { RegisterTransaction } from './registration.js';

/**
 * True where the address that nobody answers for is the next hop of these REGISTERs: the server itself, or the address
 * that owns the MAC they were sent to. A cooked capture has no such MAC: there the asker's own kernel says that the REGISTER
 * found no neighbour. Without any of these nobody can tell a gateway from any other missing neighbour.
 */
export function isNextHop(
	{ address, asker }: UnansweredNeighbourEvent,
	transactions: readonly RegisterTransaction[],
	neighbours: readonly NeighbourEvent[],
): boolean {
	const macs = new Set(
		neighbours.filter((neighbour) => neighbour.address === address).map(({ mac }) => mac),
	);
	return transactions.some(({ phone }) => {
		if (phone.client.address !== asker) return false;
		if (phone.server.address === address) return true;
		const { destinationMac } = phone.request.packet;
		if (destinationMac === undefined)
			return phone.unreachable.some(
				({ reporter, reason }) => reporter === asker && reason === 'host',
			);
		return macs.has(destinationMac);
	});
}
