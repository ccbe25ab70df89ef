/*
 * Runs many probes in one process, from a host of the lab, each interrupted at a random moment, and then asks the
 * registrar what is left. Its one argument is JSON, its output one line of it.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const { probeAor } = await import('../../build/usecase/probe-aor.js');
const { PLAIN_REGISTERING } = await import('../../build/probe/registering-options.js');

const { server, domain, password, users, each } = JSON.parse(process.argv[2]);
/** Follows how long a probe takes here and now, so that every moment of one gets its turn. */
let latestMs = 60;

async function run(user, registering, signal) {
	return probeAor({
		aor: `${user}@${domain}`,
		authUser: undefined,
		secret: { kind: 'password', password },
		server,
		transports: ['udp'],
		...{ allTargets: false, dns: undefined, keylogTo: undefined, wsPath: '/' },
		...{ tls: { ca: undefined, cert: undefined, key: undefined }, tlsInsecure: false },
		algorithm: undefined,
		expires: 600,
		timeoutMs: 8000,
		localPort: undefined,
		beside: false,
		userAgent: 'sipdoctor-lab',
		registering: { ...PLAIN_REGISTERING, ...registering },
		saveTo: undefined,
		signal,
		randomBytes,
		hasNetwork: () => true,
		interfaceOf: () => undefined,
		onStep: () => undefined,
		onWaiting: () => undefined,
	});
}

const told = { probes: 0, interrupted: 0, bound: 0, left: [] };

/** Ten probes of one user, one after the other: two at once would find each other's bindings. */
async function user(name) {
	for (let turn = 0; turn < each; turn += 1) {
		const abort = new AbortController();
		const stop = delay(Math.random() * latestMs).then(() => abort.abort());
		const { interrupted, analysis } = await run(name, { optionsFirst: true }, abort.signal);
		await stop;
		told.probes += 1;
		if (interrupted) told.interrupted += 1;
		latestMs *= interrupted ? 1.08 : 0.94;
		const sent = analysis.registrations.flatMap(({ messages }) => messages);
		if (sent.some(({ observed }) => /^Expires: 600/m.test(observed.message.wire))) told.bound += 1;
	}
	const { analysis } = await run(name, { mode: 'query' }, new AbortController().signal);
	const binding = analysis.registrations[0]?.steps.find(({ id }) => id === 'binding');
	if (binding?.text !== 'only asked for the bindings: no binding')
		told.left.push(`${name}: ${binding?.state} ${binding?.text}`);
}

const waiting = [...users];
await Promise.all(
	Array.from({ length: 5 }, async () => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await user(next);
	}),
);
process.stdout.write(`${JSON.stringify(told)}\n`);
