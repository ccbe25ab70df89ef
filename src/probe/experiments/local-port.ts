import type { OpenDatagrams } from '../datagram-socket.js';

/** RFC 3261 §19.1.2: where no port is written, this one is meant. */
export const SIP_PORT = 5060;

/** The default SIP port where nobody on this machine has it, else undefined: then the kernel chooses. */
export async function defaultPortIfFree(
	address: string,
	openDatagrams: OpenDatagrams,
): Promise<number | undefined> {
	const tried = await openDatagrams({ address, port: SIP_PORT, onDatagram: () => undefined });
	if ('errno' in tried) return undefined;
	await tried.close();
	return SIP_PORT;
}
