/** What a command asks this machine about its network interfaces. */
import { networkInterfaces } from 'node:os';

/** Whether any interface but loopback has an address. */
export function hasNetwork(): boolean {
	return Object.values(networkInterfaces())
		.flat()
		.some((address) => address?.internal === false);
}

/** Name of the interface that has this address, `eth0`. */
export function interfaceOf(address: string): string | undefined {
	return Object.entries(networkInterfaces()).find(([, found]) =>
		found?.some((one) => one.address === address),
	)?.[0];
}
