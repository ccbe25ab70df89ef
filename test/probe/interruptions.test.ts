/* Ctrl-C at any moment: whatever was bound is removed again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import { probe } from './probe-harness.js';
import { challenge, type Script, tcpRegistrar, udpRegistrar } from './scripted-registrar.js';

/** Binds and removes, and tells the test at each message; `singleUse`: each nonce once. */
function registrarOf(bound: Set<string>, onMessage: () => void, singleUse: boolean): Script {
	const used = new Set<string>();
	return ({ verifies, contact, nonce, number }) => {
		onMessage();
		if (!verifies || (singleUse && used.has(nonce ?? '')))
			return { status: 401, headers: [challenge(`n${number}`)] };
		used.add(nonce ?? '');
		if (contact !== undefined) {
			const own = contact.replace(/;expires=0$/, '');
			if (own === contact) bound.add(own);
			else bound.delete(own);
		}
		const headers = [...bound].map((one) => ['Contact', `${one};expires=60`] as const);
		return { status: 200, headers };
	};
}

describe.each(['udp', 'tcp'] as const)('a probe over %s that is interrupted', (transport) => {
	it('leaves no binding, at 40 moments', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: -1, max: 4 }),
				fc.boolean(),
				async (message, afterMs, singleUse) => {
					const interrupt = new AbortController();
					const bound = new Set<string>();
					let left = message;
					const onMessage = (): void => {
						left -= 1;
						if (left !== 0) return;
						if (afterMs < 0) interrupt.abort();
						else setTimeout(() => interrupt.abort(), afterMs);
					};
					const open = transport === 'udp' ? udpRegistrar : tcpRegistrar;
					const registrar = await open(registrarOf(bound, onMessage, singleUse));
					try {
						const server = formatEndpoint(registrar.endpoint);
						const ran = await probe({ server, transport }, { signal: interrupt.signal });
						expect([...bound]).toEqual([]);
						if (ran.end === 'registered') expect(ran.step('unregistered').state).toBe('ok');
					} finally {
						await registrar.close();
					}
				},
			),
			{ numRuns: 40 },
		);
	});
});
