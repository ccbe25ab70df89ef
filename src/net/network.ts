import { remembered } from '../bytes/remembered.js';
import { parseIpv4 } from './ipv4-address.js';
import { formatIpv6, parseIpv6 } from './ipv6-address.js';

/** The network that an address is counted with: `198.51.100.0/24`, `2001:db8:1:2::/64`; a name is its own. */
export function networkOf(address: string): string {
	return readNetwork(address).network;
}

/** A site has few servers, and each of its phones is asked whether it stands beside one. */
const readNetwork = remembered((address: string) => ({ network: networkIn(address) }));

function networkIn(address: string): string {
	const ipv4 = parseIpv4(address);
	if (ipv4 !== undefined) return `${ipv4[0]}.${ipv4[1]}.${ipv4[2]}.0/24`;
	const ipv6 = parseIpv6(address.replace(/%.*$/, ''));
	if (ipv6 === undefined) return address;
	return `${formatIpv6(Uint8Array.from(ipv6, (byte, index) => (index < 8 ? byte : 0)))}/64`;
}
