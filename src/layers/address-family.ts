/** Address families as link layers give them, by the numbers of the capturing host's system. */
import { ETHER_TYPE } from './link-payload.js';

const AF_INET = 2;
/** AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
const AF_INET6: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);

/** 0 for a family that is not IP. */
export function etherTypeOfFamily(family: number): number {
	if (family === AF_INET) return ETHER_TYPE.ipv4;
	return AF_INET6.has(family) ? ETHER_TYPE.ipv6 : 0;
}
