/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { Resolver } from 'node:dns/promises';

/*
 * Where the phone sends to (RFC 3263 §4.2): SRV of its domain, else the domain's own address. It takes the preferred
 * server, and knows no failover.
 */

/** Rejects with the code of the last question where there is no address. */
export async function locate({ address, nameServer, domain, transport, serverPort, srv }) {
	const dns = new Resolver({ timeout: 1000, tries: 2 });
	dns.setServers([nameServer]);
	const services =
		srv === false ? [] : await ask(() => dns.resolveSrv(`_sip._${transport}.${domain}`));
	const [first] = services.toSorted((a, b) => a.priority - b.priority);
	const name = first?.name ?? domain;
	const [server] = await (address.includes(':') ? dns.resolve6(name) : dns.resolve4(name));
	return { server, serverPort: first?.port ?? serverPort };
}

async function ask(question) {
	try {
		return await question();
	} catch {
		return [];
	}
}
